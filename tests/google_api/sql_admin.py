"""Cloud SQL's instances and backups; ``Database`` stands for what is in an instance."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.google_api.answers import Answer, MethodRoute, error


class Database(Protocol):
    """What an instance holds."""

    def restore(self) -> None:
        """Bring the backup to the new instance."""

    def add_person(self, name: str, role: str) -> None:
        """Make somebody a member of a role there."""

    def execute(self, database: str, statement: str) -> list[list[str]]:
        """Run a statement there, as that person; raises PermissionError."""


@dataclass
class SqlStore:
    """The instances of a project, with operations that take a moment."""

    instances: dict[str, dict[str, Any]] = field(default_factory=dict)
    backups: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    latest_recovery_time: str = ""
    database: Database | None = None
    failing_operation: str | None = None
    """An operationType that is begun and fails."""
    is_restored: bool = False
    _operations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def operation(self, kind: str) -> Answer:
        """Begin an operation, which is done when it is asked for."""
        name = f"operation-{len(self._operations)}"
        operation = {"name": name, "operationType": kind, "status": "RUNNING"}
        done: dict[str, Any] = {**operation, "status": "DONE"}
        if kind == self.failing_operation:
            done["error"] = {"errors": [{"code": "INTERNAL_ERROR", "message": "it broke"}]}
        self._operations[name] = done
        return 200, operation

    def finished(self, name: str) -> Answer:
        """Return an operation, which is done."""
        return 200, self._operations[name]


def _list(world: Any, *_: Any) -> Answer:
    instances = list(world.sql.instances.values())
    return 200, {"items": instances} if instances else {}


def _insert(world: Any, _: Any, __: Any, body: dict[str, Any]) -> Answer:
    if body["name"] in world.sql.instances:
        return error(409, "The Cloud SQL instance already exists.")
    world.sql.instances[body["name"]] = body
    return world.sql.operation("CREATE")  # type: ignore[no-any-return]


def _of_instance(route: Any) -> Any:
    def answer(world: Any, match: re.Match[str], query: Any, body: Any) -> Answer:
        if match["instance"] not in world.sql.instances:
            return error(404, "The Cloud SQL instance does not exist.")
        return route(world.sql, match["instance"], body)  # type: ignore[no-any-return]

    return answer


def _get(sql: SqlStore, name: str, _: Any) -> Answer:
    return 200, sql.instances[name]


def _delete(sql: SqlStore, name: str, _: Any) -> Answer:
    if sql.instances[name]["settings"].get("deletionProtectionEnabled"):
        return error(400, "The instance is protected.")
    del sql.instances[name]
    return sql.operation("DELETE")


def _backups(sql: SqlStore, name: str, _: Any) -> Answer:
    return 200, {"items": sql.backups.get(name, [])}


def _recovery_time(sql: SqlStore, _: str, __: Any) -> Answer:
    return 200, {"latestRecoveryTime": sql.latest_recovery_time}


def _restore(sql: SqlStore, name: str, body: dict[str, Any]) -> Answer:
    context = body["restoreBackupContext"]
    numbers = {backup["id"] for backup in sql.backups[context["instanceId"]]}
    assert context["backupRunId"] in numbers
    assert name != context["instanceId"], "a backup over the instance itself"
    if sql.database is not None:
        sql.database.restore()
    sql.is_restored = True
    return sql.operation("RESTORE_VOLUME")


def _add_user(sql: SqlStore, name: str, body: dict[str, Any]) -> Answer:
    assert sql.is_restored, "a restore takes away who was added before it"
    assert body["type"] == "CLOUD_IAM_USER"
    (role,) = body["databaseRoles"]
    assert sql.database is not None
    sql.database.add_person(body["name"], role)
    return sql.operation("CREATE_USER")


def _execute(sql: SqlStore, name: str, body: dict[str, Any]) -> Answer:
    settings = sql.instances[name]["settings"]
    if settings.get("dataApiAccess") != "ALLOW_DATA_API":
        return error(400, "The instance doesn't allow using executeSql to access this instance")
    assert body["autoIamAuthn"] is True
    assert sql.database is not None
    try:
        rows = sql.database.execute(body["database"], body["sqlStatement"])
    except PermissionError as refused:
        return 200, {"status": {"code": 3, "message": str(refused)}}
    values = [{"values": [{"value": value} for value in row]} for row in rows]
    return 200, {"results": [{"rows": values}], "metadata": {}}


def _operation(world: Any, match: re.Match[str], *_: Any) -> Answer:
    return world.sql.finished(match["operation"])  # type: ignore[no-any-return]


_PROJECT = r"/sqladmin\.googleapis\.com/v1/projects/[a-z0-9-]+"
_INSTANCE = _PROJECT + r"/instances/(?P<instance>[a-z0-9-]+)"
ROUTES: tuple[MethodRoute, ...] = (
    ("GET", _PROJECT + "/instances", _list),
    ("POST", _PROJECT + "/instances", _insert),
    ("GET", _INSTANCE, _of_instance(_get)),
    ("DELETE", _INSTANCE, _of_instance(_delete)),
    ("GET", _INSTANCE + "/backupRuns", _of_instance(_backups)),
    ("GET", _INSTANCE + "/getLatestRecoveryTime", _of_instance(_recovery_time)),
    ("POST", _INSTANCE + "/restoreBackup", _of_instance(_restore)),
    ("POST", _INSTANCE + "/users", _of_instance(_add_user)),
    ("POST", _INSTANCE + "/executeSql", _of_instance(_execute)),
    ("GET", _PROJECT + r"/operations/(?P<operation>[a-z0-9-]+)", _operation),
)
