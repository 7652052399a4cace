"""The few calls to GitHub's REST interface that the jobs make."""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

_PER_PAGE = 100


class Github:
    """A repository on GitHub, with the token of the job.

    Every method raises ``urllib.error.HTTPError`` for what GitHub refuses.
    """

    def __init__(self, repository: str, token: str, api: str) -> None:
        self._base = f"{api}/repos/{repository}"
        self._token = token

    @classmethod
    def of_job(cls) -> Github:
        """Return the repository of the job; raises KeyError outside of one."""
        return cls(
            os.environ["GITHUB_REPOSITORY"],
            os.environ["GITHUB_TOKEN"],
            os.environ["GITHUB_API_URL"],
        )

    def list(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield every entry of a list, page by page."""
        separator = "&" if "?" in path else "?"
        page = 1
        while True:
            entries = self._call("GET", f"{path}{separator}per_page={_PER_PAGE}&page={page}")
            yield from entries
            if len(entries) < _PER_PAGE:
                return
            page += 1

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create something, and return it."""
        return self._call("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        """Change something, and return it."""
        return self._call("PATCH", path, body)

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self._base}/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self._token}",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
