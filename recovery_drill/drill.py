"""A drill: the newest backup is restored to an instance of its own, read, timed and removed.

Nothing is changed on the environment's own instance. The other one has a label, so that a drill
that was killed leaves nothing behind for longer than until the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.postgres.prepared import BOOTSTRAP_EXTENSIONS, READONLY_ROLE
from constructs_lib.postgres.settings import CloudSqlPostgres
from google_api import GoogleError, Refused
from recovery_drill.contents import Contents, Expected, faults, read
from recovery_drill.sql_admin import Backup, SqlAdmin

LABEL = "beep-drill"
"""Of an instance that only a drill uses; its value is the environment."""
OLDEST_BACKUP_HOURS = 26
"""Cloud SQL makes a backup each day, in a window of four hours that begins at the same time; a
backup that is older was skipped."""


@dataclass(slots=True)
class Drill:
    """What a drill did and found."""

    environment: str
    backup: Backup
    backup_age_minutes: int
    log_lag_minutes: int
    """How far the log for points in time is behind."""
    scratch: str
    seconds: dict[str, float] = field(default_factory=dict)
    """By step."""
    contents: Contents | None = None
    findings: list[str] = field(default_factory=list)

    @property
    def restore_minutes(self) -> float:
        """From the first call until the database had been read."""
        return sum(self.seconds.values()) / 60


@dataclass(frozen=True, slots=True)
class Drilling:
    """How to drill one environment."""

    settings: EnvironmentSettings
    postgres: CloudSqlPostgres
    instance: str
    email: str
    """Of the caller, who signs in to the restored database."""
    admin: SqlAdmin
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    """In seconds."""

    def run(self) -> Drill:
        """Drill, and remove the instance whatever happens; raises GoogleError."""
        source = self.admin.instance(self.instance)
        self._remove_left_over()
        backup = self.admin.newest_backup(self.instance)
        if backup is None:
            raise Refused(
                f"{self.instance} has no backup that succeeded",
                "see docs/runbook.md#postgres-was-deleted-or-not-backed-up",
            )
        now = datetime.now(UTC)
        reaches = self.admin.latest_recovery_time(self.instance)
        drill = Drill(
            self.settings.environment,
            backup,
            _minutes(now, backup.begun),
            _minutes(now, reaches),
            f"{self.instance}-drill-{now:%Y%m%d-%H%M%S}",
        )
        try:
            self._restore(drill, source)
        finally:
            self.say(f"removing {drill.scratch}")
            self._remove(drill.scratch)
        drill.findings.extend(self._findings(drill))
        return drill

    def _restore(self, drill: Drill, source: Mapping[str, Any]) -> None:
        scratch, admin = drill.scratch, self.admin
        with self._step(drill, "create"):
            admin.create(_like(source, scratch, self.settings.environment))
        with self._step(drill, "restore"):
            admin.restore(self.instance, drill.backup, scratch)
        with self._step(drill, "read"):
            admin.add_person(scratch, self.email, self.postgres.owner_user)
            database = self.postgres.database
            admin.sign_in(scratch, database)
            drill.contents = read(lambda statement: admin.rows(scratch, database, statement))

    def _findings(self, drill: Drill) -> Iterator[str]:
        assert drill.contents is not None
        roles = frozenset({*self.postgres.app_logins, READONLY_ROLE})
        expected = Expected(self.postgres.owner_user, roles, frozenset(BOOTSTRAP_EXTENSIONS))
        yield from faults(drill.contents, expected)
        if drill.backup_age_minutes > OLDEST_BACKUP_HOURS * 60:
            yield (
                f"the newest backup is {drill.backup_age_minutes} minutes old; one is made each day"
            )
        recovery = self.settings.recovery
        for key in ("rows", "database"):
            promise = getattr(recovery, key) if recovery else None
            if promise is None:
                continue
            if drill.restore_minutes > promise.rto_minutes:
                yield (
                    f"recovery.{key}.rto_minutes = {promise.rto_minutes}: the restore alone took "
                    f"{drill.restore_minutes:.0f} minutes"
                )
            if drill.log_lag_minutes > promise.rpo_minutes:
                yield (
                    f"recovery.{key}.rpo_minutes = {promise.rpo_minutes}: the log is "
                    f"{drill.log_lag_minutes} minutes behind"
                )

    def _remove_left_over(self) -> None:
        for name in self.admin.labelled(LABEL, self.settings.environment):
            self.say(f"removing {name}, which an earlier drill left behind")
            self._remove(name)

    def _remove(self, name: str) -> None:
        """Delete an instance of a drill, and never another one."""
        if not name.startswith(f"{self.instance}-drill-"):
            raise Refused(
                f"{name} has the label {LABEL} and not the name of a drill's instance",
                f"see what it is, and take the label {LABEL} from it",
            )
        try:
            self.admin.remove(name)
        except GoogleError as error:
            raise Refused(
                f"{name} is not removed: {error.what}",
                "repeat the drill, which begins by removing it",
            ) from None

    @contextmanager
    def _step(self, drill: Drill, name: str) -> Iterator[None]:
        self.say(f"{name}: {drill.scratch}")
        begun = self.clock()
        yield
        drill.seconds[name] = self.clock() - begun


_ALIKE = ("tier", "edition", "dataDiskType", "dataDiskSizeGb")


def _minutes(now: datetime, then: datetime) -> int:
    return -int((then - now).total_seconds() // 60)


def _like(source: Mapping[str, Any], name: str, environment: str) -> dict[str, Any]:
    """Return an instance that a backup of another one can be restored to.

    It has the version, the disk and the network of the other one, in one zone, and no protection.
    """
    settings = source["settings"]
    flags = [
        flag
        for flag in settings.get("databaseFlags", ())
        if flag["name"] != "cloudsql.iam_authentication"
    ]
    network = settings["ipConfiguration"]
    return {
        "name": name,
        "region": source["region"],
        "databaseVersion": source["databaseVersion"],
        "settings": {
            **{key: settings[key] for key in _ALIKE if key in settings},
            "availabilityType": "ZONAL",
            "ipConfiguration": {
                "ipv4Enabled": False,
                "privateNetwork": network["privateNetwork"],
                **{k: network[k] for k in ("allocatedIpRange",) if k in network},
                "sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
            },
            "databaseFlags": [*flags, {"name": "cloudsql.iam_authentication", "value": "on"}],
            "dataApiAccess": "ALLOW_DATA_API",
            "deletionProtectionEnabled": False,
            "backupConfiguration": {"enabled": False},
            "userLabels": {LABEL: environment},
        },
    }
