"""Two versions of the applications at once: an environment moves by itself, as a reviewed diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from constructs_lib.environment.environment import Environment
from environments import Configuration, load
from envschema import DEFAULT_VERSION, Version, contract
from tests.support import ENVIRONMENTS, Stacks, edited, read, synthesized

DROPPED = {
    "BETTER_AUTH_SECRET",
    *(f"DB_PG_{part}" for part in ("SSL", "PORT", "USER", "PASSWORD", "HOST", "DATABASE")),
    "KV_REDIS_PORT",
    "KV_REDIS_PASSWORD",
}
ADDED = {"AUTH_SECRET", "NEXT_PUBLIC_APP_CLIENT_URL"}


def _moved(name: str, folder: Path) -> Configuration:
    line = f'app_env = "{name}"'
    return load(edited(folder, (name, line, f'{line}\ncontract = "2026-02"')))


def test_the_later_version_differs_in_what_the_catalogue_says() -> None:
    old, new = contract(Version.V2025_12), contract(Version.V2026_02)
    assert old.keys() - new.keys() == DROPPED
    assert new.keys() - old.keys() == ADDED
    assert new["AUTH_SECRET"].secret
    assert new["AUTH_SECRET"].apps == old["BETTER_AUTH_SECRET"].apps


def test_an_environment_that_pins_nothing_has_the_first_version(prod: Environment) -> None:
    assert prod.settings.version is DEFAULT_VERSION is next(iter(Version))


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_one_line_moves_an_environment(
    name: str, configuration: Configuration, tmp_path: Path
) -> None:
    before = configuration.environment(name)
    after = _moved(name, tmp_path).environment(name)
    differing = {
        variable
        for app, environment in after.apps.items()
        for variable in environment.bindings.keys() ^ before.apps[app].bindings.keys()
    }
    assert differing == DROPPED | ADDED
    for app, environment in after.apps.items():
        kept = environment.bindings.keys() & before.apps[app].bindings.keys()
        assert all(environment.bindings[n] == before.apps[app].bindings[n] for n in kept)


def test_the_auth_secret_keeps_its_value_and_version_under_its_new_name(
    prod: Environment, tmp_path: Path
) -> None:
    moved = _moved("prod", tmp_path).environment("prod")
    secret = moved.apps["api"].secrets["AUTH_SECRET"]
    assert secret == prod.apps["api"].secrets["BETTER_AUTH_SECRET"]
    assert secret.version == 2


def test_no_secret_vanishes_and_who_reads_no_more_is_let_in_no_more(
    prod: Environment, tmp_path: Path
) -> None:
    moved = _moved("prod", tmp_path).environment("prod")
    readers = {secret.variable: secret.readers for secret in moved.secrets}
    assert readers.keys() == {secret.variable for secret in prod.secrets}
    assert readers["KV_REDIS_PASSWORD"] == ()
    assert readers["DB_PG_PASSWORD"] == ("db-bootstrap",)


def test_the_client_is_told_where_the_client_is(tmp_path: Path) -> None:
    moved = _moved("prod", tmp_path).environment("prod")
    for app in ("web", "todox"):
        arguments = moved.apps[app].build_arguments()
        assert arguments["NEXT_PUBLIC_APP_CLIENT_URL"] == "https://app.example.com"


def test_the_stacks_of_the_environments_that_do_not_move_keep_every_byte(
    stacks: Stacks, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    synthesized(_moved("prod", tmp_path), out)
    after = read(out)
    changed = {name for name, stack in after.items() if stack != stacks[name]}
    # Monitoring tells of secrets that are read by others than their readers.
    assert changed == {"prod-foundation", "prod-services", "prod-monitoring"}
    api = str(after["prod-services"]["resource"]["google_cloud_run_v2_service"])
    assert "AUTH_SECRET" in api
    assert "DB_PG_HOST" not in api
    # Where the applications read the URL alone, they need the way to the database all the same.
    before = str(stacks["prod-services"]["resource"]["google_cloud_run_v2_service"])
    assert api.count("'auth-proxy'") == before.count("'auth-proxy'") > 0
