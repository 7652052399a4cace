"""Secret Manager's interface, as far as it is used.

Source: https://cloud.google.com/secret-manager/docs/reference/rest. Adding a version and accessing
it by its number is strongly consistent; a list may be behind for minutes, or hours
(https://cloud.google.com/secret-manager/docs/reference/consistency).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from google_api import Google, NotFound, Refused
from secret_manager.crc32c import crc32c
from secret_manager.value import Value

_SERVICE = "secretmanager"


class State(StrEnum):
    """The state of a version."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    """Nobody can read it, and it can be enabled again. Also while it waits to be destroyed."""
    DESTROYED = "destroyed"


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a secret, without its value."""

    number: int
    state: State
    created: str
    """As in RFC 3339."""


class SecretManager:
    """The secrets of one project. Every call raises GoogleError."""

    def __init__(self, google: Google, project: str) -> None:
        self._google = google
        self.project = project

    def secret_ids(self) -> Iterator[str]:
        """Yield the id of every secret of the project."""
        path = f"v1/projects/{self.project}/secrets"
        for secret in self._google.pages(_SERVICE, path, "secrets"):
            yield _last(secret)

    def versions(self, secret_id: str) -> tuple[Version, ...]:
        """Return all versions, the first one first; NotFound where there is no such secret."""
        pages = self._google.pages(_SERVICE, f"{self._path(secret_id)}/versions", "versions")
        return tuple(sorted(map(_version, pages), key=lambda version: version.number))

    def version(self, secret_id: str, number: int) -> Version | None:
        """Return a version by its number, or None where there is none."""
        try:
            return _version(self._google.get(_SERVICE, self._version_path(secret_id, number)))
        except NotFound:
            return None

    def add(self, secret_id: str, value: Value) -> int:
        """Add a version and return its number.

        Raises Unreachable also where it was added and the answer was lost.
        """
        payload = {
            "data": base64.b64encode(value.reveal()).decode(),
            "dataCrc32c": str(value.checksum),
        }
        path = f"{self._path(secret_id)}:addVersion"
        return int(_last(self._google.change(_SERVICE, path, {"payload": payload})))

    def checksum(self, secret_id: str, number: int) -> int:
        """Return the CRC-32C of a version; the value itself stays with Google."""
        path = f"{self._version_path(secret_id, number)}:access"
        answer = self._google.get(_SERVICE, path, fields="payload.dataCrc32c")
        return int(answer["payload"]["dataCrc32c"])

    def access(self, secret_id: str, number: int) -> Value:
        """Return the value of a version."""
        path = f"{self._version_path(secret_id, number)}:access"
        payload = self._google.get(_SERVICE, path)["payload"]
        content = base64.b64decode(payload.get("data", ""))
        if crc32c(content) != int(payload["dataCrc32c"]):
            raise Refused(f"version {number} of {secret_id} arrived damaged", "try again")
        return Value(content)

    def _path(self, secret_id: str) -> str:
        return f"v1/projects/{self.project}/secrets/{secret_id}"

    def _version_path(self, secret_id: str, number: int) -> str:
        return f"{self._path(secret_id)}/versions/{number}"


def _last(answer: dict[str, Any]) -> str:
    return str(answer["name"]).rpartition("/")[2]


def _version(answer: dict[str, Any]) -> Version:
    state = State(str(answer["state"]).lower())
    return Version(int(_last(answer)), state, str(answer["createTime"]))
