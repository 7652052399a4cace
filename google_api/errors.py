"""What can go wrong with a call to Google, with what was seen and the fix.

The form of the answers: https://cloud.google.com/apis/design/errors. Compute, Storage and DNS put
their reason into ``errors`` instead of ``details``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

LOGIN = "gcloud auth application-default login"

# 'compute.networks.get' or "storage.buckets.get access", in the message of a refusal.
_PERMISSION = re.compile(r"(?<![\w./-])([a-z]+\.[a-zA-Z]+\.(?!com\b)[a-zA-Z]+)\b(?!\.\w)")
_LONGEST_MESSAGE = 300
_STATUS_WORDS = frozenset(
    {
        "ABORTED",
        "ALREADY_EXISTS",
        "FAILED_PRECONDITION",
        "INTERNAL",
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "UNAVAILABLE",
    }
)
"""Of google.rpc.Code. Other texts might be quotes."""


class GoogleError(Exception):
    """A call that Google did not answer as asked; ``what`` and ``fix`` are for the reader."""

    def __init__(self, what: str, fix: str) -> None:
        self.what = what
        self.fix = fix
        super().__init__(f"{what}; fix: {fix}")


class NoCredentials(GoogleError):
    """There are no credentials, or they are valid no longer."""


class QuotaProjectMissing(GoogleError):
    """A person's credentials name no project that pays for the call."""


class ApiDisabled(GoogleError):
    """The API is off in the project that pays for the call."""

    def __init__(self, service: str, project: str) -> None:
        self.service = service
        super().__init__(
            f"the API {service} is off in {project}",
            f"gcloud services enable {service} --project={project}",
        )


class PermissionDenied(GoogleError):
    """The caller may not do this."""

    def __init__(self, message: str, permission: str | None) -> None:
        self.permission = permission
        what = f"the permission {permission} is missing" if permission else message
        fix = f"ask for a role with {permission}" if permission else "ask for a role that may"
        super().__init__(what, fix)


class NotFound(GoogleError):
    """There is no such thing, or the caller may not know of it."""


class Refused(GoogleError):
    """Google understood the call and refuses it for another reason."""


class Conflict(Refused):
    """Somebody else changes, or changed, the same thing."""


class PreconditionFailed(Refused):
    """The object has another generation than the call demands."""


class Unreachable(GoogleError):
    """No answer, also not at the last attempt."""


def error_of(
    status: int, body: Mapping[str, Any], *, service: str, project: str, quotes: bool = True
) -> GoogleError:
    """Return what an answer with a status of 400 or more means.

    ``service`` is the API that was called. ``project`` is named where the answer names none.
    Without ``quotes`` the error has the status and none of Google's sentences.
    """
    error = body.get("error")
    fields = error if isinstance(error, Mapping) else {}
    message = str(fields.get("message") or "") if quotes else _status(status, fields)
    message = (message.strip() or f"HTTP status {status}").splitlines()[0][:_LONGEST_MESSAGE]
    reasons = set(_reasons(fields))
    if "quota project" in message or reasons & {"USER_PROJECT_DENIED"}:
        return QuotaProjectMissing(
            "the credentials name no project that pays for calls, or one that they may not use",
            f"gcloud auth application-default set-quota-project {project}",
        )
    if reasons & {"SERVICE_DISABLED", "accessNotConfigured"}:
        consumer = str(_metadata(fields).get("consumer") or f"projects/{project}")
        return ApiDisabled(
            str(_metadata(fields).get("service") or service), consumer.removeprefix("projects/")
        )
    if status == 401:
        return NoCredentials("Google does not accept the credentials", LOGIN)
    if status == 403:
        named = _metadata(fields).get("permission")
        in_message = _PERMISSION.search(message)
        return PermissionDenied(
            message, str(named) if named else in_message and in_message.group(1)
        )
    if status == 404:
        return NotFound(message, "check the name, and that the credentials may see it")
    if status == 429 or status >= 500:
        return Unreachable(f"{service} answers with status {status}: {message}", "try again later")
    if status == 409:
        return Conflict(f"{service} sees a conflict: {message}", "try again")
    if status == 412:
        return PreconditionFailed(f"{service} has another generation: {message}", "read it again")
    fix = "see the message of Google" if quotes else "see what the status means"
    return Refused(f"{service} refuses the call: {message}", fix)


def _status(status: int, fields: Mapping[str, Any]) -> str:
    word = str(fields.get("status"))
    return f"HTTP status {status}" + (f" ({word})" if word in _STATUS_WORDS else "")


def _details(fields: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for key in ("details", "errors"):
        entries = fields.get(key)
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, Mapping))


def _reasons(fields: Mapping[str, Any]) -> Iterator[str]:
    for detail in _details(fields):
        yield str(detail.get("reason"))


def _metadata(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    for detail in _details(fields):
        metadata = detail.get("metadata")
        if isinstance(metadata, Mapping):
            return metadata
    return {}
