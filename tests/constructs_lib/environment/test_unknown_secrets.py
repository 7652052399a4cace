"""A secret that nothing declares is reported where our code names it, not when it is applied."""

from __future__ import annotations

import pytest
from cdktf import App

from constructs_lib.environment import wiring
from constructs_lib.environment.authorities import REDIS_CA
from constructs_lib.environment.source import VariableSource
from constructs_lib.environment.stack import EnvironmentStack
from environments import Configuration
from problems import ConfigurationError


def test_a_reader_of_an_unknown_secret_is_reported_with_the_nearest_name(
    configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = configuration.environment("prod")
    misspelt = VariableSource(secret_readers=lambda _settings, _apps: [("REDIS_SERVR_CA", "api")])
    monkeypatch.setattr(wiring, "SOURCES", (*wiring.SOURCES, misspelt))
    with pytest.raises(ConfigurationError) as error:
        wiring.secrets_in_use(environment.settings, environment.names, environment.apps)
    assert str(error.value) == (
        "constructs_lib: 1 problem\n\n"
        "REDIS_SERVR_CA\n"
        "    api reads this secret, and nothing of this environment declares it\n"
        "    allowed: secret variables of the contract, and own_secrets of a VariableSource\n"
        "    fix: write REDIS_SERVER_CA"
    )


def test_a_stack_refers_only_to_secrets_of_its_environment(configuration: Configuration) -> None:
    stack = EnvironmentStack(App(), "services", configuration.environment("prod"))
    assert stack.secret(REDIS_CA.variable).secret_id == "beep-redis-server-ca"
    with pytest.raises(ConfigurationError, match="a workload of prod-services reads this secret"):
        stack.secret("GRAFANA_ADMIN_PASSWORD")
