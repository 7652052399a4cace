"""Additions that break off anywhere, and are repeated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials

from envfile import Target
from environments import Environment
from google_api import Google, GoogleError
from secret_manager.client import SecretManager
from secret_manager.given import Candidates
from secret_manager.inventory import take
from secret_manager.plan import make
from secret_manager.sync import Outcome, Result, run
from tests.google_api.fake import (
    Answer,
    FakeGoogle,
    Fault,
    SecretVersion,
    api_disabled,
    denied,
    error,
)
from tests.secret_manager.conftest import DEV, given, only, secrets_of

GENERATED, FIRST, SECOND = (
    "ALCHEMY_PASSWORD",
    "LIVEBLOCKS_SECRET_KEY",
    "OAUTH_PROVIDER_GITHUB_CLIENT_SECRET",
)
KEYS = {FIRST: "sk_dev_9x", SECOND: "0f1e2d3c"}
ANY = "secretmanager"
UNAVAILABLE = error(503, "The service is currently unavailable.")


@dataclass
class Runner:
    """Syncs three secrets of dev: one that is generated, and two that are given."""

    environment: Environment
    target: Target
    candidates: Candidates

    def __call__(self, google: Google, *rotate: str) -> list[Outcome]:
        manager = SecretManager(google, DEV)
        inventory = take(self.environment, manager)
        plan = make(inventory, self.candidates, rotate, self.target, None)
        assert plan.obstacles == ()
        return list(run(plan, manager, pause_seconds=0))


@pytest.fixture
def sync(dev: Environment, target: Target) -> Runner:
    return Runner(only(dev, GENERATED, FIRST, SECOND), target, given(**KEYS))


def _payloads(fake: FakeGoogle) -> dict[str, list[bytes | None]]:
    return {
        secret: [version.payload for version in versions]
        for secret, versions in secrets_of(fake).items()
        if versions
    }


def _assert_whole(fake: FakeGoogle) -> None:
    payloads = _payloads(fake)
    (random,) = payloads.pop("beep-alchemy-password")
    assert random is not None
    assert len(random) == 64
    assert payloads == {
        "beep-liveblocks-secret-key": [KEYS[FIRST].encode()],
        "beep-oauth-provider-github-client-secret": [KEYS[SECOND].encode()],
    }


def test_what_is_missing_is_added_once_and_a_second_run_adds_nothing(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    assert [o.result for o in sync(google)] == [Result.ADDED] * 3
    _assert_whole(fake)
    fake.seen.clear()
    assert sync(google) == []
    assert {seen.method for seen in fake.seen} == {"GET"}


class KilledError(BaseException):
    """The end of the process."""


class Dying(Google):
    """Ends the process at one of its calls, before it is sent or after its answer came."""

    def __init__(self, endpoint: str, at: int, after: bool) -> None:
        super().__init__(
            project="beep-shared-example", credentials=AnonymousCredentials(), endpoint=endpoint
        )
        self._left, self._after = at, after

    def _dying(self, call: Callable[..., dict[str, Any]], *args: Any, **query: Any) -> Any:
        self._left -= 1
        if self._left == -1 and not self._after:
            raise KilledError
        try:
            return call(*args, **query)
        finally:
            if self._left == -1:
                raise KilledError

    def get(self, *args: Any, **query: Any) -> dict[str, Any]:
        return self._dying(super().get, *args, **query)  # type: ignore[no-any-return]

    def change(self, *args: Any) -> dict[str, Any]:
        return self._dying(super().change, *args)  # type: ignore[no-any-return]


CALLS = 9
"""Three lists, and for each secret the number that is looked for and the addition."""


def test_a_run_makes_as_many_calls_as_the_faults_below_are_tried_at(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    sync(google)
    assert len(fake.seen) == CALLS


FAULTS: dict[str, tuple[Answer | None, int, bool]] = {
    "once unavailable, before": (UNAVAILABLE, 1, False),
    "unavailable from here on": (UNAVAILABLE, 1_000, False),
    "once unavailable, after it was done": (UNAVAILABLE, 1, True),
    "unavailable from here on, after it was done": (UNAVAILABLE, 1_000, True),
    "too many requests": (error(429, "Quota exceeded"), 1, False),
    "broken connection, before": (None, 1, False),
    "broken connection, after it was done": (None, 1, True),
    "permission withdrawn": (denied("secretmanager.versions.add"), 1_000, False),
    "API switched off": (api_disabled("secretmanager.googleapis.com", DEV), 1_000, False),
    "aborted": (error(409, "The operation was aborted."), 1, False),
    "internal error after it was done": (error(500, "Internal error"), 1, True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_any_call_leaves_nothing_twice_and_a_repetition_completes_it(
    name: str, sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    answer, times, is_done = FAULTS[name]
    for index in range(CALLS):
        for versions in secrets_of(fake).values():
            versions.clear()
        fake.world.faults = [Fault(ANY, answer, times, skip=index, is_done=is_done)]
        try:
            outcomes = sync(google)
        except GoogleError:
            outcomes = []
        assert all(len(versions) <= 1 for versions in secrets_of(fake).values()), index
        added = [o.step.use.secret_id for o in outcomes if o.result.is_good]
        assert all(len(secrets_of(fake)[secret]) == 1 for secret in added), index
        assert all(o.what and o.fix for o in outcomes if not o.result.is_good)
        fake.world.faults = []
        assert all(o.result.is_good for o in sync(google)), index
        _assert_whole(fake)


@pytest.mark.parametrize("after", [False, True])
def test_a_process_that_dies_at_any_call_leaves_nothing_twice_and_a_repetition_completes_it(
    after: bool, sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    for index in range(CALLS):
        for versions in secrets_of(fake).values():
            versions.clear()
        with pytest.raises(KilledError):
            sync(Dying(fake.endpoint, index, after))
        assert all(o.result.is_good for o in sync(google)), index
        _assert_whole(fake)


def test_one_lost_answer_is_no_failure(sync: Runner, google: Google, fake: FakeGoogle) -> None:
    fake.world.faults = [Fault(":addVersion", UNAVAILABLE, 3, is_done=True)]
    assert [o.result for o in sync(google)] == [Result.ADDED] * 3
    _assert_whole(fake)


def test_a_rotation_whose_answer_was_lost_is_repeated_without_a_third_version(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    sync(google)
    fake.world.faults = [Fault(ANY, UNAVAILABLE, 1_000, skip=4, is_done=True)]
    assert [o.result for o in sync(google, GENERATED)] == [Result.FAILED]
    assert len(secrets_of(fake)["beep-alchemy-password"]) == 2
    fake.world.faults = []
    (again,) = sync(google, GENERATED)
    assert (again.result, again.step.number) == (Result.PRESENT, 2)
    assert len(secrets_of(fake)["beep-alchemy-password"]) == 2


def test_a_list_that_is_behind_adds_nothing_twice(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    sync(google)
    fake.world.fail(r"/versions$", (200, {}))
    assert [o.result for o in sync(google)] == [Result.PRESENT] * 3
    _assert_whole(fake)


def test_where_nobody_may_read_a_lost_answer_is_said_to_be_unconfirmed(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    """Whatever a generated secret holds will do; a key that was given must be that key."""
    fake.world.fail(":access", denied("secretmanager.versions.access"))
    fake.world.faults.append(Fault(":addVersion", UNAVAILABLE, 1_000, is_done=True))
    outcomes = sync(google)
    assert [o.result for o in outcomes] == [Result.ADDED, Result.UNCONFIRMED]
    assert "you may not read whether it holds" in outcomes[1].what
    assert [len(v) for v in secrets_of(fake).values() if v] == [1, 1]


def test_another_value_under_the_number_is_a_conflict_and_ends_the_run(
    sync: Runner, google: Google, fake: FakeGoogle
) -> None:
    secrets_of(fake)["beep-liveblocks-secret-key"].append(SecretVersion(b"of somebody else"))
    fake.world.fail(r"/versions$", (200, {}))
    outcomes = sync(google)
    assert [o.result for o in outcomes] == [Result.ADDED, Result.CONFLICT]
    assert "holds another value" in outcomes[1].what
    assert _payloads(fake)["beep-liveblocks-secret-key"] == [b"of somebody else"]


class Overtaken(Google):
    """Somebody else adds a version after the number was looked for."""

    fake: FakeGoogle

    def change(self, service: str, path: str, body: Any) -> dict[str, Any]:
        if "liveblocks" in path:
            secrets_of(self.fake)["beep-liveblocks-secret-key"].append(SecretVersion(b"theirs"))
        return super().change(service, path, body)


def test_two_runs_at_once_are_noticed_and_the_later_one_stops(
    sync: Runner, fake: FakeGoogle
) -> None:
    google = Overtaken(
        project="beep-shared-example",
        credentials=AnonymousCredentials(),
        endpoint=fake.endpoint,
    )
    google.fake = fake
    outcomes = sync(google)
    assert [o.result for o in outcomes] == [Result.ADDED, Result.CONFLICT]
    assert "this run's is version 2, which nothing reads" in outcomes[1].what
    assert "versions disable 2 --secret=beep-liveblocks-secret-key" in outcomes[1].fix
    assert "beep-oauth-provider-github-client-secret" not in _payloads(fake)


def test_no_outcome_shows_a_value(sync: Runner, google: Google, fake: FakeGoogle) -> None:
    outcomes = sync(google)
    for value in KEYS.values():
        assert value not in repr(outcomes)
