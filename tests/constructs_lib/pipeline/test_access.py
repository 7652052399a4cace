"""The pipeline may do what its stacks need: each environment's own, and not more."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from constructs_lib.environment.names import job_log_view
from constructs_lib.pipeline.access import (
    APART,
    BOOTSTRAP_ROLES,
    GRANTABLE_ROLES,
    GRANTS_ROLES,
    PLANNED_PARTS,
    WATCHED_PARTS,
    CustomRole,
    content,
    deployer_roles,
    drift_roles,
    planner_roles,
)
from constructs_lib.pipeline.demands import BOOTSTRAP, demands, roles
from environments import Configuration
from stacks.access import Access, roles_in_use
from tests.support import ENVIRONMENTS, EVERY_ENVIRONMENT, ROOT, Stacks, of_type, resources, strings

PROJECT_GRANT = "google_project_iam_member"
STATE_GRANT = "google_storage_bucket_iam_member"
STATE_BUCKET = "bootstrap/google_storage_bucket.state_bucket"
IMAGES = "bootstrap/google_artifact_registry_repository.artifact_registry_repository"
SECRET_TYPES = {"google_redis_instance", "google_storage_hmac_key"}
ACT_AS = "iam.serviceAccounts.actAs"
PLANNER = "serviceAccount:plan-pull-requests@beep-shared-example.iam.gserviceaccount.com"
DRIFT_DETECTOR = "serviceAccount:detect-drift@beep-shared-example.iam.gserviceaccount.com"
BUILDER = "serviceAccount:build-images@beep-shared-example.iam.gserviceaccount.com"
ROLES = (*deployer_roles(), *planner_roles(), *drift_roles())
TABLE = "constructs_lib/pipeline/demands.toml"


def deployer(environment: str) -> str:
    return f"serviceAccount:deploy-{environment}@beep-shared-example.iam.gserviceaccount.com"


@pytest.fixture(scope="module")
def access(stacks: Stacks) -> Access:
    return Access(stacks)


def _environment_stacks(stacks: Stacks) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield name, part and text of each stack but ``bootstrap``."""
    for name, stack in stacks.items():
        if name != "bootstrap":
            yield name, name.partition("-")[2], stack


def _types(stacks: Stacks) -> Iterator[tuple[str, str, str]]:
    """Yield name and part of a stack, and a type of Google's; data sources as ``data.TYPE``."""
    for name, stack in stacks.items():
        kinds = (*stack.get("resource", {}), *(f"data.{kind}" for kind in stack.get("data", {})))
        for kind in kinds:
            if kind.startswith(("google_", "data.google_")):
                yield name, name.partition("-")[2] or name, kind


def _held(access: Access, member: str, on: str) -> set[str]:
    """Return the permissions of a member on a project or a resource, by any grant."""
    grants = [g for g in access.grants if g.member == member and g.on == on]
    return {permission for grant in grants for permission in grant.permissions}


def _project(configuration: Configuration, environment: str) -> str:
    return next(t.project_id for t in configuration.targets if t.environment == environment)


def test_every_type_of_resource_has_a_row_that_says_what_its_calls_demand(stacks: Stacks) -> None:
    table = demands().types
    problems = {
        f"add [types.{kind}] to {TABLE}: source, parts, and what read, create, update and delete "
        f"demand; {stack} has it"
        for stack, _, kind in _types(stacks)
        if kind not in table
    }
    problems |= {
        f'add "{part}" to parts of {kind} in {TABLE}: {stack} has it'
        for stack, part, kind in _types(stacks)
        if kind in table and part not in table[kind].parts
    }
    in_use = {(kind, part) for _, part, kind in _types(stacks)}
    problems |= {
        f'remove "{part}" from parts of {kind} in {TABLE}, or the row: no stack has it'
        for kind, demand in table.items()
        for part in demand.parts
        if not kind.startswith("terraform.") and (kind, part) not in in_use
    }
    assert problems == set()


def test_the_extract_holds_the_predefined_roles_in_use_and_no_other(stacks: Stacks) -> None:
    extract, table = roles(), demands()
    named = {p for row in table.types.values() for p in (*row.every_call, *row.content)}
    named |= {p for beyond in table.beyond for p in beyond.permissions}
    stale = "run .venv/bin/python -m scripts.role_permissions DATASET; its docstring says more"
    assert roles_in_use(stacks) == extract.roles.keys(), stale
    assert named - table.unlisted.keys() == extract.listed_in.keys(), stale


def test_a_permission_is_called_unlisted_only_while_no_role_lists_it() -> None:
    named = {p for row in demands().types.values() for p in row.every_call}
    assert demands().unlisted.keys() <= named
    assert not demands().unlisted.keys() & roles().listed_in.keys()


