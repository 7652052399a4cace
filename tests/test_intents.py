"""What must be true of every environment, whatever the snapshots say."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdktf import App
from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic
from constructs import Construct

from constructs_lib.alerts import Alert
from environments import ENVIRONMENTS, Configuration, Environment, load
from envschema import App as Application
from stacks.base import Stack
from tests.support import (
    ROOT,
    Edit,
    Stacks,
    addresses,
    app_container,
    edited,
    of_type,
    resources,
    secret_ids,
    strings,
    synthesized,
)

EVERY_ENVIRONMENT = pytest.mark.parametrize("name", ENVIRONMENTS)
SERVICE = "google_cloud_run_v2_service"
JOB = "google_cloud_run_v2_job"


def _workloads(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    return {
        **of_type(stacks[f"{name}-services"], SERVICE),
        **of_type(stacks[f"{name}-migrations"], JOB),
    }


# Addresses


def test_no_address_ends_in_a_hash(stacks: Stacks) -> None:
    for stack in stacks.values():
        for kind in ("resource", "variable", "output"):
            for address in strings({kind: list(stack.get(kind, {}))}):
                assert not re.search(r"_[0-9A-F]{8}$", address)
        assert not [a for a in addresses(stack) if re.search(r"_[0-9A-F]{8}$", a)]


def test_an_address_is_the_construct_path_in_snake_case(stacks: Stacks) -> None:
    for stack in stacks.values():
        for _, name, arguments in resources(stack):
            path = arguments["//"]["metadata"]["path"].partition("/")[2]
            assert name == path.replace("/", "_").replace("-", "_")


def test_the_top_constructs_are_named_as_the_modules_of_the_plan(stacks: Stacks) -> None:
    tops = {
        arguments["//"]["metadata"]["path"].split("/")[1]
        for name, stack in stacks.items()
        if name.startswith("prod-")
        for _, _, arguments in resources(stack)
    }
    assert {"cloud-run", "postgres", "redis", "secrets", "monitoring", "network"} <= tops


def test_two_paths_that_give_one_address_are_refused(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Stack(
        app,
        "s",
        state_bucket="b",
        state_prefix="p",
        project_id="project",
        region="us-central1",
        labels={},
    )
    parent = Construct(stack, "a")
    PubsubTopic(parent, "b-c", name="one")
    PubsubTopic(Construct(parent, "b"), "c", name="two")
    with pytest.raises(RuntimeError, match="a/b/c and a/b-c both become a_b_c"):
        app.synth()


# Secrets


def test_no_stack_reads_the_state_of_another(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert "data" not in stack
        assert not [text for text in strings(stack) if "cross-stack" in text]


def test_no_argument_holds_a_secret_value(stacks: Stacks) -> None:
    forbidden = {"password", "root_password", "secret_data", "sensitive_labels", "auth_token"}
    for stack in stacks.values():
        for kind, name, arguments in resources(stack):
            assert not forbidden & set(strings_of_keys(arguments)), f"{kind}.{name}"


def strings_of_keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [k for key, inner in value.items() for k in (key, *strings_of_keys(inner))]
    if isinstance(value, list):
        return [k for inner in value for k in strings_of_keys(inner)]
    return []


def test_passwords_are_ephemeral_and_reach_write_only_arguments_alone(stacks: Stacks) -> None:
    for stack in stacks.values():
        passwords = [n for n, v in stack.get("variable", {}).items() if n.endswith("_password")]
        for name in passwords:
            assert stack["variable"][name]["ephemeral"] is True
            assert stack["variable"][name]["sensitive"] is True
        for kind, address, arguments in resources(stack):
            for key, value in arguments.items():
                if any(f"var.{name}" in text for name in passwords for text in strings(value)):
                    assert key in {"password_wo", "secret_data_wo"}, f"{kind}.{address}.{key}"


@EVERY_ENVIRONMENT
def test_every_secret_reference_is_pinned_by_number(name: str, stacks: Stacks) -> None:
    for workload in _workloads(stacks, name).values():
        for variable in app_container(workload)["env"]:
            if "value_source" in variable:
                assert variable["value_source"]["secret_key_ref"]["version"].isdigit()
        for volume in workload["template"].get("volumes", []):
            assert all(item["version"].isdigit() for item in volume["secret"]["items"])


@EVERY_ENVIRONMENT
def test_every_workload_reads_only_secrets_that_it_is_granted(name: str, stacks: Stacks) -> None:
    foundation = stacks[f"{name}-foundation"]
    secrets = of_type(foundation, "google_secret_manager_secret")
    granted: dict[str, set[str]] = {}
    for grant in of_type(foundation, "google_secret_manager_secret_iam_member").values():
        assert grant["role"] == "roles/secretmanager.secretAccessor"
        secret = secrets[grant["secret_id"].split(".")[1]]["secret_id"]
        account = grant["member"].split(".")[1].removeprefix("service_accounts_")
        granted.setdefault(account.replace("_", "-"), set()).add(secret)
    used: dict[str, set[str]] = {}
    for workload in _workloads(stacks, name).values():
        used[workload["name"]] = secret_ids(app_container(workload)) | {
            volume["secret"]["secret"] for volume in workload["template"].get("volumes", [])
        }
    assert {account: ids for account, ids in used.items() if ids} == granted


def test_the_api_reads_only_its_own_secrets(stacks: Stacks) -> None:
    api = secret_ids(app_container(of_type(stacks["prod-services"], SERVICE)["cloud_run_beep_api"]))
    assert "beep-db-pg-owner-password" not in api
    assert "beep-db-pg-owner-url" not in api
    assert {"beep-payment-stripe-key", "beep-db-pg-url", "beep-better-auth-secret"} <= api


def test_the_web_apps_do_not_read_the_secrets_of_the_api(stacks: Stacks) -> None:
    services = of_type(stacks["prod-services"], SERVICE)
    for web in ("cloud_run_beep_web", "cloud_run_beep_todox"):
        read = secret_ids(app_container(services[web]))
        assert not [s for s in read if "stripe" in s or "oauth" in s or "owner" in s]
    assert secret_ids(app_container(services["cloud_run_beep_marketing"])) == set()


@EVERY_ENVIRONMENT
def test_a_job_has_only_the_secrets_that_it_needs(name: str, stacks: Stacks) -> None:
    jobs = of_type(stacks[f"{name}-migrations"], JOB)
    assert secret_ids(app_container(jobs["cloud_run_beep_migrate"])) == {"beep-db-pg-owner-url"}
    assert secret_ids(app_container(jobs["cloud_run_beep_db_bootstrap"])) == {
        "beep-db-pg-owner-password",
        "beep-db-pg-password",
    }


@EVERY_ENVIRONMENT
def test_a_version_that_terraform_writes_has_the_number_that_is_pinned(
    name: str, configuration: Configuration, stacks: Stacks
) -> None:
    environment = next(e for e in configuration.environments if e.settings.environment == name)
    pins = {secret.secret_id: secret.version for secret in environment.secrets}
    for version in of_type(stacks[f"{name}-data"], "google_secret_manager_secret_version").values():
        secret_id = version["secret"].rsplit("/", 1)[1]
        assert version["secret_data_wo_version"] == pins[secret_id]
        assert version["deletion_policy"] == "DISABLE"


# Identities


@EVERY_ENVIRONMENT
def test_every_workload_has_an_identity_of_its_own(name: str, stacks: Stacks) -> None:
    accounts = of_type(stacks[f"{name}-foundation"], "google_service_account")
    ids = {account["account_id"] for account in accounts.values()}
    used = []
    for workload in _workloads(stacks, name).values():
        template = workload["template"].get("template", workload["template"])
        used.append(template["service_account"].split("@")[0])
        assert template["service_account"].split("@")[0] == workload["name"]
    assert len(used) == len(set(used))
    assert set(used) == ids


def test_iam_is_additive_and_knows_no_basic_roles(stacks: Stacks) -> None:
    for stack in stacks.values():
        for kind, name, arguments in resources(stack):
            assert not kind.endswith(("_iam_binding", "_iam_policy")), f"{kind}.{name}"
            assert arguments.get("role") not in {"roles/owner", "roles/editor", "roles/viewer"}


def test_the_only_role_on_a_whole_project_is_the_cloud_sql_client(stacks: Stacks) -> None:
    roles = {
        grant["role"]
        for stack in stacks.values()
        for grant in of_type(stack, "google_project_iam_member").values()
    }
    assert roles == {"roles/cloudsql.client"}


@EVERY_ENVIRONMENT
def test_nothing_but_the_services_is_public(name: str, stacks: Stacks) -> None:
    public = set()
    for stack in (s for key, s in stacks.items() if key.startswith(f"{name}-")):
        for kind, _, arguments in resources(stack):
            if {"allUsers", "allAuthenticatedUsers"} & set(strings(arguments)):
                assert kind == "google_cloud_run_v2_service_iam_member"
                assert arguments["role"] == "roles/run.invoker"
                public.add(arguments["name"])
    services = of_type(stacks[f"{name}-services"], SERVICE)
    assert public == {f"${{{SERVICE}.{service}.name}}" for service in services}


def test_a_service_can_be_closed_while_the_others_stay_open(tmp_path: Path) -> None:
    stacks = _made(tmp_path, ("prod", "cpu = 2", "cpu = 2\nallow_unauthenticated = false"))
    members = of_type(stacks["prod-services"], "google_cloud_run_v2_service_iam_member")
    assert set(members) == {
        f"cloud_run_beep_{name}_public" for name in ("web", "todox", "marketing")
    }
    checks = of_type(stacks["prod-monitoring"], "google_monitoring_uptime_check_config")
    assert "monitoring_beep_api_uptime" not in checks


# Services and jobs


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
def test_whoever_has_a_database_secret_can_reach_the_database(name: str, stacks: Stacks) -> None:
    proxy = name != "dev"
    for workload in _workloads(stacks, name).values():
        template = workload["template"].get("template", workload["template"])
        needs_database = any("db-pg" in secret for secret in secret_ids(app_container(workload)))
        assert ("vpc_access" in template) == needs_database
        sidecars = [c["name"] for c in template["containers"][1:]]
        assert sidecars == (["auth-proxy"] if needs_database and proxy else [])
        if sidecars:
            assert app_container(workload)["depends_on"] == ["auth-proxy"]


def test_only_a_job_can_stop_its_proxy(stacks: Stacks) -> None:
    for workload in _workloads(stacks, "prod").values():
        template = workload["template"].get("template", workload["template"])
        for sidecar in template["containers"][1:]:
            assert ("--quitquitquit" in sidecar["args"]) == ("template" in workload["template"])


# Data


@EVERY_ENVIRONMENT
def test_the_databases_are_reached_on_private_addresses_only(name: str, stacks: Stacks) -> None:
    data = stacks[f"{name}-data"]
    postgres = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    assert postgres["ip_configuration"]["ipv4_enabled"] is False
    assert "authorized_networks" not in postgres["ip_configuration"]
    redis = of_type(data, "google_redis_instance")["redis_instance"]
    assert redis["connect_mode"] == "PRIVATE_SERVICE_ACCESS"
    assert redis["auth_enabled"] is True


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_stateful_resources_cannot_be_destroyed(name: str, stacks: Stacks) -> None:
    protected = {
        "google_sql_database_instance",
        "google_redis_instance",
        "google_compute_network",
        "google_compute_global_address",
        "google_service_networking_connection",
    }
    seen = set()
    for part in ("foundation", "data"):
        for kind, address, arguments in resources(stacks[f"{name}-{part}"]):
            if kind in protected:
                seen.add(kind)
                assert arguments["lifecycle"]["prevent_destroy"] is True, address
    assert seen == protected
    instance = of_type(stacks[f"{name}-data"], "google_sql_database_instance")["postgres_instance"]
    assert instance["deletion_protection"] is True
    assert instance["settings"]["deletion_protection_enabled"] is True


@EVERY_ENVIRONMENT
def test_postgres_can_be_restored_to_a_point_in_time(name: str, stacks: Stacks) -> None:
    data = stacks[f"{name}-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    backup = settings["backup_configuration"]
    assert backup["enabled"] is True
    assert backup["point_in_time_recovery_enabled"] is True
    assert backup["transaction_log_retention_days"] >= 1
    assert settings["edition"] == "ENTERPRISE"


def test_a_proxied_database_refuses_every_other_client(stacks: Stacks) -> None:
    data = stacks["prod-data"]
    settings = of_type(data, "google_sql_database_instance")["postgres_instance"]["settings"]
    assert settings["connector_enforcement"] == "REQUIRED"
    assert settings["ip_configuration"]["ssl_mode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"


def test_the_redis_url_has_its_password_where_clients_look_for_it(stacks: Stacks) -> None:
    prod = of_type(stacks["prod-data"], "google_secret_manager_secret_version")["redis_url"]
    dev = of_type(stacks["dev-data"], "google_secret_manager_secret_version")["redis_url"]
    assert prod["secret_data_wo"].startswith("rediss://:${google_redis_instance.")
    assert dev["secret_data_wo"].startswith("redis://:${google_redis_instance.")
    assert prod["secret_data_wo"].endswith(".port}")


def test_the_applications_do_not_own_the_schema(prod: Environment, stacks: Stacks) -> None:
    users = of_type(stacks["prod-data"], "google_sql_user")
    assert [user["name"] for user in users.values()] == ["beep_owner"]
    user = prod.apps[Application.API].values["DB_PG_USER"]
    assert user == "beep_app"


# Monitoring


@EVERY_ENVIRONMENT
def test_every_alert_reaches_somebody_and_says_what_to_do(name: str, stacks: Stacks) -> None:
    stack = stacks[f"{name}-monitoring"]
    channels = of_type(stack, "google_monitoring_notification_channel")
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.lstrip("# ").lower()).replace(" ", "-")
        for line in runbook.splitlines()
        if line.startswith("#")
    }
    for address, alert in of_type(stack, "google_monitoring_alert_policy").items():
        assert len(alert["notification_channels"]) == len(channels) >= 1, address
        assert alert["severity"] in {"CRITICAL", "ERROR", "WARNING"}
        assert alert["alert_strategy"]["auto_close"].endswith("s")
        content = alert["documentation"]["content"]
        assert "\n1. " in content
        assert content.rsplit("#", 1)[1] in headings


@EVERY_ENVIRONMENT
def test_every_public_service_is_probed_from_outside(name: str, stacks: Stacks) -> None:
    services = of_type(stacks[f"{name}-services"], SERVICE)
    stack = stacks[f"{name}-monitoring"]
    checks = of_type(stack, "google_monitoring_uptime_check_config")
    assert set(checks) == {
        f"{service.replace('cloud_run', 'monitoring')}_uptime" for service in services
    }
    for check in checks.values():
        assert check["http_check"]["validate_ssl"] is True


def test_the_alerts_of_the_plan_are_all_there(stacks: Stacks) -> None:
    alerts = of_type(stacks["prod-monitoring"], "google_monitoring_alert_policy")
    assert {
        *(
            f"monitoring_beep_{s}_{a}"
            for s in ("api", "web")
            for a in ("down", "errors", "latency")
        ),
        "monitoring_postgres_cpu",
        "monitoring_postgres_disk",
        "monitoring_postgres_connections",
        "monitoring_redis_memory",
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


# Environments


def test_prod_and_staging_differ_only_where_their_files_differ(tmp_path: Path) -> None:
    """Staging with the file of production is production under another name."""

    def as_staging(text: str) -> str:
        text = re.sub(r"(?<![a-z])(?<!robot-)prod(?![a-z])", "staging", text)
        return text.replace("example.com", "staging.example.com").replace("000003", "000002")

    folder = edited(tmp_path)
    (folder / "staging.toml").write_text(as_staging((folder / "prod.toml").read_text()))
    stacks = synthesized(load(folder), tmp_path / "out")
    for part in ("foundation", "data", "migrations", "services", "monitoring"):
        assert (
            json.loads(as_staging(json.dumps(stacks[f"prod-{part}"]))) == stacks[f"staging-{part}"]
        )


def test_no_construct_and_no_stack_knows_the_name_of_an_environment() -> None:
    for folder in ("constructs_lib", "stacks"):
        for path in (ROOT / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant):
                    assert node.value not in {"dev", "staging", "prod"}, f"{path}:{node.lineno}"


def test_the_provider_is_imported_in_constructs_lib_and_for_the_provider_block_only() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for folder in ("environments", "envschema", "stacks")
        for path in (ROOT / folder).glob("*.py")
        if "from cdktf_cdktf_provider_google" in path.read_text()
    }
    assert importing == {"stacks/base.py"}


def test_everything_carries_the_labels_of_its_environment(stacks: Stacks) -> None:
    for stack in stacks.values():
        labels = stack["provider"]["google"][0]["default_labels"]
        assert labels["managed-by"] == "terraform"
        assert "team" in labels


def test_the_state_of_each_stack_has_a_place_of_its_own(stacks: Stacks) -> None:
    places = {
        (backend["bucket"], backend["prefix"])
        for backend in (stack["terraform"]["backend"]["gcs"] for stack in stacks.values())
    }
    assert len(places) == len(stacks) == 16


def test_the_state_bucket_is_private_versioned_and_kept(stacks: Stacks) -> None:
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")["state_bucket"]
    assert bucket["public_access_prevention"] == "enforced"
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["versioning"]["enabled"] is True
    assert bucket["lifecycle"]["prevent_destroy"] is True


def test_cloud_run_of_every_environment_may_pull_the_shared_images(stacks: Stacks) -> None:
    for name in ENVIRONMENTS:
        grants = of_type(
            stacks[f"{name}-foundation"], "google_artifact_registry_repository_iam_member"
        )
        assert [grant["project"] for grant in grants.values()] == ["beep-shared-example"]


def _made(folder: Path, *edits: Edit) -> Stacks:
    return synthesized(load(edited(folder, *edits)), folder / "out")
