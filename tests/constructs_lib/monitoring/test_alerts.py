"""Every alert reaches a person who can do something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.edge.hosts import public_hosts
from constructs_lib.environment.services import deployed_services
from constructs_lib.monitoring.alerts import Alert
from environments import Configuration
from tests.support import (
    ROOT,
    Stacks,
    every_environment_where,
    of_type,
    synthesized_with,
)

MONITORED = every_environment_where(lambda settings: settings.enable_monitoring)


def policies(stacks: Stacks) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield stack, address and arguments of every alert policy of every stack."""
    for name, stack in stacks.items():
        for address, policy in of_type(stack, "google_monitoring_alert_policy").items():
            yield name, address, policy


def _of_prod(stacks: Stacks) -> Stacks:
    """Return prod's own stacks; the shared project has alerts about prod too."""
    return {name: stack for name, stack in stacks.items() if name.startswith("prod-")}


def test_every_alert_reaches_somebody_and_says_what_to_do(stacks: Stacks) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("#")
    }
    seen = 0
    for name, address, alert in policies(stacks):
        channels = of_type(stacks[name], "google_monitoring_notification_channel")
        # The shared project has alerts of several environments, each with addresses of its own.
        references = {
            f"${{google_monitoring_notification_channel.{channel}.name}}"
            for channel in channels
            if address.startswith(channel.partition("_email_")[0])
        }
        assert set(alert["notification_channels"]) == references, address
        assert references, address
        assert alert["severity"] in {"CRITICAL", "ERROR", "WARNING"}, address
        assert alert["alert_strategy"]["auto_close"].endswith("s"), address
        assert alert["enabled"] is True, address
        content = alert["documentation"]["content"]
        assert "\n1. " in content, address
        assert "\n2. " in content, address
        assert content.rsplit("#", 1)[1] in headings, address
        seen += 1
    assert seen > 50


def test_channels_that_exist_already_get_the_alerts_of_their_severity(
    stacks: Stacks, tmp_path: Path
) -> None:
    pager, chat = (f"projects/beep-prod-example/notificationChannels/{n}" for n in (1, 2))
    table = f'[notification_channels]\ncritical = ["{pager}", "{chat}"]\nerror = ["{chat}"]\n'
    after = synthesized_with(tmp_path, ("prod", "[alerts]", f"{table}\n[alerts]"))
    added = {"CRITICAL": [pager, chat], "ERROR": [chat], "WARNING": []}
    before = {address: alert for _, address, alert in policies(_of_prod(stacks))}
    seen = set()
    for _, address, alert in policies(_of_prod(after)):
        expected = [*before[address]["notification_channels"], *added[alert["severity"]]]
        assert alert["notification_channels"] == expected, address
        seen.add(alert["severity"])
    assert seen == {"CRITICAL", "ERROR", "WARNING"}
    # Made elsewhere, so that no key of theirs is in a state.
    kind = "google_monitoring_notification_channel"
    assert of_type(after["prod-monitoring"], kind) == of_type(stacks["prod-monitoring"], kind)


def test_what_watches_carries_the_labels_of_its_environment(stacks: Stacks) -> None:
    kinds = ("alert_policy", "notification_channel", "uptime_check_config", "service", "slo")
    for name, stack in stacks.items():
        if "google" not in stack["provider"]:
            continue
        defaults = stack["provider"]["google"][0]["default_labels"]
        for kind in kinds:
            for address, arguments in of_type(stack, f"google_monitoring_{kind}").items():
                labels = arguments["user_labels"]
                assert labels == defaults | labels, f"{name} {address}"
                assert labels.keys() - defaults.keys() <= {"service"}, f"{name} {address}"


def test_an_alert_on_one_service_is_labelled_with_it(stacks: Stacks) -> None:
    """A rollout finds the alerts of a service by that label."""
    labels = {
        address: alert["user_labels"].get("service")
        for name, address, alert in policies(stacks)
        if name == "prod-monitoring"
    }
    for service in ("beep-api", "beep-web", "beep-todox", "beep-otel-collector"):
        of_service = {k for k in labels if f"_{service.replace('-', '_')}_" in k}
        assert len(of_service) >= 2, service
        assert {labels[address] for address in of_service} == {service}
    assert labels["monitoring_no_instance_available"] is None


def test_a_log_alert_limits_its_mails_and_stands_alone(stacks: Stacks) -> None:
    by_log = 0
    for name, address, alert in policies(stacks):
        logs = ["condition_matched_log" in condition for condition in alert["conditions"]]
        limit = alert["alert_strategy"].get("notification_rate_limit")
        # The API refuses a log condition beside another, and one without a limit.
        assert any(logs) == (limit is not None), f"{name} {address}"
        assert not any(logs) or logs == [True], f"{name} {address}"
        by_log += any(logs)
    assert by_log >= 3 * 3


