"""Alert thresholds and service level objectives: settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.by_service import with_key_for_each
from constructs_lib.settings.fields import NotificationChannel
from constructs_lib.settings.model import StrictModel
from envschema.services import applications

Goal = Annotated[float, Field(ge=0.9, le=0.9999)]
"""A share of all requests. The provider takes no more than 0.9999."""
UptimePeriod = Literal[60, 300, 600, 900]
"""The periods that Cloud Monitoring has."""
Milliseconds = Annotated[int, Field(ge=10, le=60000)]


class NotificationChannels(StrictModel):
    """Channels that somebody made already, by the severity of the alerts that they get.

    PagerDuty, Slack and others have a key, which Terraform would keep in its state; so they are
    made elsewhere and only named here. Each alert notifies ``notification_emails`` as well.
    """

    critical: tuple[NotificationChannel, ...] = ()
    """Users are affected now: what wakes somebody up."""
    error: tuple[NotificationChannel, ...] = ()
    warning: tuple[NotificationChannel, ...] = ()

    def of(self, severity: str) -> tuple[str, ...]:
        """Return the channels of a severity, as alerts spell it."""
        channels: tuple[str, ...] = getattr(self, severity.lower())
        return channels

    def items(self) -> Iterator[tuple[str, int, str]]:
        """Yield severity, position and name of each."""
        for severity, channels in self:
            for number, channel in enumerate(channels):
                yield severity, number, channel


class Alerts(StrictModel):
    """Alert thresholds; ratios are between 0 and 1."""

    error_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.05
    """Share of requests answered with 5xx, over five minutes."""
    latency_p95_ms: Annotated[int, Field(ge=50, le=600000)] = 5000
    """Of answers with 2xx: one request in twenty takes longer."""
    postgres_cpu_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.85
    """Over fifteen minutes."""
    postgres_disk_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.85
    postgres_connections_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Of ``postgres.max_connections``."""
    postgres_replica_lag_seconds: Annotated[int, Field(ge=10, le=86400)] = 300
    """How far the read replica may be behind."""
    pubsub_oldest_message_seconds: Annotated[int, Field(ge=60, le=604800)] = 900
    """How long a message may wait for its acknowledgement."""
    telemetry_disk_utilization: Annotated[float, Field(gt=0, lt=1)] = 0.8
    """Of a telemetry server of the environment's own."""
    redis_memory_ratio: Annotated[float, Field(gt=0, lt=1)] = 0.85
    machine_image_days: Annotated[int, Field(ge=7, le=365)] = 60
    """How long a machine may run before it should get a newer image."""
    certificate_days: Annotated[int, Field(ge=1, le=28)] = 14
    """Of validity left. Google renews about 30 days before the end."""
    edge_minimum_requests: Annotated[int, Field(ge=1, le=1000000)] = 100
    """Requests to a service in five minutes, below which the load balancer's share of 5xx alerts
    nobody. Probes count."""
    armor_denials: Annotated[int, Field(ge=1, le=100000000)] = 1000
    """Requests that one policy of Cloud Armor refused, over five minutes."""
    sign_in_failures: Annotated[int, Field(ge=1, le=1000000)] = 100
    """Attempts to sign in that the API refused, over five minutes."""
    uptime_period_seconds: UptimePeriod = 300
    """How often each of Google's checkers asks each public host."""
    uptime_executions_per_month: Annotated[int, Field(ge=1)] = 1_000_000
    """What all of them together may ask; a project has a million for nothing."""


class SloOverride(StrictModel):
    """The objectives of one service, where they differ from ``[slo]``."""

    availability_goal: Goal | None = None
    latency_goal: Goal | None = None
    latency_ms: Milliseconds | None = None


@with_key_for_each(applications(), SloOverride, SloOverride())
class Slo(StrictModel):
    """The objectives of every application; without this table there are none."""

    availability_goal: Goal = 0.995
    """Of the requests that are answered, the share that is not answered with 5xx."""
    latency_goal: Goal = 0.95
    """Of the requests that are answered with 2xx, the share that takes ``latency_ms`` at most."""
    latency_ms: Milliseconds = 1000
    rolling_days: Annotated[int, Field(ge=7, le=30)] = 30
    minimum_requests: Annotated[int, Field(ge=1, le=100000)] = 100
    """In the long window of an alert; with fewer, no alert is sent. Probes count."""

    @property
    def fast_burn_rate(self) -> float:
        """How many times faster than allowed uses up 2 % of the budget within an hour."""
        return round(0.02 * self.rolling_days * 24, 2)

    @property
    def slow_burn_rate(self) -> float:
        """How many times faster than allowed uses up 5 % of the budget within six hours."""
        return round(0.05 * self.rolling_days * 24 / 6, 2)

    def override(self, service: str) -> SloOverride:
        """Return the table of an application, which may be empty."""
        table: SloOverride = getattr(self, service)
        return table
