"""What values of an environment file may be together: the checks of every thing.

A check runs as far as the settings that it asks for are valid by themselves, whatever else in the
file is not, so that one run reports everything that can be known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from constructs_lib.budget import checks as budget
from constructs_lib.cloud_run import checks as cloud_run
from constructs_lib.database_export import checks as database_export
from constructs_lib.edge import checks as edge
from constructs_lib.environment import checks as environment
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.mcp import checks as mcp
from constructs_lib.monitoring import checks as monitoring
from constructs_lib.network import checks as network
from constructs_lib.postgres import checks as postgres
from constructs_lib.postgres import machine_checks as postgres_machine
from constructs_lib.pubsub import checks as pubsub
from constructs_lib.recovery import checks as recovery
from constructs_lib.redis import checks as redis
from constructs_lib.rollout import checks as rollout
from constructs_lib.settings.finding import Finding
from constructs_lib.storage import checks as storage
from constructs_lib.telemetry import checks as telemetry
from constructs_lib.virtual_machine import checks as virtual_machine

Check = Callable[[EnvironmentSettings], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *environment.CHECKS,
    *postgres.CHECKS,
    *postgres_machine.CHECKS,
    *virtual_machine.CHECKS,
    *database_export.CHECKS,
    *redis.CHECKS,
    *storage.CHECKS,
    *network.CHECKS,
    *cloud_run.CHECKS,
    *edge.CHECKS,
    *mcp.CHECKS,
    *pubsub.CHECKS,
    *telemetry.CHECKS,
    *monitoring.CHECKS,
    *budget.CHECKS,
    *recovery.CHECKS,
    *rollout.CHECKS,
)
