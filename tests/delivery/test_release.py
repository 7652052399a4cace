"""A release file, and what is said of a faulty one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from delivery.release import Migrations, read_release
from delivery.rollout.gate import Limits, Verdict
from delivery.rollout.target import STACKS, target_of
from environments import Configuration, Environment, load
from problems import ConfigurationError
from tests.support import EVERY_ENVIRONMENT, Stacks, edited

DIGEST = "example.com/beep/x@sha256:" + "a" * 64
NEEDED = ("api", "web", "migrations")


def document(**changes: Any) -> dict[str, Any]:
    images = {"api": DIGEST, "migrations": DIGEST, "web": {"prod": DIGEST + "", "staging": DIGEST}}
    whole = {
        "release": "2026-11-26.1",
        "commit": "c" * 40,
        "contract_statements": {},
        "images": images,
    }
    return {**whole, **changes}


def problems(tmp_path: Path, content: object, needed: tuple[str, ...] = NEEDED) -> str:
    file = tmp_path / "release.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ConfigurationError) as error:
        read_release(file, "prod", needed)
    return str(error.value)


def test_an_environment_gets_its_own_image_and_those_that_are_promoted(tmp_path: Path) -> None:
    file = tmp_path / "release.json"
    own = DIGEST.replace("a" * 64, "b" * 64)
    images = {"api": DIGEST, "web": {"prod": own, "staging": DIGEST}}
    file.write_text(json.dumps(document(images=images, migrations="contract")))
    release = read_release(file, "prod", ("api", "web"))
    assert release.images_for("prod") == {"api": DIGEST, "web": own}
    assert release.images_for("dev") == {"api": DIGEST}
    assert release.migrations is Migrations.CONTRACT


def test_a_missing_image_of_others_comes_with_the_command_that_finds_its_digest(
    tmp_path: Path,
) -> None:
    text = problems(tmp_path, document(), (*NEEDED, "auth_proxy"))
    assert "image_auth_proxy; its digest: docker buildx imagetools inspect gcr.io/" in text
    assert text.endswith("--format '{{.Manifest.Digest}}'")


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"images": {"web": {"prod": DIGEST}, "migrations": DIGEST}}, ["images.api", "is missing"]),
        (
            {"images": {"api": DIGEST, "web": {"dev": DIGEST}, "migrations": DIGEST}},
            ["images.web.prod", "prod deploys it"],
        ),
        (
            {"images": {"api": DIGEST, "web": DIGEST, "migrations": DIGEST}},
            ["images.web", "inlines NEXT_PUBLIC_*", '{"prod": "..."}'],
        ),
        (
            {"images": {"api": DIGEST, "web": {"prod": DIGEST}, "migration": DIGEST}},
            ["images.migration", "rename it to migrations"],
        ),
        (
            {"images": {"api": "example.com/api:main"}},
            ["images.api", '"example.com/api:main"', "@sha256: and 64", "registry"],
        ),
        ({"commit": "main"}, ["commit", '"main"']),
        ({"migrations": "drop"}, ["migrations", "expand", "contract"]),
        ({"contract_statements": None}, ["contract_statements", "migrations contract FOLDER"]),
        ({"contract_statements": {"0002.sql": "DROP"}}, ["contract_statements.0002.sql"]),
        ({"relase": "1"}, ["relase", "rename it to release"]),
    ],
)
def test_a_fault_is_named_with_its_place_and_its_fix(
    tmp_path: Path, changes: dict[str, Any], parts: list[str]
) -> None:
    text = problems(tmp_path, document(**changes))
    assert text.startswith("release.json: ")
    assert "fix: " in text
    for part in parts:
        assert part in text


def test_what_is_no_json_is_said_to_be_none(tmp_path: Path) -> None:
    assert "is not JSON" in problems(tmp_path, "release = 1")


def test_production_rolls_out_the_api_first_and_waits_for_a_verdict(prod: Environment) -> None:
    target = target_of(prod)
    assert target.shifts == (5, 25, 50, 100)
    assert (target.timing.hold, target.timing.max_hold) == (300, 1800)
    assert target.services[0].name == "beep-api"
    assert target.migrate_job == "beep-migrate"
    assert target.on_inconclusive == "inconclusive"
    assert target.needs_approval
    by_name = {service.name: service for service in target.services}
    assert by_name["beep-web"].limits.p99_ms == 3000
    assert not by_name["beep-web"].answers_outside
    assert by_name["beep-api"].candidate_host == "candidate-api.example.com"


def test_what_the_file_says_of_a_rollout_is_what_it_does(tmp_path: Path) -> None:
    table = """[rollout]
steps = [20, 100]
on_inconclusive = "rollback"
min_requests = 40
max_error_ratio = 0.02
max_error_factor = 3
max_latency_p99_ms = 7000
max_latency_factor = 4.5
hold_minutes = 2
max_hold_minutes = 12

[variables]"""
    target = target_of(load(edited(tmp_path, ("prod", "[variables]", table))).environment("prod"))
    assert (target.shifts, target.on_inconclusive) == ((20, 100), Verdict.FAIL)
    assert (target.timing.hold, target.timing.max_hold) == (120, 720)
    limits = {service.name: service.limits for service in target.services}
    expected = Limits(
        min_requests=40, error_ratio=0.02, error_factor=3, p99_ms=7000, p99_factor=4.5
    )
    assert limits["beep-web"] == expected


@EVERY_ENVIRONMENT
def test_a_release_must_have_every_image_that_a_stack_asks_for(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    target = target_of(configuration.environment(name))
    asked_for = {
        variable.removeprefix("image_")
        for part in STACKS
        for variable, declaration in stacks[f"{name}-{part}"].get("variable", {}).items()
        if variable.startswith("image_") and "default" not in declaration
    }
    assert {*target.images} == asked_for
