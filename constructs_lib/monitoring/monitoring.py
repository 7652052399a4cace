"""Cloud Monitoring: who is notified, what is probed from outside, and the alert policies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.logging_metric import (
    LoggingMetric,
    LoggingMetricMetricDescriptor,
    LoggingMetricMetricDescriptorLabels,
)
from cdktf_cdktf_provider_google.monitoring_alert_policy import (
    MonitoringAlertPolicy,
    MonitoringAlertPolicyAlertStrategy,
    MonitoringAlertPolicyAlertStrategyNotificationRateLimit,
    MonitoringAlertPolicyConditions,
    MonitoringAlertPolicyConditionsConditionMatchedLog,
    MonitoringAlertPolicyConditionsConditionPrometheusQueryLanguage,
    MonitoringAlertPolicyConditionsConditionThreshold,
    MonitoringAlertPolicyConditionsConditionThresholdAggregations,
    MonitoringAlertPolicyConditionsConditionThresholdDenominatorAggregations,
    MonitoringAlertPolicyConditionsConditionThresholdTrigger,
    MonitoringAlertPolicyDocumentation,
)
from cdktf_cdktf_provider_google.monitoring_uptime_check_config import (
    MonitoringUptimeCheckConfig,
    MonitoringUptimeCheckConfigContentMatchers,
    MonitoringUptimeCheckConfigHttpCheck,
    MonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes,
    MonitoringUptimeCheckConfigMonitoredResource,
)
from constructs import Construct

from constructs_lib.literal import literal
from constructs_lib.monitoring import alerts
from constructs_lib.monitoring.alerts import Alert, LogAlert, QueryAlert, Severity
from constructs_lib.monitoring.channels import email_channels
from constructs_lib.monitoring.filters import SERVICE_LABEL
from constructs_lib.monitoring.service_slo import ServiceSlo, counted_requests
from constructs_lib.monitoring.slo import BurnAlert, SloTargets

_UPTIME_TIMEOUT_SECONDS = 10
AnyAlert = Alert | LogAlert | QueryAlert | BurnAlert


@dataclass(frozen=True, slots=True)
class Probe:
    """A public page that must answer over https: 2xx, or the one status that is named.

    ``content`` is what the answer must contain: a parked domain or an error page with status 200 is
    no good answer.
    """

    service: str
    host: str
    path: str
    period_seconds: int
    status: int | None = None
    content: str | None = None


class Monitoring(Construct):
    """E-mail channels, uptime checks, a metric of error logs, and alert policies.

    ``channels`` returns the full names of further channels for the severity of an alert. The e-mail
    channels wait for ``depends_on``, and every alert waits for them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        project_id: str,
        region: str,
        emails: Sequence[str],
        channels: Callable[[Severity], Sequence[str]],
        user_labels: Mapping[str, str],
        auto_close_seconds: int = 86400,
        depends_on: Sequence[ITerraformDependable] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self._project_id = project_id
        self._region = region
        self._auto_close_seconds = auto_close_seconds
        # The provider's default labels do not reach these resources.
        self._labels = dict(user_labels)
        self._emails = email_channels(self, emails, user_labels=user_labels, depends_on=depends_on)
        self._channels = channels

    def probe(self, probe: Probe) -> None:
        """Check a page from several regions, and alert when it is down."""
        check = MonitoringUptimeCheckConfig(
            self,
            f"{probe.service}-uptime",
            display_name=f"{probe.service} https://{probe.host}{probe.path}",
            period=f"{probe.period_seconds}s",
            timeout=f"{_UPTIME_TIMEOUT_SECONDS}s",
            http_check=MonitoringUptimeCheckConfigHttpCheck(
                path=probe.path,
                port=443,
                request_method="GET",
                use_ssl=True,
                validate_ssl=True,
                accepted_response_status_codes=[
                    MonitoringUptimeCheckConfigHttpCheckAcceptedResponseStatusCodes(
                        status_class=None if probe.status else "STATUS_CLASS_2XX",
                        status_value=probe.status,
                    )
                ],
            ),
            content_matchers=[
                MonitoringUptimeCheckConfigContentMatchers(
                    content=literal(probe.content), matcher="CONTAINS_STRING"
                )
            ]
            if probe.content
            else None,
            monitored_resource=MonitoringUptimeCheckConfigMonitoredResource(
                type="uptime_url", labels={"project_id": self._project_id, "host": probe.host}
            ),
            user_labels=self._labels,
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

    def count_entries(self, construct_id: str, *, name: str, description: str, filter: str) -> None:
        """Count the log entries that match a filter."""
        LoggingMetric(
            self,
            construct_id,
            name=name,
            description=description,
            filter=filter,
            metric_descriptor=LoggingMetricMetricDescriptor(
                metric_kind="DELTA", value_type="INT64", unit="1"
            ),
        )

    def add_slo(self, service: str, targets: SloTargets) -> None:
        """Set the objectives of a service, and alert when they are about to be missed."""
        slo = ServiceSlo(
            self,
            f"{service}-slo",
            service=service,
            region=self._region,
            targets=targets,
            user_labels=self._labels,
        )
        for alert in slo.alerts:
            self.alert(alert)

    def alert(self, alert: AnyAlert) -> None:
        """Add an alert policy that notifies every address, and the channels of its severity."""
        conditions = _conditions(alert)
        MonitoringAlertPolicy(
            self,
            alert.id,
            display_name=alert.title,
            combiner="AND" if len(conditions) > 1 else "OR",
            severity=alert.severity,
            enabled=True,
            conditions=conditions,
            notification_channels=[*self._emails, *self._channels(alert.severity)],
            alert_strategy=MonitoringAlertPolicyAlertStrategy(
                auto_close=f"{self._auto_close_seconds}s",
                notification_rate_limit=MonitoringAlertPolicyAlertStrategyNotificationRateLimit(
                    period=f"{alert.rate_limit_seconds}s"
                )
                if isinstance(alert, LogAlert)
                else None,
            ),
            documentation=MonitoringAlertPolicyDocumentation(
                content=alert.documentation(), mime_type="text/markdown", subject=alert.title
            ),
            user_labels=self._labels | ({SERVICE_LABEL: alert.service} if alert.service else {}),
        )


def _conditions(alert: AnyAlert) -> list[MonitoringAlertPolicyConditions]:
    """Return the conditions, all of which must hold."""
    if isinstance(alert, Alert):
        threshold = MonitoringAlertPolicyConditions(
            display_name=alert.title, condition_threshold=_threshold(alert)
        )
        if alert.minimum_count is None:
            return [threshold]
        counted = alert.denominator_filter or alert.filter
        return [threshold, _enough(counted, alert.minimum_count, alert.alignment_seconds)]
    if isinstance(alert, QueryAlert):
        return [
            MonitoringAlertPolicyConditions(
                display_name=alert.title,
                condition_prometheus_query_language=(
                    MonitoringAlertPolicyConditionsConditionPrometheusQueryLanguage(
                        query=alert.query, duration="0s", disable_metric_validation=True
                    )
                ),
            )
        ]
    if isinstance(alert, LogAlert):
        return [
            MonitoringAlertPolicyConditions(
                display_name=alert.title,
                condition_matched_log=MonitoringAlertPolicyConditionsConditionMatchedLog(
                    filter=alert.filter
                ),
            )
        ]
    burn = alert.burn
    return [
        _burns(alert, burn.long_seconds),
        _burns(alert, burn.short_seconds),
        _enough(counted_requests(alert.service), alert.minimum_requests, burn.long_seconds),
    ]


def _burns(alert: BurnAlert, seconds: int) -> MonitoringAlertPolicyConditions:
    return MonitoringAlertPolicyConditions(
        display_name=f"Budget burns at {alert.rate:g} over {seconds // 60} minutes",
        # A selector is aggregated by itself: the API takes filter, comparison and threshold only.
        condition_threshold=MonitoringAlertPolicyConditionsConditionThreshold(
            filter=f'select_slo_burn_rate("{alert.objective}", "{seconds}s")',
            comparison="COMPARISON_GT",
            threshold_value=alert.rate,
            duration="0s",
            trigger=MonitoringAlertPolicyConditionsConditionThresholdTrigger(count=1),
        ),
    )


def _enough(filter: str, requests: int, seconds: int) -> MonitoringAlertPolicyConditions:
    return MonitoringAlertPolicyConditions(
        display_name=f"{requests} requests or more in {seconds // 60} minutes",
        condition_threshold=MonitoringAlertPolicyConditionsConditionThreshold(
            filter=filter,
            aggregations=[
                MonitoringAlertPolicyConditionsConditionThresholdAggregations(
                    alignment_period=f"{seconds}s",
                    per_series_aligner="ALIGN_DELTA",
                    cross_series_reducer="REDUCE_SUM",
                )
            ],
            comparison="COMPARISON_GT",
            threshold_value=requests - 1,
            duration="0s",
            trigger=MonitoringAlertPolicyConditionsConditionThresholdTrigger(count=1),
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
        comparison="COMPARISON_LT" if alert.below else "COMPARISON_GT",
        threshold_value=alert.threshold,
        duration=f"{alert.duration_seconds}s",
        trigger=MonitoringAlertPolicyConditionsConditionThresholdTrigger(count=1),
        evaluation_missing_data=_missing_data(alert),
    )


def _missing_data(alert: Alert) -> str | None:
    if not alert.duration_seconds:
        # The API takes a choice only together with a duration.
        return None
    state = "ACTIVE" if alert.missing_is_wrong else "INACTIVE"
    return f"EVALUATION_MISSING_DATA_{state}"