@MONITORED
def test_what_destroys_or_grants_raises_an_alert(name: str, stacks: Stacks) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")

    def matches(address: str, method: str) -> bool:
        terms = alerts[f"monitoring_{address}"]["conditions"][0]["condition_matched_log"]["filter"]
        pattern = re.search(r'methodName =~ "([^"]+)"', terms)
        assert pattern is not None
        return re.search(pattern[1], method) is not None

    service = "google.cloud.secretmanager.v1.SecretManagerService"
    assert matches("secret_destroyed", f"{service}.DestroySecretVersion")
    assert matches("secret_destroyed", f"{service}.DeleteSecret")
    assert not matches("secret_destroyed", f"{service}.DisableSecretVersion")
    assert matches("secret_disabled", f"{service}.DisableSecretVersion")
    assert not matches("secret_disabled", f"{service}.EnableSecretVersion")
    for method in (
        "SetIamPolicy",
        "google.iam.admin.v1.SetIAMPolicy",
        "google.iam.admin.v1.CreateServiceAccountKey",
        "google.cloud.run.v2.Services.SetIamPolicy",
        "storage.setIamPermissions",
    ):
        assert matches("access_changed", method), method
    for method in ("GetIamPolicy", "google.iam.admin.v1.ListServiceAccountKeys"):
        assert not matches("access_changed", method), method
    configure = "google.logging.v2.ConfigServiceV2"
    for address, changing, other in (
        ("log_sinks", f"{configure}.DeleteSink", f"{configure}.ListSinks"),
        ("log_sinks", f"{configure}.UpdateSink", f"{configure}.GetSink"),
        ("log_sinks", f"{configure}.CreateExclusion", f"{configure}.GetExclusion"),
        ("log_sinks", f"{configure}.UpdateBucketAsync", f"{configure}.ListBuckets"),
        ("audit_configuration", "SetIamPolicy", "GetIamPolicy"),
        ("custom_roles", "google.iam.admin.v1.UndeleteRole", "google.iam.admin.v1.SetIAMPolicy"),
        ("firewall", "v1.compute.firewalls.delete", "v1.compute.firewalls.list"),
        ("routes", "v1.compute.routes.insert", "v1.compute.routers.insert"),
        ("networks", "beta.compute.networks.removePeering", "v1.compute.subnetworks.insert"),
        ("cloud_sql", "cloudsql.instances.update", "cloudsql.instances.connect"),
    ):
        if f"monitoring_{address}_changed" in alerts:
            assert matches(f"{address}_changed", changing), changing
            assert not matches(f"{address}_changed", other), other


