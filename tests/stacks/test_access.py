"""Who may do what to a resource follows from the grants of all stacks."""

from __future__ import annotations

import copy

import pytest

from stacks.access import Access, Explanation, UnknownAddressError
from tests.support import Stacks

DEPLOYER = "serviceAccount:deploy-prod@beep-shared-example.iam.gserviceaccount.com"
PLANNER = "serviceAccount:plan-pull-requests@beep-shared-example.iam.gserviceaccount.com"
DRIFT_DETECTOR = "serviceAccount:detect-drift@beep-shared-example.iam.gserviceaccount.com"
API = "serviceAccount:beep-api@beep-prod-example.iam.gserviceaccount.com"
CALLS = {"read", "create", "update", "delete"}
REDIS = "google_redis_instance.redis_instance"
SECRET = "google_secret_manager_secret.secrets_beep_db_pg_url"
SERVICE = "google_cloud_run_v2_service.cloud_run_beep_api"


@pytest.fixture(scope="module")
def access(stacks: Stacks) -> Access:
    return Access(stacks)


def may(explanation: Explanation) -> dict[str, set[str]]:
    return {principal.member: set(principal.may) for principal in explanation.principals}


def test_a_resource_without_grants_of_its_own_is_reached_through_its_project(
    access: Access,
) -> None:
    assert may(access.explain(f"prod-data/{REDIS}")) == {
        DEPLOYER: CALLS | {"redis.instances.getAuthString"},
        DRIFT_DETECTOR: {"read", "redis.instances.getAuthString"},
    }


def test_the_deployer_of_another_environment_may_nothing(access: Access) -> None:
    assert not [m for m in may(access.explain(f"prod-data/{REDIS}")) if "deploy-staging" in m]


def test_a_secret_is_read_by_its_readers_and_managed_by_the_deployer(access: Access) -> None:
    explanation = access.explain(SECRET, "prod")
    by_member = may(explanation)
    assert by_member[DEPLOYER] == CALLS
    assert by_member[PLANNER] == {"read"}
    assert by_member[API] == {"secretmanager.versions.access"}
    way = next(p for p in explanation.principals if p.member == API).may[
        "secretmanager.versions.access"
    ][0]
    assert way.role == "roles/secretmanager.secretAccessor"
    assert way.on == f"prod-foundation/{SECRET}"
    grant = "google_secret_manager_secret_iam_member.secrets_beep_db_pg_url_beep_api"
    assert way.grant == f"prod-foundation/{grant}"
    assert way.reason is None


def test_a_version_is_read_by_the_readers_of_its_secret(access: Access) -> None:
    version = access.explain("prod-data/google_secret_manager_secret_version.postgres_app_url")
    assert may(version)[API] == {"secretmanager.versions.access"}


def test_what_a_deployer_holds_beyond_the_demand_comes_with_its_reason(access: Access) -> None:
    password = access.explain(
        "prod-foundation/google_secret_manager_secret.secrets_beep_db_pg_password"
    )
    ways = {
        principal.member: principal.may["secretmanager.versions.access"]
        for principal in password.principals
        if "secretmanager.versions.access" in principal.may
    }
    assert "passwords of Postgres" in (ways[DEPLOYER][0].reason or "")
    assert ways[API][0].reason is None
    job = access.explain("prod-migrations/google_cloud_run_v2_job.cloud_run_beep_migrate")
    deployer = next(p for p in job.principals if p.member == DEPLOYER)
    assert "migrations" in (deployer.may["run.jobs.run"][0].reason or "")


def test_it_says_who_acts_in_the_name_of_an_account(access: Access) -> None:
    explanation = access.explain(SECRET, "prod")
    actors = {principal.member: principal.acted_as_by for principal in explanation.principals}
    assert actors[DEPLOYER] == ("a job of GitHub: environment prod",)
    assert actors[PLANNER] == ("a job of GitHub: event_name pull_request",)
    assert f"prod-services/{SERVICE}" in actors[API]
    assert [actor for actor in actors[API] if actor.startswith(DEPLOYER)]


def test_a_call_that_also_needs_another_resource_names_its_grant(stacks: Stacks) -> None:
    explanation = Access(stacks).explain(f"prod-services/{SERVICE}")
    deployer = next(p for p in explanation.principals if p.member == DEPLOYER)
    places = {way.on.rpartition(".")[2] for way in deployer.may["create"]}
    assert places == {
        "beep-prod-example",
        "service_accounts_beep_api",
        "artifact_registry_repository",
    }

    changed = copy.deepcopy(stacks)
    grants = changed["prod-foundation"]["resource"]["google_service_account_iam_member"]
    del grants["service_accounts_beep_api_deployer"]
    without = may(Access(changed).explain(f"prod-services/{SERVICE}"))[DEPLOYER]
    assert without & CALLS == {"read", "delete"}


def test_a_service_that_asks_nobody_who_calls_is_open_to_everyone(stacks: Stacks) -> None:
    address = "google_cloud_run_v2_service.cloud_run_beep_mcp"
    assert "allUsers" not in may(Access(stacks).explain(f"dev-services/{address}"))
    changed = copy.deepcopy(stacks)
    kind, _, name = address.partition(".")
    changed["dev-services"]["resource"][kind][name]["invoker_iam_disabled"] = True
    everyone = may(Access(changed).explain(f"dev-services/{address}"))["allUsers"]
    assert everyone == {"run.routes.invoke"}


def test_people_apply_the_bootstrap_and_the_budget(access: Access) -> None:
    role = "bootstrap/google_project_iam_custom_role.plan_prod_project_role"
    assert "roles/iam.roleAdmin" in access.explain(role).people
    assert may(access.explain(role)) == {}
    budget = access.explain("prod-budget/google_billing_budget.budget_monthly")
    assert "billing account" in budget.people
    assert may(budget) == {}


@pytest.mark.parametrize(
    ("address", "environment", "says"),
    [
        (REDIS, None, f"is in several stacks: name one of dev-data/{REDIS}"),
        ("google_redis_instance.redis_instanc", None, f"did you mean {REDIS}?"),
        (f"prod-servces/{SERVICE}", None, f"there is dev-services/{SERVICE}"),
        (f"bootstrap/{REDIS}", None, f"there is dev-data/{REDIS}"),
        ("google_sql_user.postgres_owner", "dev", "there is prod-data/google_sql_user"),
        ("redis", None, "an address is TYPE.NAME"),
        ("aws_s3_bucket.storage_bucket", None, "is not on Google Cloud"),
    ],
)
def test_an_address_that_is_not_clear_is_refused_with_what_there_is(
    address: str, environment: str | None, says: str, access: Access
) -> None:
    with pytest.raises(UnknownAddressError) as refusal:
        access.explain(address, environment)
    assert says in str(refusal.value)


def test_a_type_without_a_row_is_named(stacks: Stacks) -> None:
    changed = copy.deepcopy(stacks)
    changed["prod-data"]["resource"]["google_dns_response_policy"] = {"x": {"name": "x"}}
    with pytest.raises(
        UnknownAddressError, match=r"google_dns_response_policy has no row in .*demands"
    ):
        Access(changed).explain("google_dns_response_policy.x")
