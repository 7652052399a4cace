"""Values that somebody gives: where they come from, and what is refused before it is stored."""

from __future__ import annotations

import pytest

from constructs_lib.environment.source import Origin
from envfile import Target
from environments import Configuration, Environment
from secret_manager.given import (
    MAX_BYTES,
    Given,
    asked,
    faults,
    from_environment,
    from_file,
    merged,
)
from secret_manager.value import Value
from tests.secret_manager.conftest import CANARY, given, use


def _texts(candidates: dict[str, Given]) -> dict[str, bytes]:
    return {name: candidate.value.reveal() for name, candidate in candidates.items()}


def test_a_file_gives_the_secrets_and_nothing_else(dev: Environment) -> None:
    text = "APP_NAME=beep\nLIVEBLOCKS_SECRET_KEY='sk_x'\nAWS_ACCESS_KEY_ID=AKIA\n"
    candidates, findings = from_file(".env", text, dev.secrets)
    assert _texts(candidates) == {
        "LIVEBLOCKS_SECRET_KEY": b"sk_x",
        "CLOUD_AWS_ACCESS_KEY_ID": b"AKIA",
    }
    assert candidates["LIVEBLOCKS_SECRET_KEY"].place == ".env:2"
    assert findings == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"LIVEBLOCKS_SECRET_KEY={CANARY}#x\n", ".env:1: has a # that"),
        (f"A=1\n{CANARY}\n", ".env:2: is no assignment"),
        (f"LIVEBLOCKS_SECRET_KEY=${{NOTHING}}{CANARY}\n", ".env:1: refers to a variable"),
        (f"LIVEBLOCKS_SECRET_KEY=a{CANARY}\nLIVEBLOCKS_SECRET_KEY=b\n", "lines 1, 2 give it"),
        (f"CLOUD_AWS_ACCESS_KEY_ID=a{CANARY}\nAWS_ACCESS_KEY_ID=b\n", "lines 1, 2 give it"),
    ],
)
def test_a_text_that_readers_do_not_agree_on_is_refused_without_quoting_it(
    text: str, says: str, dev: Environment
) -> None:
    _, findings = from_file(".env", text, dev.secrets)
    assert says in findings[0].what
    assert CANARY not in str(findings)


def test_one_value_on_two_lines_is_one_value(dev: Environment) -> None:
    text = "CLOUD_AWS_ACCESS_KEY_ID=AKIA\nAWS_ACCESS_KEY_ID=${CLOUD_AWS_ACCESS_KEY_ID}\n"
    candidates, findings = from_file(".env", text, dev.secrets)
    assert _texts(candidates) == {"CLOUD_AWS_ACCESS_KEY_ID": b"AKIA"}
    assert findings == ()


def test_a_file_and_the_process_must_not_differ(dev: Environment) -> None:
    process = from_environment({"LIVEBLOCKS_SECRET_KEY": CANARY, "PATH": "/bin"}, dev.secrets)
    assert _texts(process) == {"LIVEBLOCKS_SECRET_KEY": CANARY.encode()}
    both, findings = merged(given(LIVEBLOCKS_SECRET_KEY="other"), process)
    assert "different values" in findings[0].what
    assert CANARY not in str(findings) + str(both)
    assert merged(process, process)[1] == ()


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("LIVEBLOCKS_SECRET_KEY", "", "is empty"),
        ("LIVEBLOCKS_SECRET_KEY", f"{CANARY}\n", "line break"),
        ("LIVEBLOCKS_SECRET_KEY", f" {CANARY}", "line break"),
        ("LIVEBLOCKS_SECRET_KEY", "x" * (MAX_BYTES + 1), "more than 65536 bytes"),
        ("LIVEBLOCKS_SECRET_KEY", "PLACE_HOLDER", "placeholder"),
        ("LIVEBLOCKS_SECRET_KEY", "<your-key-here>", "placeholder"),
        ("OAUTH_PROVIDER_GITHUB_CLIENT_SECRET", "changeme", "placeholder"),
        ("BETTER_AUTH_SECRET", "x1y2z3w4", "fewer than 32 characters"),
        ("DB_PG_PASSWORD", "postgres", "is not a password of the database"),
        ("DB_PG_OWNER_PASSWORD", f"{CANARY}/@:", "is not a password of the database"),
        ("DB_PG_PASSWORD", "a" * 24, "fewer than 8 different characters"),
    ],
)
def test_a_value_that_would_not_do_is_refused_without_quoting_it(
    variable: str, text: str, says: str, dev: Environment, target: Target
) -> None:
    secret = use(dev, variable)
    findings = list(faults(secret, Given(Value(text.encode()), ".env:7"), target))
    assert len(findings) == 1
    assert findings[0].what.startswith(".env:7: the value ")
    assert says in findings[0].what
    assert CANARY not in str(findings)
    generates = "or leave it out, and it is generated" in findings[0].fix
    assert generates == (secret.value.origin is Origin.GENERATED)


def test_bytes_that_are_no_text_are_refused(dev: Environment, target: Target) -> None:
    process = from_environment({"LIVEBLOCKS_SECRET_KEY": "k\udcff"}, dev.secrets)
    secret = use(dev, "LIVEBLOCKS_SECRET_KEY")
    (finding,) = faults(secret, process[secret.variable], target)
    assert "is not UTF-8" in finding.what


def test_a_url_of_a_database_elsewhere_must_be_one(
    configuration: Configuration, target: Target, dev: Environment
) -> None:
    secret = use(dev, "DB_PG_URL")
    for text, is_good in (
        ("postgresql://app:k3y-of-9b2@db.example.com:5432/beep", True),
        ("mysql://app:k3y-of-9b2@db.example.com/beep", False),
        ("postgresql://app@db.example.com/beep", False),
    ):
        assert (not [*faults(secret, Given(Value(text.encode()), "x"), target)]) == is_good, text


def test_what_is_generated_passes_every_rule_that_a_given_value_has_to(
    configuration: Configuration, target: Target
) -> None:
    for environment in configuration.environments:
        for secret in environment.secrets:
            if secret.value.origin is Origin.GENERATED:
                assert list(faults(secret, Given(Value.generated(secret.value), "x"), target)) == []


def test_a_prompt_asks_again_until_the_value_is_valid_and_enter_leaves_it_out(
    dev: Environment, target: Target
) -> None:
    typed = iter(["TODO", f" {CANARY}", "sk_prod_9x", ""])
    prompts: list[str] = []
    said: list[str] = []

    def ask(text: str) -> str:
        prompts.append(text)
        return next(typed)

    secrets = [use(dev, "LIVEBLOCKS_SECRET_KEY"), use(dev, "OAUTH_PROVIDER_GITHUB_CLIENT_ID")]
    candidates = asked(secrets, target, ask, said.append)
    assert _texts(candidates) == {"LIVEBLOCKS_SECRET_KEY": b"sk_prod_9x"}
    assert [text.partition(" ")[0] for text in prompts] == [
        *["LIVEBLOCKS_SECRET_KEY"] * 3,
        "OAUTH_PROVIDER_GITHUB_CLIENT_ID",
    ]
    assert "placeholder" in said[0]
    assert "line break" in said[1]
    assert CANARY not in str(said) + str(prompts) + str(candidates)