@MONITORED
def test_only_the_deployer_of_an_environment_may_make_a_change_unseen(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    by_whomever = {"monitoring_log_sinks_changed", "monitoring_audit_configuration_changed"}
    assert by_whomever <= alerts.keys()
    for address in by_whomever:
        terms = alerts[address]["conditions"][0]["condition_matched_log"]["filter"]
        assert "principalEmail" not in terms, address
    changes = {
        address: alert
        for address, alert in alerts.items()
        if address.endswith("_changed") and address not in by_whomever
    }
    has_cloud_sql = bool(of_type(stacks[f"{name}-data"], "google_sql_database_instance"))
    assert ("monitoring_cloud_sql_changed" in changes) is has_cloud_sql
    assert len(changes) == 5 + has_cloud_sql
    deployer = configuration.environment(name).names.deployer_email
    for alert in changes.values():
        terms = alert["conditions"][0]["condition_matched_log"]["filter"]
        assert re.findall(r'principalEmail = "([^"]+)"', terms) == [deployer]


@pytest.mark.parametrize(
    ("account", "unseen"),
    [
        ("service-100000000003@service-networking.iam.gserviceaccount.com", True),
        ("service-100000000003@gcp-sa-vpcaccess.iam.gserviceaccount.com", True),
        # Anybody may name an account of a project so.
        ("service-100000000003@beep-prod-example.iam.gserviceaccount.com", False),
        ("somebody@example.com", False),
    ],
)
def test_what_googles_own_services_change_is_nobodys_doing(
    account: str, unseen: bool, stacks: Stacks
) -> None:
    alerts = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    alert = alerts["monitoring_networks_changed"]
    terms = alert["conditions"][0]["condition_matched_log"]["filter"]
    [pattern] = re.findall(r'NOT \S+principalEmail =~ "([^"]+)"', terms)
    assert bool(re.search(pattern, account)) is unseen


@MONITORED
def test_a_certificate_that_is_not_renewed_raises_an_alert_in_time(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    alert = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")[
        "monitoring_certificates"
    ]
    threshold = alert["conditions"][0]["condition_threshold"]
    assert threshold["comparison"] == "COMPARISON_LT"
    days = configuration.environment(name).settings.alerts.certificate_days
    assert threshold["threshold_value"] == days
    # Each host has an incident of its own.
    assert threshold["aggregations"][0]["group_by_fields"] == ["resource.label.host"]


@MONITORED
def test_every_public_service_is_probed_from_outside(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    hosts = public_hosts(configuration.environment(name).settings)
    stack = stacks[f"{name}-monitoring"]
    checks = of_type(stack, "google_monitoring_uptime_check_config")
    assert set(checks) == {
        f"monitoring_beep_{host.service.entry.input_name}_uptime" for host in hosts
    }
    for address, check in checks.items():
        assert check["http_check"]["validate_ssl"] is True, address


def test_a_parked_domain_or_an_error_page_is_no_answer(stacks: Stacks) -> None:
    checks = of_type(stacks["prod-monitoring"], "google_monitoring_uptime_check_config")
    contents = {
        name.removeprefix("monitoring_beep_").removesuffix("_uptime"): [
            matcher["content"] for matcher in check.get("content_matchers", [])
        ]
        for name, check in checks.items()
    }
    assert contents == {
        "api": ["OK"],
        "web": ["/_next/"],
        "todox": ["/_next/"],
        "marketing": ["/_next/"],
        # It answers 405, without any content of its own.
        "otel_collector": [],
    }


@MONITORED
def test_a_full_service_raises_an_alert_before_and_when_requests_are_refused(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    for service in deployed_services(configuration.environment(name).settings):
        address = f"monitoring_beep_{service.entry.input_name}"
        # The number of instances says nothing where there is one.
        alone = service.size.max_instance_count == 1
        near = alerts[f"{address}_{'concurrency' if alone else 'instances'}"]
        threshold = near["conditions"][0]["condition_threshold"]
        most = service.size.concurrency if alone else service.size.max_instance_count
        assert most * 0.85 < threshold["threshold_value"] < most, address
    refused = alerts["monitoring_no_instance_available"]["conditions"][0]["condition_matched_log"]
    # Of Cloud Run's own log: a 429 of the application has no such text.
    assert 'log_id("run.googleapis.com/requests")' in refused["filter"]
    assert '"no available instance"' in refused["filter"]


@pytest.mark.parametrize("alert", ["postgres_down", "redis_down", "postgres_replica_lag"])
def test_what_falls_silent_is_not_taken_for_well(alert: str, stacks: Stacks) -> None:
    policy = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    threshold = policy[f"monitoring_{alert}"]["conditions"][0]["condition_threshold"]
    assert threshold["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_ACTIVE"
    # Google takes the choice only together with a duration.
    assert threshold["duration"] == "300s"
    is_below = threshold["comparison"] == "COMPARISON_LT"
    assert is_below is (alert != "postgres_replica_lag")


def test_the_alerts_of_the_plan_are_all_there(stacks: Stacks) -> None:
    alerts = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    assert {
        *(
            f"monitoring_beep_{s}_{a}"
            for s in ("api", "web")
            for a in ("down", "errors", "latency")
        ),
        "monitoring_postgres_cpu",
        "monitoring_postgres_memory",
        "monitoring_postgres_wraparound",
        "monitoring_postgres_disk",
        "monitoring_postgres_connections",
        "monitoring_redis_memory",
        "monitoring_redis_rejects",
        "monitoring_beep_migrate_failed",
        "monitoring_beep_db_bootstrap_failed",
    } <= set(alerts)
    errors = alerts["monitoring_beep_api_errors"]["conditions"][0]["condition_threshold"]
    assert errors["threshold_value"] == 0.05


def test_an_alert_counts_the_steps_of_its_documentation() -> None:
    alert = Alert(
        id="x",
        title="t",
        severity="ERROR",
        filter="f",
        aligner="a",
        reducer="r",
        threshold=1,
        meaning="It is wrong.",
        steps=("Look.", "Mend."),
        runbook="anchor",
    )
    assert alert.documentation() == (
        "It is wrong.\n\n1. Look.\n2. Mend.\n\nRunbook: docs/runbook.md#anchor"
    )
