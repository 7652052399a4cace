"""Each rule of our own finds the fault that it is for, and nothing in a stack without faults."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from policy.exceptions import judge, read_exceptions
from policy.rule import apply
from policy.rules import RULES
from policy.stack import Stack
from tests.support import ROOT

Text = dict[str, Any]

API = "google_cloud_run_v2_service.cloud_run_beep_api"
JOB = "google_cloud_run_v2_job.cloud_run_beep_migrate"
SQL = "google_sql_database_instance.postgres_instance"


@dataclass(frozen=True)
class Seed:
    """A fault that is put into a stack without faults, and where it must be found."""

    rule: str
    stack: str
    address: str
    edit: Callable[[Text], None]
    message: str = ""
    settings: tuple[tuple[str, Any], ...] = ()


def _add(address: str, **arguments: Any) -> Callable[[Text], None]:
    kind, _, name = address.partition(".")
    return lambda text: text["resource"].setdefault(kind, {}).update({name: arguments})


def _in(address: str, edit: Callable[[Text], object]) -> Callable[[Text], None]:
    kind, _, name = address.partition(".")

    def change(text: Text) -> None:
        edit(text["resource"][kind][name])

    return change


def _app(service: Text) -> Text:
    template = service["template"]
    container: Text = template.get("template", template)["containers"][0]
    return container


def _secret(service: Text) -> Text:
    reference = next(v for v in _app(service)["env"] if "value_source" in v)
    secret: Text = reference["value_source"]["secret_key_ref"]
    return secret


def _nothing(text: Text) -> None:
    """Leave the stack as it is: the fault is in the settings."""


EVERYONE = "google_cloud_run_v2_service_iam_member.x"
INVOKER = {"role": "roles/run.invoker", "member": "allUsers"}

IAM_ADMIN = "google_project_iam_member.deploy_prod_project_resourcemanager_projectIamAdmin"
PLANNER_ROLE = "google_project_iam_custom_role.plan_prod_project_role"
PROVIDER = "google_iam_workload_identity_pool_provider.github_prod"

SEEDS = (
    Seed(
        "federation-by-number",
        "bootstrap",
        PROVIDER,
        _in(
            PROVIDER,
            lambda provider: provider.update(
                attribute_condition="assertion.repository_id == '200000001'"
            ),
        ),
        "the condition is assertion.repository_id",
    ),
    Seed(
        "federation-by-number",
        "bootstrap",
        PROVIDER,
        _in(PROVIDER, lambda provider: provider.pop("attribute_condition")),
        "the condition is not set",
    ),
    Seed(
        "public-access",
        "prod-services",
        "google_cloud_run_v2_service.cloud_run_beep_api",
        _nothing,
        "beep-api is not opened",
        (("allow_unauthenticated", False),),
    ),
    Seed(
        "public-access",
        "dev-services",
        "google_cloud_run_v2_service.cloud_run_beep_mcp",
        _in(
            "google_cloud_run_v2_service.cloud_run_beep_mcp",
            lambda service: service.pop("invoker_iam_disabled"),
        ),
        "beep-mcp is not opened",
    ),
    Seed(
        "public-access",
        "prod-services",
        EVERYONE,
        _add(EVERYONE, name="beep-api", **INVOKER),
        "roles/run.invoker for everyone",
    ),
    Seed(
        "public-access",
        "prod-services",
        "google_cloud_run_v2_job_iam_member.x",
        _add("google_cloud_run_v2_job_iam_member.x", **INVOKER),
        "roles/run.invoker for everyone",
    ),
    Seed(
        "public-access",
        "bootstrap",
        "google_storage_bucket_iam_member.x",
        _add(
            "google_storage_bucket_iam_member.x",
            role="roles/storage.objectViewer",
            member="allAuthenticatedUsers",
        ),
    ),
    Seed(
        "authoritative-iam",
        "prod-foundation",
        "google_project_iam_binding.x",
        _add("google_project_iam_binding.x", role="roles/run.viewer", members=[]),
    ),
    Seed(
        "basic-role",
        "prod-foundation",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/editor"),
        "roles/editor",
    ),
    Seed(
        "project-wide-secrets",
        "prod-foundation",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/secretmanager.secretAccessor"),
    ),
    Seed(
        "pipeline-role",
        "bootstrap",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/iam.securityReviewer"),
        "roles/iam.securityReviewer",
    ),
    Seed(
        "pipeline-role",
        "bootstrap",
        IAM_ADMIN,
        _in(IAM_ADMIN, lambda grant: grant.pop("condition")),
        "without a condition",
    ),
    Seed(
        "role-reaches-inside",
        "bootstrap",
        PLANNER_ROLE,
        _in(
            PLANNER_ROLE,
            lambda role: role["permissions"].append("logging.privateLogEntries.list"),
        ),
        "logging.privateLogEntries.list",
    ),
    Seed(
        "service-account-key",
        "prod-foundation",
        "google_service_account_key.x",
        _add("google_service_account_key.x", service_account_id="a"),
    ),
    Seed(
        "own-service-account",
        "prod-services",
        API,
        _in(API, lambda s: s["template"].pop("service_account")),
        "no account",
    ),
    Seed(
        "own-service-account",
        "prod-migrations",
        JOB,
        _in(
            JOB,
            lambda j: j["template"]["template"].update(
                service_account="1-compute@developer.gserviceaccount.com"
            ),
        ),
        "is a default account",
    ),
    Seed(
        "own-service-account",
        "prod-services",
        "google_cloud_run_v2_service.cloud_run_beep_web",
        _in(
            "google_cloud_run_v2_service.cloud_run_beep_web",
            lambda s: s["template"].update(
                service_account="beep-api@beep-prod-example.iam.gserviceaccount.com"
            ),
        ),
        "is also that of",
    ),
    Seed(
        "own-service-account",
        "prod-data",
        "google_compute_instance.x",
        _add("google_compute_instance.x", name="x"),
        "no account",
    ),
    Seed(
        "pinned-secret",
        "prod-services",
        API,
        _in(API, lambda s: _secret(s).update(version="latest")),
        "at version latest",
    ),
    Seed(
        "pinned-secret",
        "prod-services",
        API,
        _in(API, lambda s: s["template"]["volumes"][0]["secret"]["items"][0].pop("version")),
        "latest, by omission",
    ),
    Seed(
        "stored-secret",
        "prod-data",
        "google_sql_user.postgres_owner",
        _in("google_sql_user.postgres_owner", lambda u: u.update(password="${var.x}")),
        "password",
    ),
    Seed(
        "stored-secret",
        "prod-data",
        "google_secret_manager_secret_version.postgres_app_url",
        _in(
            "google_secret_manager_secret_version.postgres_app_url",
            lambda v: v.update(secret_data=v.pop("secret_data_wo")),
        ),
        "secret_data",
    ),
    Seed("stored-secret", "prod-data", "random_password.x", _add("random_password.x", length=32)),
    Seed(
        "ephemeral-variable",
        "prod-data",
        "var.db_owner_password",
        lambda text: text["variable"]["db_owner_password"].pop("ephemeral"),
    ),
    Seed(
        "secret-destroy-delay",
        "prod-foundation",
        "google_secret_manager_secret.secrets_beep_db_pg_url",
        _in(
            "google_secret_manager_secret.secrets_beep_db_pg_url",
            lambda s: s.pop("version_destroy_ttl"),
        ),
    ),
    Seed(
        "image-digest",
        "prod-services",
        API,
        _in(API, lambda s: _app(s).update(image="example.com/beep-api:main")),
        "example.com/beep-api:main",
    ),
    Seed(
        "image-digest",
        "prod-services",
        API,
        lambda text: text["variable"]["image_api"].pop("validation"),
        "var.image_api does not demand",
    ),
    Seed(
        "max-instances",
        "dev-services",
        API,
        _in(API, lambda s: s["template"].pop("scaling")),
    ),
    Seed(
        "startup-probe",
        "dev-services",
        API,
        _in(API, lambda s: _app(s).pop("startup_probe")),
    ),
    Seed(
        "job-without-retries",
        "dev-migrations",
        JOB,
        _in(JOB, lambda j: j["template"]["template"].pop("max_retries")),
        "max_retries is not set",
    ),
    Seed(
        "traffic-ignored",
        "prod-services",
        API,
        _in(API, lambda s: s["lifecycle"]["ignore_changes"].remove("traffic")),
    ),
    Seed("traffic-ignored", "dev-services", API, _in(API, lambda s: s.pop("lifecycle"))),
    Seed(
        "revision-name",
        "prod-services",
        API,
        _in(API, lambda s: s["template"].update(revision="beep-api-2")),
        "beep-api-2",
    ),
    Seed("prevent-destroy", "prod-data", SQL, _in(SQL, lambda i: i.pop("lifecycle"))),
    Seed(
        "prevent-destroy",
        "bootstrap",
        "google_storage_bucket.state_bucket",
        _in("google_storage_bucket.state_bucket", lambda b: b.pop("lifecycle")),
    ),
    Seed(
        "deletion-protection",
        "prod-data",
        SQL,
        _in(SQL, lambda i: i["settings"].update(deletion_protection_enabled=False)),
    ),
    Seed(
        "deletion-protection",
        "prod-services",
        API,
        _in(API, lambda s: s.pop("deletion_protection")),
    ),
    Seed(
        "force-destroy",
        "bootstrap",
        "google_storage_bucket.state_bucket",
        _in("google_storage_bucket.state_bucket", lambda b: b.update(force_destroy=True)),
    ),
    Seed("sql-edition", "dev-data", SQL, _add(SQL, settings={"tier": "db-f1-micro"})),
    Seed("sql-point-in-time", "dev-data", SQL, _add(SQL, settings={"edition": "ENTERPRISE"})),
    Seed(
        "sql-log-flags",
        "prod-data",
        SQL,
        _in(SQL, lambda i: i["settings"].pop("database_flags")),
        "log_lock_waits is not on",
    ),
    Seed(
        "sql-log-flags",
        "prod-data",
        SQL,
        _in(
            SQL,
            lambda i: i["settings"]["database_flags"].append(
                {"name": "log_min_duration_statement", "value": "500"}
            ),
        ),
        "log_min_duration_statement is set",
    ),
    Seed(
        "firewall-sources",
        "dev-foundation",
        "google_compute_firewall.x",
        _add(
            "google_compute_firewall.x",
            allow=[{"protocol": "tcp", "ports": ["5432"]}],
            source_ranges=["0.0.0.0/0"],
        ),
        "0.0.0.0/0",
    ),
    Seed(
        "firewall-sources",
        "dev-foundation",
        "google_compute_firewall.x",
        _add("google_compute_firewall.x", allow=[{"protocol": "tcp"}]),
        "not set",
    ),
    Seed(
        "alert-channel",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _add("google_monitoring_alert_policy.x", display_name="x"),
        "notification_channels is empty",
    ),
    Seed(
        "alert-documentation",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _add("google_monitoring_alert_policy.x", documentation={"content": "it is broken"}),
        "does not lead to the runbook",
    ),
    Seed(
        "labels",
        "prod-data",
        "provider.google",
        lambda text: text["provider"]["google"][0]["default_labels"].pop("environment"),
        "without environment",
    ),
)


@pytest.mark.parametrize(
    "seed", SEEDS, ids=[f"{n} {seed.rule} {seed.address}" for n, seed in enumerate(SEEDS)]
)
def test_a_fault_is_found_by_its_rule(seed: Seed, all_stacks: tuple[Stack, ...]) -> None:
    clean = next(stack for stack in all_stacks if stack.name == seed.stack)
    text = deepcopy(dict(clean.text))
    seed.edit(text)
    settings = clean.settings and clean.settings.model_copy(update=dict(seed.settings))
    findings = apply(RULES, (replace(clean, text=text, settings=settings),))
    by_seed = [f for f in findings if (f.rule, f.address) == (seed.rule, seed.address)]
    assert by_seed, [f"{f.rule} {f.address}" for f in findings]
    assert any(seed.message in finding.detail for finding in by_seed)
    assert all(finding.reason and finding.fix for finding in by_seed)


def test_every_rule_has_a_seeded_fault() -> None:
    assert {seed.rule for seed in SEEDS} == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_our_stacks_keep_our_rules(all_stacks: tuple[Stack, ...]) -> None:
    entries = [
        entry
        for entry in read_exceptions(
            ROOT / "policy" / "exceptions.toml", [rule.id for rule in RULES]
        )
        if not entry.rule.startswith("CKV")
    ]
    judgement = judge(apply(RULES, all_stacks), entries, "policy/exceptions.toml", date.min)
    assert [f"{f.rule}: {f.stack} {f.address} {f.detail}" for f in judgement.open] == []


def test_an_unprotected_environment_may_be_taken_down(all_stacks: tuple[Stack, ...]) -> None:
    dev = next(stack for stack in all_stacks if stack.name == "dev-data")
    assert dev.settings is not None
    assert not dev.settings.deletion_protection
    assert apply(RULES, (dev,)) == []


def test_a_replica_needs_no_protection_and_no_backup(all_stacks: tuple[Stack, ...]) -> None:
    prod = next(stack for stack in all_stacks if stack.name == "prod-data")
    text = deepcopy(dict(prod.text))
    _add(
        "google_sql_database_instance.replica",
        master_instance_name="beep-prod",
        settings={
            "edition": "ENTERPRISE",
            "database_flags": [{"name": "log_lock_waits", "value": "on"}],
        },
    )(text)
    assert apply(RULES, (replace(prod, text=text),)) == []
