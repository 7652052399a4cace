"""No secret value is anywhere, and each is read by those who need it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from constructs_lib.environment.source import Origin
from constructs_lib.postgres.variables import PASSWORD_VARIABLES
from environments import Configuration, load
from secret_manager.handover import handed_over
from secret_manager.value import Value
from tests.support import (
    EVERY_ENVIRONMENT,
    JOB,
    PARTS,
    SERVICE,
    Stacks,
    app_container,
    edited,
    machines,
    of_type,
    resources,
    secret_ids,
    strings,
    workloads,
)


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
    for workload in workloads(stacks, name).values():
        for variable in app_container(workload)["env"]:
            if "value_source" in variable:
                assert variable["value_source"]["secret_key_ref"]["version"].isdigit()
        for volume in secret_volumes(workload):
            assert all(item["version"].isdigit() for item in volume["secret"]["items"])


@EVERY_ENVIRONMENT
def test_every_workload_reads_only_secrets_that_it_is_granted(name: str, stacks: Stacks) -> None:
    foundation = stacks[f"{name}-foundation"]
    secrets = of_type(foundation, "google_secret_manager_secret")
    granted: dict[str, set[str]] = {}
    for grant in of_type(foundation, "google_secret_manager_secret_iam_member").values():
        assert grant["role"] == "roles/secretmanager.secretAccessor"
        secret = secrets[grant["secret_id"].split(".")[1]]["secret_id"]
        if grant["member"].startswith("serviceAccount:deploy-"):
            continue  # What the pipeline reads, tests/constructs_lib/pipeline/test_access.py says.
        account = grant["member"].split(".")[1].removeprefix("service_accounts_")
        granted.setdefault(account.replace("_", "-"), set()).add(secret)
    used: dict[str, set[str]] = {}
    for workload in workloads(stacks, name).values():
        used[workload["name"]] = secret_ids(app_container(workload)) | {
            volume["secret"]["secret"] for volume in secret_volumes(workload)
        }
    for machine in machines(stacks, name).values():
        script = machine["metadata_startup_script"]
        used[machine["name"]] = set(re.findall(r"/secrets/([\w-]+)/versions/\d+", script))
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
        # Running revisions pin the version before until the services are applied.
        assert version["deletion_policy"] == "ABANDON"


@EVERY_ENVIRONMENT
def test_terraform_writes_the_secrets_of_which_that_is_said_and_no_others(
    name: str, configuration: Configuration, stacks: Stacks
) -> None:
    secrets = configuration.environment(name).secrets
    versions = of_type(stacks[f"{name}-data"], "google_secret_manager_secret_version").values()
    assert {version["secret"].rsplit("/", 1)[1] for version in versions} == {
        secret.secret_id for secret in secrets if secret.value.origin.is_written_by_terraform
    }


@EVERY_ENVIRONMENT
def test_what_terraform_asks_for_is_what_a_command_is_handed(
    name: str, configuration: Configuration, stacks: Stacks
) -> None:
    handed = handed_over(configuration.environment(name))
    for part in PARTS:
        variables = stacks[f"{name}-{part}"].get("variable", {})
        asked = {f"TF_VAR_{n}" for n, v in variables.items() if v.get("ephemeral")}
        assert asked == (handed.keys() if part == "data" else set())
    for variable in PASSWORD_VARIABLES.values():
        (validation,) = stacks[f"{name}-data"]["variable"][variable]["validation"]
        pattern = validation["condition"].split('"')[1]
        assert re.fullmatch(pattern, Value.random().reveal().decode())


def secret_volumes(workload: dict[str, Any]) -> list[dict[str, Any]]:
    template = workload["template"]
    volumes: list[dict[str, Any]] = template.get("template", template).get("volumes", [])
    return volumes


def test_nobody_is_asked_for_a_password_that_an_environment_chooses_itself(
    configuration: Configuration,
) -> None:
    origins = {
        (environment.settings.environment, secret.variable): secret.value.origin
        for environment in configuration.environments
        for secret in environment.secrets
    }
    for variable in ("BETTER_AUTH_SECRET", "ALCHEMY_PASSWORD", "DB_PG_OWNER_PASSWORD"):
        assert origins["prod", variable] is Origin.GENERATED
    assert origins["staging", "GRAFANA_ADMIN_PASSWORD"] is Origin.GENERATED
    for variable in ("GRAFANA_CLOUD_TOKEN", "PAYMENT_STRIPE_KEY", "CLOUD_AWS_ACCESS_KEY_ID"):
        assert origins["prod", variable] is Origin.GIVEN


def test_the_password_of_a_database_elsewhere_is_asked_for(tmp_path: Path) -> None:
    folder = edited(
        tmp_path,
        ("dev", "enable_postgres = true", "enable_postgres = false"),
        ("dev", "[labels]", "[secret_versions]\nDB_PG_URL = 1\nDB_PG_PASSWORD = 1\n\n[labels]"),
        ("dev", "[variables]", '[variables]\nDB_PG_HOST = "db.example.com"'),
    )
    secrets = {s.variable: s.value for s in load(folder).environment("dev").secrets}
    assert secrets["DB_PG_PASSWORD"].origin is Origin.GIVEN
    assert secrets["DB_PG_URL"].origin is Origin.GIVEN
    assert "DB_PG_OWNER_PASSWORD" not in secrets


def test_a_later_contract_takes_the_secret_by_its_new_name_as_well(tmp_path: Path) -> None:
    folder = edited(tmp_path, ("dev", 'app_env = "dev"', 'app_env = "dev"\ncontract = "2026-02"'))
    secrets = {s.variable: s for s in load(folder).environment("dev").secrets}
    auth = secrets["BETTER_AUTH_SECRET"]
    assert auth.input_names == ("BETTER_AUTH_SECRET", "AUTH_SECRET")
    assert auth.value.origin is Origin.GENERATED


def _secret_read_terms(stacks: Stacks, name: str) -> str | None:
    alerts = of_type(stacks[f"{name}-monitoring"], "google_monitoring_alert_policy")
    if "monitoring_secret_read" not in alerts:
        return None
    condition = alerts["monitoring_secret_read"]["conditions"][0]["condition_matched_log"]
    return str(condition["filter"])


@EVERY_ENVIRONMENT
def test_only_the_readers_of_a_secret_read_it_unseen(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    environment = configuration.environment(name)
    terms = _secret_read_terms(stacks, name)
    # Nothing says who reads where that is not logged.
    assert (terms is not None) is environment.settings.logs_data_access
    if terms is None:
        return
    assert 'log_id("cloudaudit.googleapis.com/data_access")' in terms
    [method] = re.findall(r'methodName =~ "([^"]+)"', terms)
    assert re.search(
        method, "google.cloud.secretmanager.v1.SecretManagerService.AccessSecretVersion"
    )
    unseen = dict(
        re.findall(r'NOT \(\S+principalEmail = "([^"]+)" AND \S+resourceName =~ "([^"]+)"\)', terms)
    )
    accounts = of_type(stacks[f"{name}-foundation"], "google_secret_manager_secret_iam_member")
    granted = set()
    for grant in accounts.values():
        account = _granted_account(stacks[f"{name}-foundation"], environment.settings, grant)
        secret = of_type(stacks[f"{name}-foundation"], "google_secret_manager_secret")[
            grant["secret_id"].split(".")[1]
        ]["secret_id"]
        granted.add((account, secret))
    every = {secret for _, secret in granted}
    allowed = {
        (account, secret)
        for account, pattern in unseen.items()
        for secret in every
        if re.search(pattern, f"projects/100000000003/secrets/{secret}/versions/2")
    }
    assert allowed == granted
    assert len(granted) > 20


def _granted_account(foundation: dict[str, Any], settings: Any, grant: dict[str, Any]) -> str:
    reference = re.fullmatch(r"\$\{google_service_account\.(\w+)\.member\}", grant["member"])
    if reference is None:
        return str(grant["member"]).removeprefix("serviceAccount:")
    account = of_type(foundation, "google_service_account")[reference[1]]["account_id"]
    return f"{account}@{settings.project_id}.iam.gserviceaccount.com"