@EVERY_ENVIRONMENT
def test_a_deployer_can_do_every_action_of_every_stack(
    name: str, stacks: Stacks, access: Access, configuration: Configuration
) -> None:
    on_project = _held(access, deployer(name), _project(configuration, name))
    # Acting as an account is granted on each account, which the test below compares.
    elsewhere = {ACT_AS, *_held(access, deployer(name), IMAGES)}
    assert "artifactregistry.repositories.downloadArtifacts" in elsewhere
    missing = {
        f"{stack}: {kind} demands {permission}"
        for stack, part, kind in _types(stacks)
        if part != BOOTSTRAP and stack.startswith(f"{name}-") and demands().types[kind].on is None
        for permission in demands().types[kind].every_call - on_project - elsewhere
    }
    assert missing == set()
    on_state = _held(access, deployer(name), STATE_BUCKET)
    assert demands().types["terraform.state"].every_call <= on_state


@EVERY_ENVIRONMENT
def test_every_api_that_a_deployer_calls_is_on_in_the_project_of_its_account(
    name: str, stacks: Stacks
) -> None:
    called, switched_on = (
        {
            service["service"]
            for service in of_type(stacks[stack], "google_project_service").values()
        }
        for stack in (f"{name}-foundation", "bootstrap")
    )
    assert len(called) >= 15
    # It asks the project of the resource.
    assert called - switched_on == {"compute.googleapis.com"}


def test_every_row_reads_what_it_creates() -> None:
    """A refresh reads the resource itself, and whoever makes a grant reads the policy."""
    creating = {"add", "addPeering", "addResourcePolicies", "create", "enable", "setIamPolicy"}
    # A gateway is a part of its router, and is made by a change of that.
    parts = {"google_compute_router_nat": {"update"}}
    for kind, demand in demands().types.items():
        if kind.startswith("google_"):
            calls = creating | parts.get(kind, set())
            created = {p.rpartition(".")[0] for p in demand.create if p.rpartition(".")[2] in calls}
            read = {p.rpartition(".")[0] for p in demand.read}
            assert created & read, kind
            if kind.endswith(("_iam_member", "_iam_audit_config")):
                assert all(p.endswith(".getIamPolicy") for p in demand.read), kind


def test_what_a_deployer_holds_beyond_the_demand_is_listed_with_a_reason(access: Access) -> None:
    table = demands()
    demanded = {
        permission
        for demand in table.types.values()
        if set(demand.parts) - {BOOTSTRAP}
        for permission in demand.every_call
    }
    held: dict[str, set[str]] = {}
    for grant in access.grants:
        if grant.member in {deployer(name) for name in ENVIRONMENTS}:
            role = grant.role if grant.role in roles().roles else grant.role.rpartition("/")[2]
            held.setdefault(role, set()).update(grant.permissions - demanded)
    listed: dict[str, set[str]] = {}
    for beyond in table.beyond:
        listed.setdefault(beyond.role, set()).update(beyond.permissions)
    assert {role: surplus for role, surplus in held.items() if surplus} == listed, TABLE


def test_what_is_inside_of_resources_a_deployer_reaches_by_these_permissions_alone() -> None:
    held = {permission for role in deployer_roles() for permission in role.permissions}
    assert held & content() == {
        "compute.snapshots.useReadOnly",  # a disk is restored from one
        "pubsub.topics.attachSubscription",
        "redis.instances.getAuthString",  # a refresh reads it
        "run.jobs.run",
    }
    assert not [p for p in held if re.search(r"^resourcemanager.*set|Key|Token|hmac", p)]
    assert not [p for p in held if p.startswith(("iam.roles.", "orgpolicy."))]
    # Whoever deploys may not decide what is logged, and for how long.
    assert not [p for p in held if re.match(r"logging\.(sinks|buckets|exclusions|views)\.", p)]
    assert not [p for p in held if p.startswith(("cloudsql.backupRuns.", "storage.objects."))]


@EVERY_ENVIRONMENT
@pytest.mark.parametrize(
    ("member", "parts"), [(PLANNER, PLANNED_PARTS), (DRIFT_DETECTOR, WATCHED_PARTS)]
)
def test_who_plans_can_read_every_type_that_it_refreshes_and_nothing_else(
    name: str,
    member: str,
    parts: tuple[str, ...],
    stacks: Stacks,
    access: Access,
    configuration: Configuration,
) -> None:
    needed = {
        permission
        for _, part, kind in _types(stacks)
        if part in parts
        for permission in demands().types[kind].read
    }
    assert _held(access, member, _project(configuration, name)) == needed


