"""How an application's environment comes out of the contract."""

from __future__ import annotations

import pytest

from environments import Environment
from envschema import CONTRACT, Binding, Feature, FromTopology, Literal, Need, Secret, Side, bind


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


def test_all_faults_of_one_application_are_reported_together() -> None:
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
    # They differ in nothing but the application's own host.
    assert web != todox
    renamed = {n: value.replace("app.example.com", "todox.example.com") for n, value in web.items()}
    assert renamed == todox


def test_build_arguments_are_not_set_on_running_containers(prod: Environment) -> None:
    for environment in prod.apps.values():
        assert not [n for n in environment.runtime_values() if n.startswith("NEXT_PUBLIC_")]


def test_the_s3_client_and_the_schema_read_the_same_credentials(prod: Environment) -> None:
    bound = prod.apps["api"].bindings
    assert bound["AWS_ACCESS_KEY_ID"] == bound["CLOUD_AWS_ACCESS_KEY_ID"]
    assert bound["AWS_SECRET_ACCESS_KEY"] == bound["CLOUD_AWS_SECRET_ACCESS_KEY"]
