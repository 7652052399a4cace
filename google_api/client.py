"""Calls to Google's REST interfaces, as its documentation writes them.

REST and not the generated clients: google-api-python-client is 111 MB installed and has no
document of Cloud Quotas, and the clients by service are a package each.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import google.auth
import requests
from google.auth.credentials import Credentials, CredentialsWithQuotaProject
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession, Request

from google_api.errors import LOGIN, NoCredentials, Refused, Unreachable, error_of

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
TIMEOUT_SECONDS = 20
ATTEMPTS = 3
PAUSE_SECONDS = 0.5
"""Before the second attempt; doubled before each further one."""

_CHARGED_TO_THE_RESOURCE = frozenset({"compute", "dns", "redis", "run", "secretmanager", "storage"})
"""APIs that charge the project of what is asked about, as in Terraform's calls. A quota project
would have to have them on as well, and the shared project has not."""
_PASSING = frozenset({429, 500, 502, 503, 504})
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Google:
    """Google's interfaces, with the credentials that Terraform would use.

    ``project`` is named in fixes where an answer names no project. ``endpoint`` takes the place of
    Google, as ``http://127.0.0.1:PORT``: the host that is called becomes the first part of the
    path. It must be on this machine, because the token goes there. ``timeout_seconds`` is for
    each attempt.
    """

    def __init__(
        self,
        *,
        project: str,
        credentials: Credentials | None = None,
        endpoint: str | None = None,
        pause_seconds: float = PAUSE_SECONDS,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        if endpoint is not None and urlsplit(endpoint).hostname not in _LOOPBACK:
            raise ValueError(f"{endpoint} is not on this machine")
        self._project = project
        self._credentials = credentials
        self._endpoint = endpoint
        self._pause_seconds = pause_seconds
        self._timeout_seconds = timeout_seconds
        self._plain = self._session(requests.Session())
        self._sessions: dict[bool, requests.Session] = {}

    def credentials(self) -> Credentials:
        """Return the credentials, with a token that is valid now; raises NoCredentials."""
        if self._credentials is None:
            self._credentials = self._default_credentials()
        if not self._credentials.valid:
            self._refresh(self._credentials)
        return self._credentials

    def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        """Read. ``service`` is as in ``compute.googleapis.com``, without the ending.

        Raises GoogleError. A list among the query's values is sent as the key several times.
        """
        return self._call("GET", service, path, query=query)

    def query(self, service: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Ask by POST what changes nothing, as ``:testIamPermissions``; raises GoogleError."""
        return self._call("POST", service, path, body=body)

    def change(self, service: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change or begin something by POST, in one attempt; raises GoogleError.

        Unreachable may mean that it was done and the answer was lost: whoever calls looks before
        trying again. ``body`` may hold a secret, and Google quotes what it refuses, so that no
        error has Google's words.
        """
        return self._call("POST", service, path, body=body, is_change=True)

    def patch(
        self, service: str, path: str, body: Mapping[str, Any], **query: Any
    ) -> dict[str, Any]:
        """Change a resource; raises GoogleError.

        It is tried again after an answer that says too little, so the body must name the version
        that it changes, or say the same when it is sent twice.
        """
        return self._call("PATCH", service, path, query=query, body=body)

    def delete(self, service: str, path: str) -> dict[str, Any]:
        """Delete a resource; raises GoogleError. It is tried again: NotFound may be success."""
        return self._call("DELETE", service, path)

    def upload(
        self, service: str, path: str, body: Mapping[str, Any], **query: Any
    ) -> dict[str, Any]:
        """Write an object with the media upload; raises GoogleError. It is tried again."""
        return self._call("POST", service, f"upload/{path}", query=query, body=body)

    def pages(self, service: str, path: str, key: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Yield the entries under ``key`` of all pages; raises GoogleError."""
        token = None
        while True:
            page = self.get(service, path, **query, **({"pageToken": token} if token else {}))
            yield from page.get(key, ())
            token = page.get("nextPageToken")
            if not token:
                return

    def public_dns(self, name: str, kind: str) -> dict[str, Any]:
        """Ask Google's public resolver, which sees what everybody sees; sends no credentials.

        The answer is as in https://developers.google.com/speed/public-dns/docs/doh/json.
        """
        url = self._url("dns.google", "resolve")
        return self._answer(self._plain, "GET", url, "dns.google", {"name": name, "type": kind})

    def _call(
        self,
        method: str,
        service: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        is_change: bool = False,
    ) -> dict[str, Any]:
        host = f"{service}.googleapis.com"
        session = self._authorized_session(service not in _CHARGED_TO_THE_RESOURCE)
        url = self._url(host, path)
        return self._answer(session, method, url, host, query, body, is_change=is_change)

    def _answer(
        self,
        session: requests.Session,
        method: str,
        url: str,
        host: str,
        query: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None = None,
        *,
        is_change: bool = False,
    ) -> dict[str, Any]:
        """Return the answer; what passes is tried again, unless it is a change."""
        for attempt in range(1, ATTEMPTS + 1):
            is_last = is_change or attempt == ATTEMPTS
            try:
                response = session.request(
                    method, url, params=query, json=body, timeout=self._timeout_seconds
                )
            except (requests.RequestException, TransportError) as error:
                if is_last:
                    raise Unreachable(
                        f"{host} does not answer ({type(error).__name__})",
                        f"check the network and the proxy: curl -I https://{host}",
                    ) from None
            except GoogleAuthError:
                raise _expired() from None
            else:
                if response.status_code not in _PASSING or is_last:
                    return self._decoded(response, host, quotes=not is_change)
            time.sleep(self._pause_seconds * 2 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")

    def _decoded(self, response: requests.Response, host: str, *, quotes: bool) -> dict[str, Any]:
        text = response.text
        token = getattr(self._credentials, "token", None)
        if token:
            text = text.replace(token, "(token)")
        try:
            body = json.loads(text) if text.strip() else {}
        except ValueError:
            body = None
        if response.status_code >= 400:
            fields = body if isinstance(body, dict) else {}
            raise error_of(
                response.status_code, fields, service=host, project=self._project, quotes=quotes
            )
        if not isinstance(body, dict):
            raise Refused(f"{host} answers with something else than JSON", "check the proxy")
        return body

    def _url(self, host: str, path: str) -> str:
        base = f"{self._endpoint}/{host}" if self._endpoint else f"https://{host}"
        return f"{base}/{path}"

    def _authorized_session(self, names_quota_project: bool) -> requests.Session:
        if names_quota_project not in self._sessions:
            credentials = self.credentials()
            if not names_quota_project and getattr(credentials, "quota_project_id", None):
                assert isinstance(credentials, CredentialsWithQuotaProject)
                credentials = credentials.with_quota_project(None)
            session = AuthorizedSession(credentials, auth_request=self._token_request())
            self._sessions[names_quota_project] = self._session(session)
        return self._sessions[names_quota_project]

    def _session(self, session: requests.Session) -> requests.Session:
        # A proxy of the environment leads away from this machine.
        session.trust_env = self._endpoint is None
        return session

    def _token_request(self) -> Any:
        """Return how tokens are asked for; by itself google-auth waits two minutes for one."""
        return partial(Request(self._plain), timeout=self._timeout_seconds)

    def _default_credentials(self) -> Credentials:
        try:
            credentials, _ = google.auth.default(scopes=[SCOPE], request=self._token_request())
        except DefaultCredentialsError:
            raise NoCredentials("there are no application default credentials", LOGIN) from None
        except GoogleAuthError:
            raise _expired() from None
        return credentials

    def _refresh(self, credentials: Credentials) -> None:
        try:
            credentials.refresh(self._token_request())
        except TransportError:
            raise Unreachable(
                "Google's token endpoint does not answer", "check the network and the proxy"
            ) from None
        except GoogleAuthError:
            # Its message may quote the answer of the token endpoint.
            raise _expired() from None


def _expired() -> NoCredentials:
    return NoCredentials("the credentials have expired, or were revoked", LOGIN)