@EVERY_ENVIRONMENT
def test_of_the_log_a_deployer_reads_what_jobs_wrote_and_nothing_else(
    name: str, stacks: Stacks, access: Access, configuration: Configuration
) -> None:
    project_id = configuration.environment(name).settings.project_id
    logs = {
        (grant.on, grant.condition)
        for grant in access.grants
        if grant.member == deployer(name)
        and grant.permissions & {"logging.logEntries.list", "logging.views.access"}
    }
    view = of_type(stacks["bootstrap"], "google_logging_log_view")[f"job_logs_{name}_view"]
    path = f"locations/{view['location']}/buckets/{view['bucket']}/views/{view['name']}"
    assert logs == {(project_id, f'resource.name.endsWith("{path}")')}
    assert job_log_view(project_id) == f"{view['parent']}/{path}"
    assert view["filter"] == (
        f'SOURCE("projects/{project_id}") AND resource.type = "cloud_run_job"'
    )


def test_the_planner_reads_no_log_no_secret_no_object_and_changes_nothing(access: Access) -> None:
    held = {permission for role in planner_roles() for permission in role.permissions}
    assert content() >= {
        "logging.logEntries.list",
        "logging.privateLogEntries.list",
        "secretmanager.versions.access",
        "storage.objects.get",
        "storage.objects.list",
    }
    assert not held & content()
    assert {permission.rpartition(".")[2] for permission in held} == {"get", "getIamPolicy", "list"}
    places = {grant.on for grant in access.grants if grant.member == PLANNER}
    assert {place for place in places if "/" in place} == {STATE_BUCKET}


def test_the_drift_detector_reads_one_secret_more_than_the_planner_and_changes_nothing(
    access: Access,
) -> None:
    held = {permission for role in drift_roles() for permission in role.permissions}
    # A refresh of Redis reads it, and the state of the data stack holds it.
    assert held & content() == {"redis.instances.getAuthString"}
    verbs = {permission.rpartition(".")[2] for permission in held}
    assert verbs == {"get", "getAuthString", "getIamPolicy", "list"}
    places = {grant.on for grant in access.grants if grant.member == DRIFT_DETECTOR}
    assert {place for place in places if "/" in place} == {STATE_BUCKET}
    readable = {
        prefix
        for grant in access.grants
        if grant.member == DRIFT_DETECTOR and grant.on == STATE_BUCKET
        for prefix in re.findall(r"/objects/([^\"]+)", grant.condition or "")
    }
    assert readable == {f"{name}/{part}/" for name in ENVIRONMENTS for part in WATCHED_PARTS}


def test_who_builds_images_pushes_them_deletes_none_and_reaches_nothing_else(
    access: Access,
) -> None:
    (grant,) = (grant for grant in access.grants if grant.member == BUILDER)
    assert grant.on == IMAGES
    assert "artifactregistry.repositories.uploadArtifacts" in grant.permissions
    assert not [p for p in grant.permissions if "delete" in p and "attachments" not in p]


@pytest.mark.parametrize("role", ROLES, ids=lambda r: r.role_id)
def test_a_role_of_ours_is_one_that_iam_accepts(role: CustomRole) -> None:
    """Source: IAM documentation, create and manage custom roles."""
    assert re.fullmatch(r"[\w.]{3,64}", role.role_id)
    assert len(role.description) <= 300
    assert len(role.permissions) <= 3000
    text = (role.role_id, role.role_id, role.description, *role.permissions)
    assert sum(len(part.encode()) for part in text) < 64 * 1024
    # Of no use on a project, and refused in a role that a project has.
    assert "resourcemanager.projects.list" not in role.permissions


def test_what_is_granted_apart_is_in_no_role_of_ours() -> None:
    held = {p for role in ROLES for p in role.permissions}
    assert not held & APART.keys()


def test_a_deployer_can_give_the_roles_that_its_stacks_give_and_no_other(stacks: Stacks) -> None:
    given = {
        grant["role"]: f"{stack} gives it in {name}"
        for stack, _, text in _environment_stacks(stacks)
        for name, grant in of_type(text, PROJECT_GRANT).items()
    }
    change = [f"add {r}: {why}" for r, why in sorted(given.items()) if r not in GRANTABLE_ROLES]
    change += [f"remove {r}: no stack gives it" for r in GRANTABLE_ROLES if r not in given]
    assert not change, f"GRANTABLE_ROLES in constructs_lib/pipeline/access.py: {change}"
    grants = of_type(stacks["bootstrap"], PROJECT_GRANT).values()
    conditions = [g["condition"]["expression"] for g in grants if g["role"] == GRANTS_ROLES]
    named = ", ".join(f"'{role}'" for role in GRANTABLE_ROLES)
    assert len(conditions) == len(ENVIRONMENTS)
    assert all(condition.endswith(f".hasOnly([{named}])") for condition in conditions)


def test_no_grantable_role_grants_roles_or_another_account() -> None:
    """A deployer that could give such a role could give itself everything."""
    for role in GRANTABLE_ROLES:
        held = roles().roles[role]
        raising = [p for p in held if re.search(r"setIamPolicy|^iam\.(roles|serviceAccount)", p)]
        assert raising == [], role


