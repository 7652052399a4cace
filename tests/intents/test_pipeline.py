"""The pipeline may do what its stacks need: each environment's own, and not more."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.pipeline import access
from constructs_lib.pipeline.access import (
    ACCESS,
    DEPLOYER_ROLES,
    GRANTABLE_ROLES,
    PLANNED_PARTS,
    PLANNER_ROLES,
)
from constructs_lib.pipeline.settings import BootstrapSettings, Github
from environments import Configuration, load
from tests.intents.common import EVERY_ENVIRONMENT
from tests.support import (
    ENVIRONMENTS,
    ROOT,
    Stacks,
    edited,
    of_type,
    resources,
    strings,
    synthesized,
)

PAGE = ROOT / "docs" / "concepts" / "bootstrap.md"
PROJECT_GRANT = "google_project_iam_member"
STATE_GRANT = "google_storage_bucket_iam_member"
PROVIDER = "google_iam_workload_identity_pool_provider"
SECRET_TYPES = {"google_redis_instance", "google_storage_hmac_key"}


def _environment_stacks(stacks: Stacks) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, part and text of each stack but ``bootstrap``."""
    for name, stack in stacks.items():
        if name != "bootstrap":
            yield name, name.partition("-")[2], stack


def _same(name: str, granted: tuple[str, ...], needed: dict[str, str]) -> None:
    """Fail with what to write into the list of this name."""
    change = [f"add {role}: {why}" for role, why in sorted(needed.items()) if role not in granted]
    change += [f"remove {role}: no stack needs it" for role in granted if role not in needed]
    assert not change, "\n  ".join([f"{name} in constructs_lib/pipeline/access.py:", *change])


def test_every_type_of_resource_has_a_row_that_says_which_role_may_manage_it(
    stacks: Stacks,
) -> None:
    without = {
        f"add {kind} to ACCESS in constructs_lib/pipeline/access.py: {stack} makes {kind}.{name}"
        for stack, _, text in _environment_stacks(stacks)
        for kind, name, _ in resources(text)
        if kind not in ACCESS
    }
    assert without == set()


def test_a_deployer_has_the_roles_that_its_stacks_need_and_no_other(stacks: Stacks) -> None:
    needed = {
        ACCESS[kind].manage: f"{stack} makes {kind}.{name}"
        for stack, _, text in _environment_stacks(stacks)
        for kind, name, _ in resources(text)
        if kind in ACCESS and ACCESS[kind].on == access.PROJECT
    }
    _same("DEPLOYER_ROLES", DEPLOYER_ROLES, needed)


def test_the_planner_has_the_roles_that_a_refresh_needs_and_no_other(stacks: Stacks) -> None:
    needed = {
        read: f"{stack} has {kind}.{name}"
        for stack, part, text in _environment_stacks(stacks)
        for kind, name, _ in resources(text)
        if part in PLANNED_PARTS
        and kind in ACCESS
        and ACCESS[kind].on == access.PROJECT
        and (read := ACCESS[kind].read)
    }
    _same("PLANNER_ROLES", PLANNER_ROLES, needed)


def test_a_deployer_can_give_the_roles_that_its_stacks_give_and_no_other(stacks: Stacks) -> None:
    given = {
        grant["role"]: f"{stack} gives it in {name}"
        for stack, _, text in _environment_stacks(stacks)
        for name, grant in of_type(text, PROJECT_GRANT).items()
    }
    _same("GRANTABLE_ROLES", GRANTABLE_ROLES, given)
    grants = of_type(stacks["bootstrap"], PROJECT_GRANT).values()
    conditions = [
        grant["condition"]["expression"]
        for grant in grants
        if grant["role"] == "roles/resourcemanager.projectIamAdmin"
    ]
    named = ", ".join(f"'{role}'" for role in GRANTABLE_ROLES)
    assert len(conditions) == len(ENVIRONMENTS)
    assert all(each.endswith(f".hasOnly([{named}])") for each in conditions)


def test_no_grantable_role_grants_roles() -> None:
    """A deployer that could give such a role could give itself everything."""
    assert [r for r in GRANTABLE_ROLES if re.search("admin|owner|editor|security", r, re.I)] == []


