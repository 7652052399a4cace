"""The contract with the applications, and how a service's environment comes out of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from environments import Environment
from envschema import (
    CONTRACT,
    LEGACY_NAMES,
    Binding,
    Feature,
    FromTopology,
    Literal,
    Need,
    Secret,
    Side,
    bind,
    kinds,
)
from envschema.kinds import Kind

SCHEMA = Path(__file__).parent / "data" / "shared-env.tsv"
SCHEMA_READERS = {"api", "web", "todox"}


def _rows() -> list[dict[str, str]]:
    with SCHEMA.open() as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["name"])
def test_a_variable_of_the_schema_is_declared_as_the_schema_has_it(row: dict[str, str]) -> None:
    variable = CONTRACT[row["name"]]
    assert variable.side == row["side"]
    assert variable.secret == (row["secret"] == "yes")
    assert variable.default == (row["default"] or None)
    needs = {
        "required": {Need.REQUIRED},
        "required, may be empty": {Need.MAY_BE_EMPTY},
        "required at build": {Need.REQUIRED},
        "default": {Need.DEFAULT},
        "placeholder": {Need.PLACEHOLDER},
        "optional": {Need.OPTIONAL},
    }
    assert variable.need in needs[row["need"]]


def test_nothing_is_declared_that_neither_schema_nor_library_reads() -> None:
    names = {row["name"] for row in _rows()}
    extra = {name for name, variable in CONTRACT.items() if name not in names}
    assert {CONTRACT[name].side for name in extra} == {Side.RUNTIME}


def test_a_required_server_variable_is_read_wherever_the_schema_is_imported() -> None:
    for variable in CONTRACT.values():
        if variable.side is Side.SERVER and variable.need is Need.REQUIRED:
            assert variable.apps >= SCHEMA_READERS, variable.name


def test_client_variables_are_no_secrets() -> None:
    assert not [n for n, v in CONTRACT.items() if v.side is Side.CLIENT and v.secret]


def test_legacy_names_are_no_names_of_today() -> None:
    assert not LEGACY_NAMES.keys() & CONTRACT.keys()


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            kinds.URL,
            ["https://a.example.com", "http://localhost:4318/x?y=1"],
            [
                "",
                "a.example.com",
                "ftp://a.example.com",
                "https://",
                "https://a:99999",
                " https://a",
                "https://a b",
                "https://a.1",
                "https://1.2.3.256",
                "https://[::g]",
                "https://a|b",
                "https://a\\b",
            ],
        ),
        (
            kinds.PORT,
            ["1", "8080", "65535"],
            ["", "0", "65536", "80a", "-1", "080", "\uff18\uff10"],
        ),
        (kinds.BOOLEAN, ["true", "false"], ["", "TRUE", "1"]),
        (
            kinds.DOMAIN,
            ["example.com", "localhost", "a-b.example.com"],
            ["", "https://example.com", "example.com/", "example.com:80", "-a.com", "a..b"],
        ),
        (kinds.URL_PATH, ["/", "/api/v1/auth"], ["", "api", "/a b", "/a?b"]),
        (kinds.TRIMMED, ["beep"], ["", " beep", "beep "]),
        (
            kinds.OTLP_TRACES,
            ["https://otlp.example.com/v1/traces"],
            ["https://otlp.example.com", "https://otlp.example.com/v1/logs", "/v1/traces"],
        ),
        (
            kinds.AUTH_PROVIDER_NAMES,
            ["github", "github, google"],
            ["", "github,", "microsoft", "GitHub"],
        ),
        (
            kinds.SERVER_LOG_LEVEL,
            ["Error", "error", "ALL", "Off", "warn"],
            ["", "Warning", "None", "verbose"],
        ),
        (kinds.CLIENT_LOG_LEVEL, ["Error", "Warning", "None"], ["", "error", "Warn", "Off"]),
        (kinds.DEPLOYMENT_ENVIRONMENT, ["dev", "prod"], ["", "production", "Prod"]),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_a_kind_accepts_what_the_schema_accepts(
    kind: Kind, good: list[str], bad: list[str]
) -> None:
    assert [text for text in good if not kind.accepts(text)] == []
    assert [text for text in bad if kind.accepts(text)] == []


def test_both_sides_accept_the_levels_that_are_said_to_be_safe() -> None:
    for level in ("All", "Debug", "Error", "Fatal", "Info", "Trace"):
        assert kinds.SERVER_LOG_LEVEL.accepts(level)
        assert kinds.CLIENT_LOG_LEVEL.accepts(level)


@pytest.mark.parametrize("app", ["api", "web", "todox"])
def test_each_required_variable_is_bound_exactly_once(app: str, prod: Environment) -> None:
    bound = prod.apps[app].bindings
    required = {
        name
        for name, variable in CONTRACT.items()
        if app in variable.apps and variable.need in {Need.REQUIRED, Need.MAY_BE_EMPTY}
    }
    assert required <= bound.keys()
    assert list(bound) == sorted(bound)


def test_every_secret_variable_is_bound_to_secret_manager(prod: Environment) -> None:
    for environment in prod.apps.values():
        for name, binding in environment.bindings.items():
            assert CONTRACT[name].secret == isinstance(binding, Secret), name


def test_a_feature_that_is_off_leaves_no_variable_behind(prod: Environment) -> None:
    _, problems = bind(
        "api",
        {"PAYMENT_STRIPE_KEY": Secret("s", 1)},
        features=frozenset(),
        where="f",
        deployed=frozenset({"api"}),
        absent_because={},
    )
    environment, _ = bind(
        "api",
        {"PAYMENT_STRIPE_KEY": Secret("s", 1)},
        features=frozenset({Feature.PAYMENTS}),
        where="f",
        deployed=frozenset({"api"}),
        absent_because={},
    )
    assert "PAYMENT_STRIPE_KEY" in environment.bindings
    assert not [problem for problem in problems if "STRIPE" in problem.key]


def test_a_feature_that_is_on_makes_its_variables_required() -> None:
    _, problems = bind(
        "api",
        {},
        features=frozenset({Feature.PAYMENTS}),
        where="f",
        deployed=frozenset({"api"}),
        absent_because={},
    )
    keys = {problem.key for problem in problems}
    assert "secret_versions.PAYMENT_STRIPE_KEY" in keys
    assert "secret_versions.EMAIL_RESEND_API_KEY" not in keys


def test_all_faults_of_one_application_are_told_together() -> None:
    offered: dict[str, Binding] = {
        "APP_NAME": Literal("", "app_name"),
        "APP_ENV": FromTopology("production", "environment"),
        "BETTER_AUTH_SECRET": Literal("canary", "variables.BETTER_AUTH_SECRET"),
        "APP_DOMAIN": Secret("domain", 1),
    }
    _, problems = bind(
        "api",
        offered,
        features=frozenset(),
        where="f",
        deployed=frozenset({"api"}),
        absent_because={"DB_PG_URL": "enable_postgres is false"},
    )
    text = "\n".join(map(str, problems))
    assert "APP_NAME must not be empty" in text
    assert 'environment = "production"' in text
    assert "BETTER_AUTH_SECRET is a secret and must not stand in a file" in text
    assert "APP_DOMAIN is not a secret" in text
    assert "required by api and nothing provides it: enable_postgres is false" in text
    assert "canary" not in text


def test_the_next_apps_get_their_build_arguments_from_the_same_settings(prod: Environment) -> None:
    web = prod.apps["web"].build_arguments()
    todox = prod.apps["todox"].build_arguments()
    assert set(web) == {n for n, v in CONTRACT.items() if v.side is Side.CLIENT}
    assert web["NEXT_PUBLIC_APP_URL"] == "https://app.example.com"
    assert todox["NEXT_PUBLIC_APP_URL"] == "https://todox.example.com"
    differing = {name for name in web if web[name] != todox[name]}
    assert differing == {"NEXT_PUBLIC_APP_URL", "NEXT_PUBLIC_STATIC_URL"}


def test_build_arguments_are_not_set_on_running_containers(prod: Environment) -> None:
    for environment in prod.apps.values():
        assert not [n for n in environment.runtime_values() if n.startswith("NEXT_PUBLIC_")]


def test_the_s3_client_and_the_schema_read_the_same_credentials(prod: Environment) -> None:
    bound = prod.apps["api"].bindings
    assert bound["AWS_ACCESS_KEY_ID"] == bound["CLOUD_AWS_ACCESS_KEY_ID"]
    assert bound["AWS_SECRET_ACCESS_KEY"] == bound["CLOUD_AWS_SECRET_ACCESS_KEY"]
