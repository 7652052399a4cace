"""What is added, under which number, and what forbids to begin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from constructs_lib.environment.wiring import SecretUse
from envfile import Target
from environments import Configuration, Environment
from secret_manager.client import SecretManager
from secret_manager.given import Candidates
from secret_manager.inventory import take
from secret_manager.plan import Action, Plan, make
from tests.google_api.fake import FakeGoogle, SecretVersion
from tests.secret_manager.conftest import given, secrets_of


@pytest.fixture
def plan(manager: SecretManager, target: Target, dev: Environment) -> PlanFor:
    return PlanFor(manager, target, dev)


class PlanFor:
    """Makes plans for dev."""

    def __init__(self, manager: SecretManager, target: Target, dev: Environment) -> None:
        self.manager, self.target, self.dev = manager, target, dev

    def __call__(
        self,
        candidates: Candidates | None = None,
        rotate: Collection[str] = (),
        environment: Environment | None = None,
    ) -> Plan:
        inventory = take(environment or self.dev, self.manager)
        return make(inventory, candidates or {}, rotate, self.target, None)


def _steps(plan: Plan) -> dict[str, tuple[Action, int]]:
    return {step.use.variable: (step.action, step.number) for step in plan.steps}


def _filled(fake: FakeGoogle) -> None:
    for versions in secrets_of(fake).values():
        versions.append(SecretVersion(b"the-value-of-before-0123456789"))


def test_what_can_be_generated_is_and_what_terraform_writes_is_left_alone(plan: PlanFor) -> None:
    assert _steps(plan(given(LIVEBLOCKS_SECRET_KEY="sk_dev_9x"))) == {
        "ALCHEMY_PASSWORD": (Action.GENERATE, 1),
        "BETTER_AUTH_SECRET": (Action.GENERATE, 1),
        "CLOUD_AWS_ACCESS_KEY_ID": (Action.WANTED, 1),
        "CLOUD_AWS_SECRET_ACCESS_KEY": (Action.WANTED, 1),
        "DB_PG_OWNER_PASSWORD": (Action.GENERATE, 1),
        "DB_PG_PASSWORD": (Action.GENERATE, 1),
        "DB_PG_SERVER_TLS": (Action.GENERATE, 1),
        "LIVEBLOCKS_SECRET_KEY": (Action.ADD, 1),
        "OAUTH_PROVIDER_GITHUB_CLIENT_ID": (Action.WANTED, 1),
        "OAUTH_PROVIDER_GITHUB_CLIENT_SECRET": (Action.WANTED, 1),
    }


def test_a_value_that_is_given_is_taken_instead_of_a_random_one(plan: PlanFor) -> None:
    taken = plan(given(BETTER_AUTH_SECRET="0123456789abcdefghijklmnopqrstuvwxyz"))
    assert _steps(taken)["BETTER_AUTH_SECRET"] == (Action.ADD, 1)


def test_what_is_there_is_never_replaced_without_being_asked_for(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    done = plan(given(LIVEBLOCKS_SECRET_KEY="sk_dev_9x"))
    assert done.steps == ()
    assert done.ready == 15


def test_one_value_that_would_not_do_forbids_everything(plan: PlanFor) -> None:
    forbidden = plan(given(LIVEBLOCKS_SECRET_KEY="changeme"))
    assert [f.variable for f in forbidden.obstacles] == ["LIVEBLOCKS_SECRET_KEY"]


def test_a_value_for_a_secret_that_has_one_is_not_judged(plan: PlanFor, fake: FakeGoogle) -> None:
    _filled(fake)
    assert plan(given(DB_PG_PASSWORD="postgres")).obstacles == ()


def test_a_pinned_number_that_is_not_the_next_one_forbids_to_begin(
    configuration: Configuration, fake: FakeGoogle, manager: SecretManager, target: Target
) -> None:
    prod = configuration.environment("prod")
    manager = SecretManager(manager._google, prod.settings.project_id)
    (obstacle,) = make(take(prod, manager), {}, (), target, None).obstacles
    assert "version 2 is pinned, and the next one gets the number 1" in obstacle.what
    assert obstacle.fix == "remove secret_versions.BETTER_AUTH_SECRET from environments/prod.toml"


def test_a_rotation_adds_the_next_number_and_says_what_to_pin(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    rotation = plan(rotate=["DB_PG_PASSWORD"])
    assert _steps(rotation) == {"DB_PG_PASSWORD": (Action.GENERATE, 2)}
    assert rotation.pins == {"DB_PG_PASSWORD": 2, "DB_PG_URL": 2}
    assert rotation.obstacles == ()


def test_a_rotation_whose_version_waits_to_be_pinned_adds_no_other(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    secrets_of(fake)["beep-db-pg-password"].append(SecretVersion(b"new"))
    rotation = plan(rotate=["DB_PG_PASSWORD"])
    assert _steps(rotation) == {"DB_PG_PASSWORD": (Action.CONFIRM, 2)}
    assert rotation.pins == {"DB_PG_PASSWORD": 2, "DB_PG_URL": 2}
    secrets_of(fake)["beep-db-pg-password"][1].state = "DISABLED"
    assert _steps(plan(rotate=["DB_PG_PASSWORD"])) == {"DB_PG_PASSWORD": (Action.GENERATE, 3)}


def test_a_rotation_replaces_a_version_that_was_destroyed(plan: PlanFor, fake: FakeGoogle) -> None:
    _filled(fake)
    secrets_of(fake)["beep-alchemy-password"][0].state = "DESTROYED"
    assert [f.variable for f in plan().obstacles] == ["ALCHEMY_PASSWORD"]
    rotation = plan(rotate=["ALCHEMY_PASSWORD"])
    assert _steps(rotation) == {"ALCHEMY_PASSWORD": (Action.GENERATE, 2)}
    assert rotation.obstacles == ()


def test_a_secret_without_any_version_is_filled_by_its_rotation(plan: PlanFor) -> None:
    rotation = plan(rotate=["ALCHEMY_PASSWORD"])
    assert _steps(rotation)["ALCHEMY_PASSWORD"] == (Action.GENERATE, 1)
    assert rotation.pins == {}


@pytest.mark.parametrize(
    ("name", "what", "fix"),
    [
        ("DB_PG_URL", "Terraform writes beep-db-pg-url", "--rotate DB_PG_PASSWORD"),
        (
            "KV_REDIS_PASSWORD",
            "Google chooses it",
            "see docs/runbook.md#rotate-redis-auth-an-outage-of-minutes",
        ),
        ("AWS_ACCESS_KEY_ID", "no such secret", "did you mean CLOUD_AWS_ACCESS_KEY_ID?"),
        ("ALCHEMY_PASWORD", "no such secret", "did you mean ALCHEMY_PASSWORD?"),
    ],
)
def test_what_cannot_be_rotated_is_refused_with_what_can(
    name: str, what: str, fix: str, plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    (obstacle,) = plan(rotate=[name]).obstacles
    assert what in obstacle.what
    assert obstacle.fix == fix


def test_half_a_key_is_not_rotated_alone(plan: PlanFor, fake: FakeGoogle) -> None:
    _filled(fake)
    id_only = given(CLOUD_AWS_ACCESS_KEY_ID="AKIAWXYZ")
    (obstacle,) = plan(id_only, ["CLOUD_AWS_ACCESS_KEY_ID"]).obstacles
    assert obstacle.fix == "--rotate CLOUD_AWS_SECRET_ACCESS_KEY as well"
    both = given(CLOUD_AWS_ACCESS_KEY_ID="AKIAWXYZ", CLOUD_AWS_SECRET_ACCESS_KEY="s9/x+y")
    rotation = plan(both, ["CLOUD_AWS_ACCESS_KEY_ID", "CLOUD_AWS_SECRET_ACCESS_KEY"])
    assert rotation.obstacles == ()
    assert rotation.pins == {"CLOUD_AWS_ACCESS_KEY_ID": 2, "CLOUD_AWS_SECRET_ACCESS_KEY": 2}


def test_numbers_that_a_synthesis_would_refuse_are_refused_before_anything_is_added(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    password = secrets_of(fake)["beep-db-pg-password"]
    password.append(SecretVersion(b"x", "DISABLED"))
    (obstacle,) = plan(rotate=["DB_PG_PASSWORD"]).obstacles
    assert "DB_PG_URL = 2 holds the value of before: DB_PG_PASSWORD = 3" in obstacle.what
    assert "gcloud secrets versions add beep-db-pg-url" in obstacle.fix


def test_a_password_whose_url_is_not_written_yet_is_not_rotated(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    secrets_of(fake)["beep-db-pg-url"].clear()
    (obstacle,) = plan(rotate=["DB_PG_PASSWORD"]).obstacles
    assert obstacle.fix == "apply the stack dev-data first, which writes version 1"


def test_people_are_asked_for_what_is_left_and_only_if_nothing_forbids_to_begin(
    manager: SecretManager, target: Target, dev: Environment
) -> None:
    asked: list[str] = []

    def prompt(uses: list[SecretUse]) -> Candidates:
        asked.extend(use.variable for use in uses)
        return given(OAUTH_PROVIDER_GITHUB_CLIENT_ID="Iv1.0a")

    inventory = take(dev, manager)
    candidates = given(LIVEBLOCKS_SECRET_KEY="sk_dev_9x")
    answered = make(inventory, candidates, (), target, prompt)
    assert _steps(answered)["OAUTH_PROVIDER_GITHUB_CLIENT_ID"] == (Action.ADD, 1)
    assert "LIVEBLOCKS_SECRET_KEY" not in asked
    assert len(asked) == 4
    asked.clear()
    make(inventory, given(LIVEBLOCKS_SECRET_KEY="changeme"), (), target, prompt)
    assert asked == []


def test_a_url_of_a_later_number_than_its_password_is_no_obstacle(
    plan: PlanFor, fake: FakeGoogle, dev: Environment
) -> None:
    _filled(fake)
    secrets_of(fake)["beep-db-pg-url"].append(SecretVersion(b"x"))
    pinned = dev.settings.model_copy(update={"secret_versions": {"DB_PG_URL": 2}})
    rotation = plan(rotate=["DB_PG_PASSWORD"], environment=replace(dev, settings=pinned))
    assert rotation.pins == {"DB_PG_PASSWORD": 2, "DB_PG_URL": 3}
    assert rotation.obstacles == ()


def test_a_rotation_without_a_value_pins_nothing_and_begins_nothing(
    plan: PlanFor, fake: FakeGoogle
) -> None:
    _filled(fake)
    both = ["ALCHEMY_PASSWORD", "LIVEBLOCKS_SECRET_KEY"]
    (obstacle,) = plan(rotate=both).obstacles
    assert obstacle.variable == "LIVEBLOCKS_SECRET_KEY"
    assert "nobody gives the new value" in obstacle.what
    assert plan(given(LIVEBLOCKS_SECRET_KEY="sk_dev_9x"), both).obstacles == ()


def test_half_a_key_that_is_typed_is_not_rotated_alone(
    manager: SecretManager, target: Target, dev: Environment, fake: FakeGoogle
) -> None:
    _filled(fake)
    halves = ["CLOUD_AWS_ACCESS_KEY_ID", "CLOUD_AWS_SECRET_ACCESS_KEY"]
    answered = make(
        take(dev, manager), {}, halves, target, lambda uses: given(CLOUD_AWS_ACCESS_KEY_ID="AKIA")
    )
    assert [f.variable for f in answered.obstacles] == ["CLOUD_AWS_SECRET_ACCESS_KEY"]