def test_nobody_has_a_right_on_all_accounts_of_a_project(stacks: Stacks) -> None:
    dangerous = {"roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"}
    for stack in stacks.values():
        assert not dangerous & {g["role"] for g in of_type(stack, PROJECT_GRANT).values()}


@EVERY_ENVIRONMENT
def test_a_deployer_reaches_its_own_project_and_its_own_state_only(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    project = next(t.project_id for t in configuration.targets if t.environment == name)
    text = stacks["bootstrap"]
    member = f"${{google_service_account.deploy_{name}_account.member}}"
    grants = [g for g in of_type(text, PROJECT_GRANT).values() if g["member"] == member]
    assert {grant["role"] for grant in grants} == set(DEPLOYER_ROLES)
    assert {grant["project"] for grant in grants} == {project}
    state = [g for g in of_type(text, STATE_GRANT).values() if g["member"] == member]
    by_role = {grant["role"]: grant.get("condition", {}).get("expression") for grant in state}
    assert by_role == {
        "roles/storage.objectUser": 'resource.name.startsWith("projects/_/buckets/'
        f'beep-terraform-state-example/objects/{name}/")',
        # Names of objects, which terraform init lists; not what is in them.
        "roles/storage.legacyBucketReader": None,
    }
    elsewhere = {
        kind
        for kind, _, arguments in resources(text)
        if member in strings(arguments) and kind not in {PROJECT_GRANT, STATE_GRANT}
    }
    assert elsewhere == {"google_artifact_registry_repository_iam_member"}


@EVERY_ENVIRONMENT
def test_a_deployer_may_run_workloads_as_their_accounts_and_as_no_other(
    name: str, stacks: Stacks
) -> None:
    foundation = stacks[f"{name}-foundation"]
    grants = of_type(foundation, "google_service_account_iam_member").values()
    accounts = of_type(foundation, "google_service_account")
    assert {(g["service_account_id"], g["role"], g["member"]) for g in grants} == {
        (
            f"${{google_service_account.{account}.name}}",
            "roles/iam.serviceAccountUser",
            f"serviceAccount:deploy-{name}@beep-shared-example.iam.gserviceaccount.com",
        )
        for account in accounts
    }
    made = of_type(stacks["bootstrap"], "google_service_account")[f"deploy_{name}_account"]
    assert made["account_id"] == f"deploy-{name}"


def test_each_job_on_github_is_trusted_by_number_and_by_one_literal_subject(
    stacks: Stacks,
) -> None:
    providers = of_type(stacks["bootstrap"], PROVIDER)
    assert len(providers) == len(ENVIRONMENTS) + 1
    subjects = set()
    for provider in providers.values():
        owner, repository, subject = provider["attribute_condition"].split(" && ")
        assert owner == "assertion.repository_owner_id == '100000001'"
        assert repository == "assertion.repository_id == '200000001'"
        literal = re.fullmatch(r"assertion\.sub == '(repo:[\w./:-]+)'", subject)
        assert literal is not None
        subjects.add(literal[1])
        assert provider["attribute_mapping"] == {"google.subject": "assertion.sub"}
        assert "allowed_audiences" not in provider["oidc"]
    assert subjects == {
        "repo:example-org/beep-infra:pull_request",
        *(f"repo:example-org/beep-infra:environment:{name}" for name in ENVIRONMENTS),
    }


def test_each_subject_may_act_as_one_account_and_no_account_has_a_key(stacks: Stacks) -> None:
    text = stacks["bootstrap"]
    grants = of_type(text, "google_service_account_iam_member").values()
    who = {
        grant["service_account_id"].split(".")[1]: grant["member"].partition("/subject/")[2]
        for grant in grants
    }
    repository = "repo:example-org/beep-infra"
    assert who == {
        "plan_account": f"{repository}:pull_request",
        **{f"deploy_{name}_account": f"{repository}:environment:{name}" for name in ENVIRONMENTS},
    }
    assert {grant["role"] for grant in grants} == {"roles/iam.workloadIdentityUser"}
    for stack in stacks.values():
        assert not of_type(stack, "google_service_account_key")


def test_a_pull_request_reads_no_state_that_holds_a_secret(stacks: Stacks) -> None:
    allowed = tomllib.loads((ROOT / "rehearsal" / "allowed_secrets.toml").read_text())["allowed"]
    secret = {entry["type"] for entry in allowed} | SECRET_TYPES
    for _, part, text in _environment_stacks(stacks):
        if part in PLANNED_PARTS:
            assert not secret & {kind for kind, _, _ in resources(text)}, part
    member = "${google_service_account.plan_account.member}"
    bootstrap = stacks["bootstrap"]
    readable = {
        prefix
        for grant in of_type(bootstrap, STATE_GRANT).values()
        if grant["member"] == member and "condition" in grant
        for prefix in re.findall(r"/objects/([^\"]+)", grant["condition"]["expression"])
    }
    assert readable == {f"{name}/{part}/" for name in ENVIRONMENTS for part in PLANNED_PARTS}
    roles = {
        grant["role"]
        for kind in (PROJECT_GRANT, STATE_GRANT)
        for grant in of_type(bootstrap, kind).values()
        if grant["member"] == member
    }
    assert roles == {
        *PLANNER_ROLES,
        "roles/storage.objectViewer",
        "roles/storage.legacyBucketReader",
    }
    assert not [r for r in roles if re.search(r"accessor|admin|editor|owner|user$", r, re.I)]


def test_every_plannable_part_is_a_stack(stacks: Stacks) -> None:
    parts = {part for _, part, _ in _environment_stacks(stacks)}
    assert parts - set(PLANNED_PARTS) == {"data", "budget"}


def test_who_touches_state_is_logged(stacks: Stacks) -> None:
    configs = of_type(stacks["bootstrap"], "google_project_iam_audit_config").values()
    logged = {c["service"]: {log["log_type"] for log in c["audit_log_config"]} for c in configs}
    every = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
    assert logged == {f"{api}.googleapis.com": every for api in ("iam", "storage", "sts")}


def test_old_state_is_kept_by_age_and_by_number(stacks: Stacks) -> None:
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")["state_bucket"]
    [rule] = bucket["lifecycle_rule"]
    assert rule["condition"]["num_newer_versions"] == 50
    assert rule["condition"]["days_since_noncurrent_time"] == 30
    assert rule["condition"]["with_state"] == "ARCHIVED"
    assert bucket["soft_delete_policy"]["retention_duration_seconds"] == 30 * 86400
    assert "retention_policy" not in bucket


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_an_environment_may_have_another_name_on_github(name: str, tmp_path: Path) -> None:
    folder = edited(
        tmp_path, ("bootstrap", "[labels]", f'[github.environments]\n{name} = "{name}-1"\n[labels]')
    )
    stacks = synthesized(load(folder), tmp_path / "out")
    provider = of_type(stacks["bootstrap"], PROVIDER)[f"github_{name}"]
    assert provider["attribute_condition"].endswith(f":environment:{name}-1'")
    assert provider["workload_identity_pool_provider_id"] == f"github-{name}"


def test_the_page_says_which_roles_a_person_needs_for_every_type(stacks: Stacks) -> None:
    table = PAGE.read_text().split("<!-- bootstrap roles -->")[1].split("<!-- end -->")[0]
    rows = [re.findall(r"`([^`]+)`", line) for line in table.splitlines() if "`" in line]
    told = {kind: role for role, *kinds in rows for kind in kinds}
    types = {kind for kind, _, _ in resources(stacks["bootstrap"])}
    assert told.keys() == types
    for kind in types & ACCESS.keys():
        assert told[kind] == ACCESS[kind].manage


def test_the_page_shows_what_is_made() -> None:
    shown = re.findall(r"^```hcl\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
    review = (ROOT / "cdktf.out" / "review" / "bootstrap.tf").read_text()
    assert len(shown) == 2
    assert [block for block in shown if block not in review] == []


def test_the_page_lists_every_setting_with_its_default() -> None:
    table = PAGE.read_text().split("## Settings")[1].split("\n\n")[2]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]
    told = {key: default for keys, default, _ in rows[2:] for key in re.findall(r"`(.+?)`", keys)}
    keys = {f"github.{key}": field for key, field in Github.model_fields.items()}
    keys |= {k: f for k, f in BootstrapSettings.model_fields.items() if k != "github"}
    assert told.keys() == keys.keys()
    for key, field in keys.items():
        assert (told[key] == "required") == field.is_required(), key
        if isinstance(field.default, str | int):
            assert told[key].strip("`") == str(field.default), key
