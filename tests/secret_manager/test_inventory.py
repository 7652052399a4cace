"""What is there against what is pinned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from environments import Environment
from secret_manager import inventory
from secret_manager.client import SecretManager, State, Version
from secret_manager.inventory import Entry
from tests.google_api.fake import FakeGoogle, SecretVersion
from tests.secret_manager.conftest import DEV, secrets_of, use

E, D, X = State.ENABLED, State.DISABLED, State.DESTROYED


def _entry(environment: Environment, variable: str, pinned: int, *states: State) -> Entry:
    versions = tuple(Version(n, state, "") for n, state in enumerate(states, 1))
    secret = replace(use(environment, variable), version=pinned)
    return Entry(secret, "dev", DEV, versions)


SYNC = "beep-infra secrets sync --env dev"


@pytest.mark.parametrize(
    ("variable", "pinned", "states", "what", "fix"),
    [
        ("ALCHEMY_PASSWORD", 1, [], "has no version 1", SYNC),
        ("LIVEBLOCKS_SECRET_KEY", 2, [E], "has no version 2", SYNC),
        ("DB_PG_URL", 1, [], "has no version 1", "apply the stack dev-data"),
        ("KV_REDIS_URL", 1, [], "has no version 1", "apply the stack dev-data"),
        ("ALCHEMY_PASSWORD", 1, [D], "version 1 is pinned and disabled",
         f"gcloud secrets versions enable 1 --secret=beep-alchemy-password --project={DEV}"),
        ("ALCHEMY_PASSWORD", 1, [X], "version 1 is pinned and destroyed",
         f"{SYNC} --rotate ALCHEMY_PASSWORD, and pin the number that it says"),
        ("ALCHEMY_PASSWORD", 2, [], "version 2 is pinned, and the next one gets the number 1",
         "remove secret_versions.ALCHEMY_PASSWORD from environments/dev.toml"),
        ("ALCHEMY_PASSWORD", 5, [E, E], "version 5 is pinned, and the next one gets the number 3",
         "set secret_versions.ALCHEMY_PASSWORD = 3 in environments/dev.toml"),
        ("DB_PG_URL", 1, [X], "version 1 is pinned and destroyed",
         "set secret_versions.DB_PG_URL = 2 in environments/dev.toml, "
         "and apply the stack dev-data"),
    ],
)  # fmt: skip
def test_what_keeps_a_pinned_version_from_being_read_is_said_with_its_fix(
    variable: str, pinned: int, states: list[State], what: str, fix: str, dev: Environment
) -> None:
    entry = _entry(dev, variable, pinned, *states)
    finding = entry.finding()
    assert finding is not None
    assert finding.what == f"{entry.use.secret_id}: {what}"
    assert finding.fix == fix


def test_a_pinned_version_that_is_enabled_is_enough_whatever_else_is_there(
    dev: Environment,
) -> None:
    for states in ([E], [E, E], [E, D, X]):
        assert _entry(dev, "ALCHEMY_PASSWORD", 1, *states).finding() is None
    assert [v.number for v in _entry(dev, "ALCHEMY_PASSWORD", 2, E, E, D, E).newer] == [4]


def test_a_container_that_is_missing_names_the_stack_that_makes_it(
    dev: Environment, manager: SecretManager, fake: FakeGoogle
) -> None:
    del secrets_of(fake)["beep-alchemy-password"]
    taken = inventory.take(dev, manager)
    (finding,) = [f for f in taken.findings if "alchemy" in f.what]
    assert finding.what == "beep-alchemy-password: is not there"
    assert finding.fix == "apply the stack dev-foundation"


def test_secrets_that_the_environment_does_not_use_are_listed(
    dev: Environment, manager: SecretManager, fake: FakeGoogle
) -> None:
    secrets_of(fake)["beep-oauth-provider-microsoft-client-id"] = [SecretVersion(b"x")]
    secrets_of(fake)["another-product-key"] = []
    assert list(inventory.unused(dev, manager)) == ["beep-oauth-provider-microsoft-client-id"]
