"""The objectives of a Cloud Run service, measured on what Cloud Run itself counts."""

from __future__ import annotations

from collections.abc import Mapping

from cdktf_cdktf_provider_google.monitoring_service import (
    MonitoringService,
    MonitoringServiceBasicService,
)
from cdktf_cdktf_provider_google.monitoring_slo import (
    MonitoringSlo,
    MonitoringSloRequestBasedSli,
    MonitoringSloRequestBasedSliDistributionCut,
    MonitoringSloRequestBasedSliDistributionCutRange,
    MonitoringSloRequestBasedSliGoodTotalRatio,
)
from constructs import Construct

from constructs_lib.monitoring.filters import all_of, cloud_run
from constructs_lib.monitoring.slo import FAST, SLOW, BurnAlert, SloTargets, burn_alert

_GOOD = ("2xx", "3xx", "4xx")
# 1xx is left out: a WebSocket session ends as 101 after up to an hour, and tells nothing of speed
# or success. 4xx is the caller's fault; 429 too, which the applications answer on purpose.
_COUNTED = (*_GOOD, "5xx")


def counted_requests(service: str) -> str:
    """Return the filter for the requests of which an objective is a share."""
    return _with_class(cloud_run("request_count", service), _COUNTED)


def objective_path(project_id: str, service: str, kind: str) -> str:
    """Return the full name of an objective; ``kind`` is ``availability`` or ``latency``."""
    return f"projects/{project_id}/services/{service}/serviceLevelObjectives/{kind}"


class ServiceSlo(Construct):
    """Two objectives of one service, and the alerts that guard them.

    The service indicators are written out, because what the API derives by itself for Cloud Run
    would count WebSocket sessions as slow requests.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        region: str,
        targets: SloTargets,
        user_labels: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._targets = targets
        self._service = service
        self._labels = dict(user_labels)
        self._parent = MonitoringService(
            self,
            "service",
            service_id=service,
            display_name=service,
            basic_service=MonitoringServiceBasicService(
                service_type="CLOUD_RUN",
                service_labels={"service_name": service, "location": region},
            ),
            user_labels=self._labels,
        )
        self.alerts: tuple[BurnAlert, ...] = (*self._availability(), *self._latency())

    def _availability(self) -> tuple[BurnAlert, ...]:
        goal = self._targets.availability_goal
        return self._objective(
            "availability",
            goal,
            f"{goal:.2%} of requests do not fail",
            MonitoringSloRequestBasedSli(
                good_total_ratio=MonitoringSloRequestBasedSliGoodTotalRatio(
                    good_service_filter=_with_class(
                        cloud_run("request_count", self._service), _GOOD
                    ),
                    total_service_filter=counted_requests(self._service),
                )
            ),
        )

    def _latency(self) -> tuple[BurnAlert, ...]:
        goal, limit = self._targets.latency_goal, self._targets.latency_ms
        return self._objective(
            "latency",
            goal,
            f"{goal:.2%} of good answers within {limit} ms",
            MonitoringSloRequestBasedSli(
                distribution_cut=MonitoringSloRequestBasedSliDistributionCut(
                    distribution_filter=_with_class(
                        cloud_run("request_latencies", self._service), ("2xx",)
                    ),
                    range=MonitoringSloRequestBasedSliDistributionCutRange(max=limit),
                )
            ),
        )

    def _objective(
        self, kind: str, goal: float, display_name: str, indicator: MonitoringSloRequestBasedSli
    ) -> tuple[BurnAlert, ...]:
        objective = MonitoringSlo(
            self,
            kind,
            service=self._parent.service_id,
            slo_id=kind,
            display_name=f"{self._service}: {display_name}",
            goal=goal,
            rolling_period_days=self._targets.rolling_days,
            request_based_sli=indicator,
            user_labels=self._labels,
        )
        return tuple(
            burn_alert(
                service=self._service,
                kind=kind,
                objective=objective.name,
                goal=goal,
                burn=burn,
                targets=self._targets,
            )
            for burn in (FAST, SLOW)
        )


def _with_class(terms: str, classes: tuple[str, ...]) -> str:
    named = ", ".join(f'"{each}"' for each in classes)
    condition = (
        f'metric.labels.response_code_class = "{classes[0]}"'
        if len(classes) == 1
        else f"metric.labels.response_code_class = one_of({named})"
    )
    return all_of(terms, condition)
