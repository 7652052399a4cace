"""Cloud Run, as the applications need it."""

from __future__ import annotations

import re

import pytest

from constructs_lib.postgres.settings import CloudSqlPostgres
from environments import Configuration
from tests.support import (
    EVERY_ENVIRONMENT,
    JOB,
    SERVICE,
    Stacks,
    app_container,
    of_type,
    secret_ids,
    workloads,
)


@EVERY_ENVIRONMENT
def test_every_service_states_its_scale_and_its_cpu(name: str, stacks: Stacks) -> None:
    for service in of_type(stacks[f"{name}-services"], SERVICE).values():
        assert "min_instance_count" in service["scaling"]
        assert service["template"]["scaling"]["max_instance_count"] >= 1
        for container in service["template"]["containers"]:
            assert isinstance(container["resources"]["cpu_idle"], bool)
            assert "startup_probe" in container


def test_the_api_is_probed_at_its_health_path_and_a_web_app_at_its_first_page(
    stacks: Stacks,
) -> None:
    services = of_type(stacks["prod-services"], SERVICE)
    paths = {
        name: app_container(service)["startup_probe"]["http_get"]["path"]
        for name, service in services.items()
        if "otel_collector" not in name
    }
    assert paths == {
        "cloud_run_beep_api": "/v1/health",
        "cloud_run_beep_web": "/",
        "cloud_run_beep_todox": "/",
        "cloud_run_beep_marketing": "/",
    }


@EVERY_ENVIRONMENT
def test_the_api_listens_where_cloud_run_sends_requests(name: str, stacks: Stacks) -> None:
    api = app_container(of_type(stacks[f"{name}-services"], SERVICE)["cloud_run_beep_api"])
    port = next(v["value"] for v in api["env"] if v["name"] == "APP_API_PORT")
    assert api["ports"]["container_port"] == int(port)


@EVERY_ENVIRONMENT
def test_terraform_creates_a_service_and_leaves_its_traffic_to_the_rollout(
    name: str, stacks: Stacks
) -> None:
    stack = stacks[f"{name}-services"]
    for service in of_type(stack, SERVICE).values():
        assert "traffic" in service["lifecycle"]["ignore_changes"]
        assert "revision" not in service["template"]
        [target] = service["traffic"]
        assert target == {"percent": 100, "type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"}


@EVERY_ENVIRONMENT
def test_each_service_says_which_revision_is_its_newest(name: str, stacks: Stacks) -> None:
    stack = stacks[f"{name}-services"]
    values = [output["value"] for output in stack["output"].values()]
    for address in of_type(stack, SERVICE):
        assert f"${{{SERVICE}.{address}.latest_created_revision}}" in values


def test_a_websocket_session_may_last_an_hour(stacks: Stacks) -> None:
    api = of_type(stacks["prod-services"], SERVICE)["cloud_run_beep_api"]
    assert api["template"]["timeout"] == "3600s"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_every_image_is_a_variable_that_demands_a_digest(name: str, stacks: Stacks) -> None:
    for part in ("services", "migrations"):
        stack = stacks[f"{name}-{part}"]
        for workload in (*of_type(stack, SERVICE).values(), *of_type(stack, JOB).values()):
            template = workload["template"].get("template", workload["template"])
            for container in template["containers"]:
                match = re.fullmatch(r"\$\{var\.(image_\w+)\}", container["image"])
                assert match
                validation = stack["variable"][match[1]]["validation"][0]
                assert "@sha256:[0-9a-f]{64}$" in validation["condition"]
                assert "default" not in stack["variable"][match[1]]


@EVERY_ENVIRONMENT
def test_a_job_is_one_task_that_is_not_retried(name: str, stacks: Stacks) -> None:
    for job in of_type(stacks[f"{name}-migrations"], JOB).values():
        assert job["template"]["task_count"] == 1
        assert job["template"]["parallelism"] == 1
        assert job["template"]["template"]["max_retries"] == 0


@EVERY_ENVIRONMENT
def test_whoever_has_a_database_secret_can_reach_the_database(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    settings = configuration.environment(name).settings
    postgres = settings.enabled_postgres
    proxy = isinstance(postgres, CloudSqlPostgres) and postgres.connection == "auth-proxy"
    to_a_machine = {"beep-otel-collector"} if settings.telemetry_server else set[str]()
    for workload in workloads(stacks, name).values():
        template = workload["template"].get("template", workload["template"])
        needs_database = any("db-pg" in secret for secret in secret_ids(app_container(workload)))
        needs_network = needs_database or workload["name"] in to_a_machine
        assert ("vpc_access" in template) == needs_network
        sidecars = [c["name"] for c in template["containers"][1:]]
        assert sidecars == (["auth-proxy"] if needs_database and proxy else [])
        if sidecars:
            assert app_container(workload)["depends_on"] == ["auth-proxy"]


def test_only_a_job_can_stop_its_proxy(stacks: Stacks) -> None:
    for workload in workloads(stacks, "prod").values():
        template = workload["template"].get("template", workload["template"])
        for sidecar in template["containers"][1:]:
            assert ("--quitquitquit" in sidecar["args"]) == ("template" in workload["template"])
