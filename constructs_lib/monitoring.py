"""Cloud Monitoring: who is told, what is probed from outside, and the alert policies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cdktf_cdktf_provider_google.logging_metric import (
    LoggingMetric,
    LoggingMetricMetricDescriptor,
    LoggingMetricMetricDescriptorLabels,
)
from cdktf_cdktf_provider_google.monitoring_alert_policy import (
    MonitoringAlertPolicy,
    MonitoringAlertPolicyAlertStrategy,
    MonitoringAlertPolicyConditions,
    MonitoringAlertPolicyConditionsConditionThreshold,
    MonitoringAlertPolicyConditionsConditionThresholdAggregations,
    MonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations,
    MonitoringAlertPolicyConditionsConditionThresholdTrigger,
    MonitoringAlertPolicyDocumentation,
)
from cdktf_cdktf_provider_google.monitoring_notification_channel import (
    MonitoringNotificationChannel,
)
from cdktf_cdktf_provider_google.monitoring_uptime_check_config import (
    MonitoringUptimeCheckConfig,
    MonitoringUptimeCheckConfigHttpCheck,
    MonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes,
    MonitoringUptimeCheckConfigMonitoredResource,
)
from constructs import Construct

from constructs_lib import alerts
from constructs_lib.alerts import Alert

_UPTIME_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Probe:
    """A public page that must answer 2xx over https."""

    service: str
    host: str
    path: str


class Monitoring(Construct):
    """E-mail channels, uptime checks, a metric of error logs, and alert policies."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        emails: Sequence[str],
        auto_close_seconds: int = 86400,
    ) -> None:
        super().__init__(scope, construct_id)
        self._project_id = project_id
        self._auto_close_seconds = auto_close_seconds
        self._channels = [
            MonitoringNotificationChannel(
                self,
                # Named by the address: taking one away does not move the others.
                f"email-{re.sub(r'[^a-z0-9]+', '-', email.lower())}",
                display_name=f"E-mail {email}",
                type="email",
                labels={"email_address": email},
            ).name
            for email in emails
        ]

    def probe(self, probe: Probe, *, period_seconds: int) -> None:
        """Check a page from several regions, and alert when it is down."""
        check = MonitoringUptimeCheckConfig(
            self,
            f"{probe.service}-uptime",
            display_name=f"{probe.service} https://{probe.host}{probe.path}",
            period=f"{period_seconds}s",
            timeout=f"{_UPTIME_TIMEOUT_SECONDS}s",
            http_check=MonitoringUptimeCheckConfigHttpCheck(
                path=probe.path,
                port=443,
                request_method="GET",
                use_ssl=True,
                validate_ssl=True,
                accepted_response_status_codes=[
                    MonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes(
                        status_class="STATUS_CLASS_2XX"
                    )
                ],
            ),
            monitored_resource=MonitoringUptimeCheckConfigMonitoredResource(
                type="uptime_url", labels={"project_id": self._project_id, "host": probe.host}
            ),
        )
        self.alert(alerts.service_is_down(probe.service, probe.host, check.uptime_check_id))

    def count_error_logs(self, name: str) -> None:
        """Count the services' log entries at ERROR and above, by service."""
        LoggingMetric(
            self,
            "error-logs",
            name=name,
            description="Log entries of Cloud Run services at ERROR and above",
            filter='severity >= ERROR AND resource.type = "cloud_run_revision"',
            metric_descriptor=LoggingMetricMetricDescriptor(
                metric_kind="DELTA",
                value_type="INT64",
                unit="1",
                labels=[
                    LoggingMetricMetricDescriptorLabels(
                        key="service",
                        value_type="STRING",
                        description="Name of the Cloud Run service",
                    )
                ],
            ),
            label_extractors={"service": "EXTRACT(resource.labels.service_name)"},
        )

    def alert(self, alert: Alert) -> None:
        """Add an alert policy that tells every channel."""
        MonitoringAlertPolicy(
            self,
            alert.id,
            display_name=alert.title,
            combiner="OR",
            severity=alert.severity,
            enabled=True,
            conditions=[
                MonitoringAlertPolicyConditions(
                    display_name=alert.title, condition_threshold=_threshold(alert)
                )
            ],
            notification_channels=self._channels,
            alert_strategy=MonitoringAlertPolicyAlertStrategy(
                auto_close=f"{self._auto_close_seconds}s"
            ),
            documentation=MonitoringAlertPolicyDocumentation(
                content=alert.documentation(), mime_type="text/markdown", subject=alert.title
            ),
        )


def _threshold(alert: Alert) -> MonitoringAlertPolicyConditionsConditionThreshold:
    aggregation: dict[str, Any] = {
        "alignment_period": f"{alert.alignment_seconds}s",
        "per_series_aligner": alert.aligner,
        "cross_series_reducer": alert.reducer,
        "group_by_fields": list(alert.group_by) or None,
    }
    ratio = alert.denominator_filter is not None
    return MonitoringAlertPolicyConditionsConditionThreshold(
        filter=alert.filter,
        denominator_filter=alert.denominator_filter,
        aggregations=[MonitoringAlertPolicyConditionsConditionThresholdAggregations(**aggregation)],
        denominator_aggregations=[
            MonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations(**aggregation)
        ]
        if ratio
        else None,
        comparison="COMPARISON_GT",
        threshold_value=alert.threshold,
        duration=f"{alert.duration_seconds}s",
        trigger=MonitoringAlertPolicyConditionsConditionThresholdTrigger(count=1),
        # The API takes this only together with a duration.
        evaluation_missing_data="EVALUATION_MISSING_DATA_INACTIVE"
        if alert.duration_seconds
        else None,
    )
