"""What a drill asks of Cloud SQL, over its REST interface.

Sources: the reference of the Cloud SQL Admin API v1, and ``sql/docs/postgres/executesql-instance``
(read 2026-11-26). The latter needs ``dataApiAccess`` and IAM authentication on the instance, runs
for 30 seconds at most, and reaches an instance that has a private address alone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google_api import Conflict, Google, NotFound, PermissionDenied, Refused, Unreachable

_API = "sqladmin"
POLL_SECONDS = 10.0
LONGEST_SECONDS = 4 * 3600
SIGN_IN_SECONDS = 180
"""A grant of IAM takes a while until it holds everywhere."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that succeeded; times are UTC."""

    number: str
    begun: datetime


class SqlAdmin:
    """The instances of one project."""

    def __init__(
        self,
        google: Google,
        project: str,
        *,
        poll_seconds: float = POLL_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self._google = google
        self._project = project
        self._poll_seconds = poll_seconds
        self._longest_seconds = longest_seconds

    def instance(self, name: str) -> dict[str, Any]:
        """Return an instance as the API describes it; raises GoogleError."""
        return self._google.get(_API, self._path(f"instances/{name}"))

    def labelled(self, label: str, value: str) -> list[str]:
        """Return the names of the instances with a label; raises GoogleError."""
        instances = self._google.pages(_API, self._path("instances"), "items")
        return sorted(
            str(instance["name"])
            for instance in instances
            if instance.get("settings", {}).get("userLabels", {}).get(label) == value
        )

    def newest_backup(self, instance: str) -> Backup | None:
        """Return the newest backup that succeeded; raises GoogleError."""
        runs = self._google.pages(_API, self._path(f"instances/{instance}/backupRuns"), "items")
        backups = [
            Backup(str(run["id"]), _time(run["startTime"]))
            for run in runs
            if run.get("status") == "SUCCESSFUL"
        ]
        return max(backups, key=lambda backup: backup.begun, default=None)

    def latest_recovery_time(self, instance: str) -> datetime:
        """Return up to when the uploaded log reaches; raises GoogleError."""
        path = self._path(f"instances/{instance}/getLatestRecoveryTime")
        return _time(self._google.get(_API, path)["latestRecoveryTime"])

    def create(self, body: Mapping[str, Any]) -> None:
        """Create an instance and wait for it; raises GoogleError."""
        self._wait(self._google.change(_API, self._path("instances"), body))

    def restore(self, source: str, backup: Backup, target: str) -> None:
        """Restore a backup of one instance over another one; raises GoogleError."""
        context = {"backupRunId": backup.number, "instanceId": source, "project": self._project}
        path = self._path(f"instances/{target}/restoreBackup")
        self._wait(self._google.change(_API, path, {"restoreBackupContext": context}))

    def add_person(self, instance: str, email: str, role: str) -> None:
        """Let somebody sign in as a member of a role of the database; raises GoogleError."""
        is_account = email.endswith(".gserviceaccount.com")
        body = {
            # As the database writes it (documentation, IAM users).
            "name": email.removesuffix(".gserviceaccount.com"),
            "type": "CLOUD_IAM_SERVICE_ACCOUNT" if is_account else "CLOUD_IAM_USER",
            "databaseRoles": [role],
        }
        path = self._path(f"instances/{instance}/users")
        self._wait(self._google.change(_API, path, body))

    def sign_in(self, instance: str, database: str) -> None:
        """Wait until the caller may sign in, as a user that was just added; raises GoogleError."""
        until = time.monotonic() + SIGN_IN_SECONDS
        while True:
            try:
                self.rows(instance, database, "SELECT 1")
            except (PermissionDenied, Refused):
                if time.monotonic() > until:
                    raise
                time.sleep(self._poll_seconds)
            else:
                return

    def rows(self, instance: str, database: str, statement: str) -> list[list[str]]:
        """Return what a statement that only reads returns; raises GoogleError.

        NULL is an empty text. The caller is who signs in.
        """
        body = {
            "database": database,
            "sqlStatement": statement,
            "autoIamAuthn": True,
            "partialResultMode": "FAIL_PARTIAL_RESULT",
        }
        answer = self._google.query(_API, self._path(f"instances/{instance}/executeSql"), body)
        status = answer.get("status", {})
        if status.get("code"):
            raise Refused(
                f"the database refuses a statement: {status.get('message')}",
                "see whether the backup is of this environment",
            )
        return [
            [str(value.get("value", "")) for value in row.get("values", ())]
            for result in answer.get("results", ())
            for row in result.get("rows", ())
        ]

    def remove(self, instance: str) -> None:
        """Delete an instance and wait until it is gone; raises GoogleError.

        An instance that is still being created, or restored to, is deleted once that is over.
        """
        until = time.monotonic() + self._longest_seconds
        while True:
            try:
                self._wait(self._google.delete(_API, self._path(f"instances/{instance}")))
            except NotFound:
                return
            except Conflict:
                if time.monotonic() > until:
                    raise
                time.sleep(self._poll_seconds)
            else:
                return

    def _wait(self, operation: Mapping[str, Any]) -> None:
        until = time.monotonic() + self._longest_seconds
        name, kind = operation["name"], operation.get("operationType", "an operation")
        while operation.get("status") != "DONE":
            if time.monotonic() > until:
                raise Unreachable(
                    f"{kind} is not done after {self._longest_seconds:.0f} s",
                    f"gcloud sql operations describe {name} --project={self._project}",
                )
            time.sleep(self._poll_seconds)
            operation = self._google.get(_API, self._path(f"operations/{name}"))
        for error in operation.get("error", {}).get("errors", ()):
            raise Refused(
                f"{kind} failed: {error.get('message') or error.get('code')}",
                f"gcloud sql operations describe {name} --project={self._project}",
            )

    def _path(self, rest: str) -> str:
        return f"v1/projects/{self._project}/{rest}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