def test_nobody_has_a_right_on_all_accounts_of_a_project(access: Access) -> None:
    inside = set(demands().types["google_service_account"].content)
    assert {ACT_AS, "iam.serviceAccounts.getAccessToken"} <= inside
    assert [g.address for g in access.grants if "/" not in g.on and g.permissions & inside] == []


@EVERY_ENVIRONMENT
def test_a_deployer_reaches_its_own_project_and_its_own_state_only(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    text = stacks["bootstrap"]
    member = f"${{google_service_account.deploy_{name}_account.member}}"
    grants = [g for g in of_type(text, PROJECT_GRANT).values() if g["member"] == member]
    assert {grant["role"] for grant in grants} == {
        f"${{google_project_iam_custom_role.deploy_{name}_project_role.name}}",
        f"${{google_project_iam_custom_role.deploy_{name}_unlisted_role.name}}",
        GRANTS_ROLES,
        "roles/logging.viewAccessor",
    }
    assert {grant["project"] for grant in grants} == {_project(configuration, name)}
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
def test_a_deployer_may_act_as_the_accounts_that_something_runs_as_and_as_no_other(
    name: str, stacks: Stacks, access: Access
) -> None:
    named = {
        string
        for stack, text in stacks.items()
        if stack.startswith(f"{name}-")
        for kind, _, arguments in resources(text)
        if kind in demands().types and ACT_AS in demands().types[kind].every_call
        for string in strings(arguments)
    }
    foundation = f"{name}-foundation"
    accounts = of_type(stacks[foundation], "google_service_account")
    project = access.project_of(foundation)
    run_as = {
        f"{foundation}/google_service_account.{address}"
        for address, account in accounts.items()
        if f"{account['account_id']}@{project}.iam.gserviceaccount.com" in named
    }
    granted = {
        g.on for g in access.grants if g.member == deployer(name) and ACT_AS in g.permissions
    }
    assert len(run_as) >= 6
    assert granted == run_as


@EVERY_ENVIRONMENT
def test_a_deployer_reads_the_passwords_that_are_variables_and_no_other_secret(
    name: str, stacks: Stacks, access: Access
) -> None:
    secrets = of_type(stacks[f"{name}-foundation"], "google_secret_manager_secret")
    read = {
        secrets[grant.on.rpartition(".")[2]]["secret_id"]
        for grant in access.grants
        if grant.member == deployer(name) and "secretmanager.versions.access" in grant.permissions
    }
    variables = stacks[f"{name}-data"]["variable"]
    passwords = {n for n, variable in variables.items() if variable.get("ephemeral")}
    # Of a machine the certificate too, which is beside its key.
    has_machine = name == "dev"
    certificate = {"db_server_certificate"} if has_machine else set()
    assert passwords == {"db_app_password", "db_owner_password"} | certificate
    pair = {"beep-db-pg-server-tls"} if has_machine else set()
    assert read == {"beep-db-pg-password", "beep-db-pg-owner-password"} | pair


def test_a_pull_request_reads_no_state_that_holds_a_secret(stacks: Stacks, access: Access) -> None:
    allowed = tomllib.loads((ROOT / "rehearsal" / "allowed_secrets.toml").read_text())["allowed"]
    secret = {entry["type"] for entry in allowed} | SECRET_TYPES
    for _, part, text in _environment_stacks(stacks):
        if part in PLANNED_PARTS:
            assert not secret & {kind for kind, _, _ in resources(text)}, part
    on_state = [g for g in access.grants if g.member == PLANNER and g.on == STATE_BUCKET]
    assert {(grant.role, grant.condition is None) for grant in on_state} == {
        ("roles/storage.objectViewer", False),
        ("roles/storage.legacyBucketReader", True),
    }
    readable = {
        prefix
        for grant in on_state
        for prefix in re.findall(r"/objects/([^\"]+)", grant.condition or "")
    }
    assert readable == {f"{name}/{part}/" for name in ENVIRONMENTS for part in PLANNED_PARTS}


def test_every_plannable_part_is_a_stack(stacks: Stacks) -> None:
    parts = {part for _, part, _ in _environment_stacks(stacks)}
    assert parts - set(PLANNED_PARTS) == {"data", "budget", "aws"}


def test_people_can_apply_the_bootstrap_with_the_roles_that_are_named(stacks: Stacks) -> None:
    held = {permission for role in BOOTSTRAP_ROLES for permission in roles().roles[role]}
    kinds = [kind for _, part, kind in _types(stacks) if part == BOOTSTRAP]
    assert len(kinds) >= 10
    assert {kind: demands().types[kind].every_call - held for kind in kinds} == {
        kind: frozenset() for kind in kinds
    }
