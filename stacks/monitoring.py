"""Tuned without touching what it watches: probes, alerts and who is told."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.edge.hosts import public_hosts
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import (
    DB_BOOTSTRAP,
    ERROR_LOGS,
    MCP,
    MIGRATE,
    OTEL_COLLECTOR,
    POSTGRES,
    TELEMETRY,
)
from constructs_lib.environment.settings import ServiceName
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.monitoring import alerts, log_alerts
from constructs_lib.monitoring.dashboard import Dashboard
from constructs_lib.monitoring.monitoring import Monitoring, Probe
from constructs_lib.monitoring.sections import sections
from constructs_lib.monitoring.settings import Slo
from constructs_lib.monitoring.slo import Objectives
from constructs_lib.postgres.settings import CloudSqlPostgres, ComputeEnginePostgres
from constructs_lib.telemetry import alerts as pipeline_alerts
from constructs_lib.virtual_machine import alerts as machine_alerts
from stacks.services import health_path


class MonitoringStack(EnvironmentStack):
    """Alerts for what is switched on; with ``enable_monitoring = false`` the stack is empty.

    It is still synthesized then: a stack that vanished would leave its resources behind.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "monitoring", environment)
        if not environment.settings.enable_monitoring:
            return
        settings, names = environment.settings, environment.names
        self._monitoring = Monitoring(
            self,
            "monitoring",
            project_id=settings.project_id,
            region=settings.region,
            emails=settings.notification_emails,
            user_labels=labels(environment),
        )
        self._monitoring.count_error_logs(names.workload(ERROR_LOGS))
        hosts = {each.workload: each.host for each in public_hosts(settings)}
        if hosts:
            self._monitoring.alert(alerts.certificate_expires(settings.alerts.certificate_days))
        for service in settings.services_on():
            self._service(service, hosts.get(service))
        self._mcp(hosts.get(MCP))
        self._collector(hosts.get(OTEL_COLLECTOR))
        self._jobs()
        self._postgres()
        self._redis()
        self._pubsub()
        self._audit()
        Dashboard(
            self,
            "dashboard",
            display_name=f"{settings.name_prefix} {settings.environment}",
            sections=sections(environment),
        )

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
        if settings.slo is not None:
            self._monitoring.promise(name, objectives(settings.slo, service))

    def _collector(self, host: str | None) -> None:
        settings, add = self.environment.settings, self._monitoring.alert
        if settings.collector_on is None:
            return
        collector = self.environment.names.workload(OTEL_COLLECTOR)
        if host is not None:
            # It takes POST only, and says so. A probe that sent telemetry would count as
            # telemetry, and hide that nobody else sends any.
            self._monitoring.probe(
                Probe(collector, host, "/v1/traces", status=405),
                period_seconds=settings.alerts.uptime_period_seconds,
            )
        add(alerts.error_ratio_is_high(collector, settings.alerts.error_ratio))
        add(alerts.latency_is_high(collector, settings.alerts.latency_p95_ms))
        add(pipeline_alerts.collector_loses_data(collector))
        add(pipeline_alerts.collector_is_down(collector))
        add(pipeline_alerts.collector_is_silent(collector))
        if settings.self_hosted_on is not None:
            self._telemetry_machine()

    def _telemetry_machine(self) -> None:
        machine = self.environment.names.workload(TELEMETRY)
        limits, add = self.environment.settings.alerts, self._monitoring.alert
        # Nobody's request fails by it: what is lost is the sight of them.
        add(machine_alerts.machine_is_down(machine, "ERROR"))
        add(
            machine_alerts.machine_disk_is_full(
                machine,
                limits.telemetry_disk_utilization,
                "ERROR",
                causes=(
                    "Find out who sends so much: in Grafana, rates by service_name.",
                    "Lower telemetry.retention_days if that is normal; it frees nothing today.",
                ),
            )
        )

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
        match self.environment.settings.postgres_on:
            case CloudSqlPostgres() as postgres:
                self._cloud_sql(postgres)
            case ComputeEnginePostgres():
                self._postgres_machine()

    def _cloud_sql(self, postgres: CloudSqlPostgres) -> None:
        settings = self.environment.settings
        instance = self.environment.names.postgres
        database_id = f"{settings.project_id}:{instance}"
        limits, add = settings.alerts, self._monitoring.alert
        add(alerts.postgres_cpu_is_high(database_id, limits.postgres_cpu_utilization))
        add(alerts.postgres_disk_is_full(database_id, limits.postgres_disk_utilization))
        add(
            alerts.postgres_connections_run_out(
                database_id, postgres.max_connections, limits.postgres_connections_ratio
            )
        )
        if postgres.read_replica is not None:
            replica_id = f"{settings.project_id}:{self.environment.names.postgres_replica}"
            add(alerts.postgres_replica_lags(replica_id, limits.postgres_replica_lag_seconds))
        add(log_alerts.cloud_sql_is_deleted(instance))
        add(log_alerts.cloud_sql_backup_failed(settings.project_id, instance))

    def _postgres_machine(self) -> None:
        machine = self.environment.names.workload(POSTGRES)
        limits, add = self.environment.settings.alerts, self._monitoring.alert
        add(machine_alerts.machine_is_down(machine, "CRITICAL"))
        add(machine_alerts.machine_cpu_is_high(machine, limits.postgres_cpu_utilization))
        add(
            machine_alerts.machine_disk_is_full(
                machine,
                limits.postgres_disk_utilization,
                "CRITICAL",
                causes=(
                    "Look for a replication slot that nobody reads: "
                    "SELECT * FROM pg_replication_slots.",
                    "Find the table that grew: pg_total_relation_size.",
                ),
            )
        )

    def _redis(self) -> None:
        settings = self.environment.settings
        if settings.redis_on:
            path = self.environment.names.redis_path
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

    def _audit(self) -> None:
        self._monitoring.alert(log_alerts.secret_is_destroyed())
        self._monitoring.alert(log_alerts.secret_is_disabled())
        self._monitoring.alert(
            log_alerts.access_is_changed([self.environment.names.deployer_email])
        )


def objectives(slo: Slo, service: ServiceName) -> Objectives:
    """Return what a service promises, in the terms of the construct."""
    own = slo.of(service)
    return Objectives(
        availability_goal=own.availability,
        latency_goal=own.latency,
        latency_ms=own.latency_ms,
        rolling_days=slo.rolling_days,
        fast_burn_rate=slo.fast_burn_rate,
        slow_burn_rate=slo.slow_burn_rate,
        minimum_requests=slo.minimum_requests,
    )
