"""Telemetry: who may send, what a flood can do, what is lost, and who may look."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.edge.hosts import public_hosts
from environments import Configuration, Environment
from tests.constructs_lib.telemetry.plain_yaml import parse
from tests.support import (
    EVERY_ENVIRONMENT,
    SERVICE,
    Stacks,
    addresses,
    app_container,
    of_type,
    resources,
    secret_ids,
    strings,
    synthesized_with,
)

COLLECTED = pytest.mark.parametrize("name", ["staging", "prod"])
COLLECTOR = "cloud_run_beep_otel_collector"
MIB = 1024 * 1024
TO_GRAFANA_CLOUD = """mode = "grafana_cloud"
otlp_gateway = "https://otlp-gateway.example.net/otlp"
instance_id = 100000
"""


def _service(stacks: Stacks, name: str) -> dict[str, Any]:
    return of_type(stacks[f"{name}-services"], SERVICE)[COLLECTOR]


def _variables(container: dict[str, Any]) -> dict[str, str]:
    return {v["name"]: v["value"] for v in container["env"] if "value" in v}


def _config(stacks: Stacks, name: str) -> dict[str, Any]:
    """Return the configuration as the collector will read it."""
    text = _variables(app_container(_service(stacks, name)))["COLLECTOR_CONFIG"]
    assert "${env" not in text.replace("$${env", ""), "Terraform would replace it"
    config: dict[str, Any] = parse(text.replace("$${", "${"))
    return config


@EVERY_ENVIRONMENT
def test_there_is_a_collector_exactly_where_telemetry_is_not_sent_elsewhere(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    services = of_type(stacks[f"{name}-services"], SERVICE)
    telemetry = configuration.environment(name).settings.telemetry
    assert (COLLECTOR in services) == (telemetry.mode != "external")


@COLLECTED
def test_servers_send_to_the_collectors_host_and_pages_to_their_own(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    stack, hosts = stacks[f"{name}-services"], configuration.environment(name).settings.hosts
    host = "https://otlp.example.com" if name == "prod" else "https://otlp.staging.example.com"
    for app in ("api", "web", "todox"):
        variables = _variables(app_container(of_type(stack, SERVICE)[f"cloud_run_beep_{app}"]))
        build = stack["output"].get(f"{app}_build_arguments", {"value": {}})["value"]
        for signal, path in (("TRACE", "traces"), ("LOG", "logs"), ("METRIC", "metrics")):
            assert variables[f"OTLP_{signal}_EXPORTER_URL"] == f"{host}/v1/{path}"
            if app != "api":
                own = f"https://{hosts.of(app)}/otlp"
                assert build[f"NEXT_PUBLIC_OTLP_{signal}_EXPORTER_URL"] == f"{own}/v1/{path}"


@COLLECTED
def test_pages_that_send_to_their_own_host_need_no_cors(name: str, stacks: Stacks) -> None:
    assert "cors" not in _config(stacks, name)["receivers"]["otlp"]["protocols"]["http"]


def test_pages_of_other_origins_may_send_where_the_api_trusts_them_and_no_others(
    tmp_path: Path,
) -> None:
    after = synthesized_with(
        tmp_path,
        ("staging", 'log_level = "Info"', 'log_level = "Info"\nextra_trusted_origins = '
         '["https://preview.staging.example.com"]'),
        ("prod", "cdn = true", "cdn = true\nsame_origin = false"),
    )  # fmt: skip
    cors = _config(after, "staging")["receivers"]["otlp"]["protocols"]["http"]["cors"]
    assert cors["allowed_origins"] == ["https://preview.staging.example.com"]
    cors = _config(after, "prod")["receivers"]["otlp"]["protocols"]["http"]["cors"]
    api = of_type(after["prod-services"], SERVICE)["cloud_run_beep_api"]
    trusted = _variables(app_container(api))["SECURITY_TRUSTED_ORIGINS"]
    assert cors["allowed_origins"] == trusted.split(",")
    assert not [text for text in strings(cors) if "*" in text]
    assert "Authorization" not in cors["allowed_headers"]
    assert {"Content-Type", "traceparent"} <= set(cors["allowed_headers"])


@COLLECTED
def test_every_signal_is_limited_first_and_queued_batched_and_retried_last(
    name: str, stacks: Stacks
) -> None:
    config = _config(stacks, name)
    pipelines = config["service"]["pipelines"]
    assert pipelines.keys() == {"traces", "metrics", "logs"}
    for pipeline in pipelines.values():
        assert pipeline["receivers"] == ["otlp"]
        assert pipeline["processors"][0] == "memory_limiter"
        (exporter_name,) = pipeline["exporters"]
        exporter = config["exporters"][exporter_name]
        assert exporter["retry_on_failure"]["enabled"] is True
        assert exporter["sending_queue"]["enabled"] is True
        assert exporter["sending_queue"]["batch"]["max_size"] >= 512
        # Full, it has to refuse: a sender that waits would hold a request and its memory.
        assert exporter["sending_queue"]["block_on_overflow"] is False


@COLLECTED
def test_the_collector_refuses_before_its_container_is_killed(name: str, stacks: Stacks) -> None:
    service, config = _service(stacks, name), _config(stacks, name)
    container = int(app_container(service)["resources"]["limits"]["memory"].removesuffix("Mi"))
    limiter = config["processors"]["memory_limiter"]
    assert limiter["limit_mib"] <= 0.8 * container
    at_once = service["template"]["max_instance_request_concurrency"]
    http = config["receivers"]["otlp"]["protocols"]["http"]
    assert at_once * http["max_request_body_size"] <= limiter["spike_limit_mib"] * MIB
    queues = 3 * config["exporters"]["otlp_http"]["sending_queue"]["queue_size"]
    # Four bytes on the heap for each in the queue.
    assert 4 * queues <= (limiter["limit_mib"] - limiter["spike_limit_mib"]) * MIB
    goal = _variables(app_container(service))["GOMEMLIMIT"]
    assert int(goal.removesuffix("MiB")) <= limiter["limit_mib"]


@COLLECTED
def test_nobody_can_send_attributes_without_measure(name: str, stacks: Stacks) -> None:
    limits = _config(stacks, name)["processors"]["transform/limits"]
    for signal, places in (
        ("trace", ("resource", "span", "spanevent")),
        ("metric", ("resource", "datapoint")),
        ("log", ("resource", "log")),
    ):
        statements = limits[f"{signal}_statements"]
        for place in places:
            assert any(s.startswith(f"limit({place}.attributes, 128") for s in statements)
            assert f"truncate_all({place}.attributes, 4096)" in statements


@COLLECTED
def test_the_collector_works_between_requests(name: str, stacks: Stacks) -> None:
    service = _service(stacks, name)
    assert app_container(service)["resources"]["cpu_idle"] is False
    assert service["scaling"]["min_instance_count"] >= 1
    assert service["template"]["scaling"]["max_instance_count"] <= 10


@COLLECTED
def test_probes_ask_the_health_check_and_requests_reach_the_receiver(
    name: str, stacks: Stacks
) -> None:
    container, config = app_container(_service(stacks, name)), _config(stacks, name)
    health = config["extensions"]["health_check"]
    assert "health_check" in config["service"]["extensions"]
    for probe in ("startup_probe", "liveness_probe"):
        asked = container[probe]["http_get"]
        # Not loopback: the probe comes from outside of the container.
        assert health["endpoint"] == f"0.0.0.0:{asked['port']}"
        assert health["path"] == asked["path"]
    receiver = config["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    assert receiver == f"0.0.0.0:{container['ports']['container_port']}"


def test_the_credential_of_grafana_cloud_is_a_pinned_secret_and_nowhere_in_the_text(
    stacks: Stacks,
) -> None:
    config = _config(stacks, "prod")
    authenticator = config["exporters"]["otlp_http"]["auth"]["authenticator"]
    assert authenticator in config["service"]["extensions"]
    password = config["extensions"][authenticator]["client_auth"]["password"]
    variable = re.fullmatch(r"\$\{env:(\w+)\}", password)
    assert variable
    container = app_container(_service(stacks, "prod"))
    (token,) = (v for v in container["env"] if v["name"] == variable[1])
    assert token["value_source"]["secret_key_ref"] == {
        "secret": "beep-grafana-cloud-token",
        "version": "1",
    }
    assert secret_ids(container) == {"beep-grafana-cloud-token"}
    for service in of_type(stacks["prod-services"], SERVICE).values():
        if service["name"] != "beep-otel-collector":
            assert "beep-grafana-cloud-token" not in secret_ids(app_container(service))


def test_a_server_of_our_own_needs_no_credential_and_is_reached_by_its_private_name(
    stacks: Stacks,
) -> None:
    config, service = _config(stacks, "staging"), _service(stacks, "staging")
    exporter = config["exporters"]["otlp_http"]
    assert "auth" not in exporter
    record = of_type(stacks["staging-data"], "google_dns_record_set")["telemetry_dns_record"]
    assert exporter["endpoint"] == f"http://{record['name'].removesuffix('.')}:4318"
    zone = of_type(stacks["staging-foundation"], "google_dns_managed_zone")["network_private_zone"]
    assert record["managed_zone"] == zone["name"]
    assert secret_ids(app_container(service)) == set()
    assert "vpc_access" in service["template"]
    assert "vpc_access" not in _service(stacks, "prod")["template"]


def test_the_collector_is_a_public_host_like_the_services(prod: Environment) -> None:
    hosts = {public.workload: public.host for public in public_hosts(prod.settings)}
    assert hosts["otel-collector"] == "otlp.example.com"


@COLLECTED
def test_a_probe_of_the_collector_is_not_taken_for_telemetry(name: str, stacks: Stacks) -> None:
    checks = of_type(stacks[f"{name}-monitoring"], "google_monitoring_uptime_check_config")
    http = checks["monitoring_beep_otel_collector_uptime"]["http_check"]
    assert http["request_method"] == "GET"
    (accepted,) = http["accepted_response_status_codes"]
    assert accepted == {"status_value": 405}
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    for alert in ("errors", "latency", "down", "loses_data", "silent"):
        assert f"monitoring_beep_otel_collector_{alert}" in alerts


def test_prod_goes_back_to_an_endpoint_elsewhere_with_its_collector_gone(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(
        tmp_path,
        (
            "prod",
            f"{TO_GRAFANA_CLOUD}collector = {{ min_instance_count = 2 }}\n",
            'mode = "external"\notlp_endpoint = "https://otlp.elsewhere.example.com"\n',
        ),
    )
    assert not [a for stack in after.values() for a in addresses(stack) if "collector" in a]
    for name, stack in after.items():
        assert addresses(stack) <= addresses(stacks[name])
    api = of_type(after["prod-services"], SERVICE)["cloud_run_beep_api"]
    url = _variables(app_container(api))["OTLP_TRACE_EXPORTER_URL"]
    assert url == "https://otlp.elsewhere.example.com/v1/traces"


def test_staging_takes_grafana_cloud_in_three_lines_and_loses_only_its_server(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(
        tmp_path,
        ("staging", 'mode = "self_hosted"\nzone = "us-central1-b"\n', TO_GRAFANA_CLOUD),
    )
    removed = {
        address.partition(".")[2]
        for name, stack in after.items()
        if name != "bootstrap"
        for address in addresses(stacks[name]) - addresses(stack)
    }
    assert removed
    # Nobody tunnels to a machine any more, so nobody's tunnels are logged; and nothing else of
    # staging has a private name.
    its_own = ("telemetry", "grafana_admin", "data_access_logs_iap", "network_private_zone")
    assert not [a for a in removed if not any(name in a for name in its_own)]
    assert not [k for k, _, _ in resources(after["staging-data"]) if k.startswith("google_compute")]
    assert secret_ids(app_container(_service(after, "staging"))) == {"beep-grafana-cloud-token"}


@pytest.mark.parametrize(
    ("name", "secret", "moved"),
    [
        ("prod", "GRAFANA_CLOUD_TOKEN", "prod-services"),
        ("staging", "GRAFANA_ADMIN_PASSWORD", "staging-data"),
    ],
)
def test_a_rotation_is_one_line_and_moves_only_what_reads_the_secret(
    name: str, secret: str, moved: str, stacks: Stacks, tmp_path: Path
) -> None:
    line = f"[secret_versions]\n{secret} = 2\n"
    old = {"prod": "[secret_versions]\n", "staging": "[variables]\n"}[name]
    after = synthesized_with(tmp_path, (name, old, line if name == "prod" else f"{line}\n{old}"))
    assert [stack for stack in after if after[stack] != stacks[stack]] == [moved]
