"""Tuned without touching what it watches: probes, alerts, the dashboard and who is notified."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.cloud_run.stack import (
    add_job_alerts,
    add_service_alerts,
    job_sections,
    service_sections,
)
from constructs_lib.edge.stack import add_edge_alerts
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.monitoring.stack import (
    add_dashboard,
    add_monitoring,
    incident_sections,
    log_sections,
)
from constructs_lib.pipeline.stack import add_access_alerts
from constructs_lib.postgres.stack_monitoring import add_postgres_alerts, postgres_sections
from constructs_lib.pubsub.stack import add_pubsub_alerts
from constructs_lib.redis.stack import add_redis_alerts, redis_sections
from constructs_lib.secrets.stack import add_secret_alerts
from constructs_lib.telemetry.stack import add_telemetry_alerts


class MonitoringStack(EnvironmentStack):
    """Alerts for what is switched on; with ``enable_monitoring = false`` the stack is empty.

    It is still synthesized then: a stack that vanished would leave its resources behind.
    """

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "monitoring", environment)
        if not environment.settings.enable_monitoring:
            return
        monitoring = add_monitoring(self)
        add_service_alerts(self, monitoring)
        add_edge_alerts(self, monitoring)
        add_telemetry_alerts(self, monitoring)
        add_job_alerts(self, monitoring)
        add_postgres_alerts(self, monitoring)
        add_redis_alerts(self, monitoring)
        add_pubsub_alerts(self, monitoring)
        add_secret_alerts(self, monitoring)
        add_access_alerts(self, monitoring)
        add_dashboard(
            self,
            [
                *incident_sections(environment),
                *service_sections(environment),
                *postgres_sections(environment),
                *redis_sections(environment),
                *job_sections(environment),
                *log_sections(environment),
            ],
        )
