"""Tuned without touching what it watches: probes, alerts and who is told."""

from __future__ import annotations

from constructs import Construct

from constructs_lib import alerts
from constructs_lib.monitoring import Monitoring, Probe
from environments import Environment
from environments.hosts import public_hosts
from environments.names import DB_BOOTSTRAP, MCP, MIGRATE
from environments.postgres import CloudSqlPostgres
from environments.settings import ServiceName
from stacks.base import EnvironmentStack
from stacks.services import health_path


class MonitoringStack(EnvironmentStack):
    """Alerts for what is switched on; with ``enable_monitoring = false`` the stack is empty.

    It is still synthesized then: a stack that vanished would leave its resources behind.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "monitoring", environment)
        if not environment.settings.enable_monitoring:
            return
        self._monitoring = Monitoring(
            self,
            "monitoring",
            project_id=environment.settings.project_id,
            emails=environment.settings.notification_emails,
        )
        self._monitoring.count_error_logs(environment.names.workload("error-logs"))
        hosts = {each.workload: each.host for each in public_hosts(environment.settings)}
        for service in environment.settings.services_on():
            self._service(service, hosts.get(service))
        self._mcp(hosts.get(MCP))
        self._jobs()
        self._postgres()
        self._redis()
        self._pubsub()

    def _service(self, service: ServiceName, host: str | None) -> None:
        settings = self.environment.settings
        name = self.environment.names.workload(service)
        if host is not None:
            self._monitoring.probe(
                Probe(name, host, health_path(service)),
                period_seconds=settings.alerts.uptime_period_seconds,
            )
        self._monitoring.alert(alerts.error_ratio_is_high(name, settings.alerts.error_ratio))
        self._monitoring.alert(alerts.latency_is_high(name, settings.alerts.latency_p95_ms))

    def _mcp(self, host: str | None) -> None:
        settings = self.environment.settings
        mcp = settings.mcp_service
        if mcp is None:
            return
        name = self.environment.names.workload(MCP)
        if host is not None:
            self._monitoring.probe(
                Probe(name, host, mcp.health_path),
                period_seconds=settings.alerts.uptime_period_seconds,
            )
        # No alert on latency: a session streams, so its length says nothing.
        self._monitoring.alert(alerts.error_ratio_is_high(name, settings.alerts.error_ratio))

    def _jobs(self) -> None:
        names = self.environment.names
        self._monitoring.alert(alerts.job_failed(names.workload(MIGRATE)))
        if self.environment.settings.postgres_on:
            self._monitoring.alert(alerts.job_failed(names.workload(DB_BOOTSTRAP)))

    def _postgres(self) -> None:
        settings = self.environment.settings
        postgres = settings.postgres_on
        if postgres is None:
            return
        database_id = f"{settings.project_id}:{self.environment.names.postgres}"
        limits, add = settings.alerts, self._monitoring.alert
        add(alerts.postgres_cpu_is_high(database_id, limits.postgres_cpu_utilization))
        add(alerts.postgres_disk_is_full(database_id, limits.postgres_disk_utilization))
        add(
            alerts.postgres_connections_run_out(
                database_id, postgres.max_connections, limits.postgres_connections_ratio
            )
        )

        if isinstance(postgres, CloudSqlPostgres) and postgres.read_replica is not None:
            replica_id = f"{settings.project_id}:{self.environment.names.postgres_replica}"
            add(alerts.postgres_replica_lags(replica_id, limits.postgres_replica_lag_seconds))

    def _redis(self) -> None:
        settings = self.environment.settings
        if settings.redis_on:
            path = (
                f"projects/{settings.project_id}/locations/{settings.region}"
                f"/instances/{self.environment.names.redis}"
            )
            self._monitoring.alert(
                alerts.redis_memory_is_full(path, settings.alerts.redis_memory_ratio)
            )

    def _pubsub(self) -> None:
        settings, names = self.environment.settings, self.environment.names
        pubsub = settings.pubsub_on
        for name, topic in sorted(pubsub.topics.items()) if pubsub else ():
            seconds = settings.alerts.pubsub_oldest_message_seconds
            self._monitoring.alert(alerts.messages_wait(names.topic(name), seconds))
            if topic.dead_letter:
                self._monitoring.alert(alerts.messages_are_dead(names.dead_letters(name)))
