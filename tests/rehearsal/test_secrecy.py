"""Secrets are found wherever Terraform could leave them, and nowhere else."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from rehearsal.inputs import canary, new_run_id, values
from rehearsal.secrecy import exceptions, search
from rehearsal.values import CLOUD_CANARY

SECRET = canary("password", new_run_id())
CANARIES = {"password": SECRET}


def state(kind: str, attributes: dict[str, Any]) -> str:
    resource = {"type": kind, "name": "it", "instances": [{"attributes": attributes}]}
    return json.dumps({"version": 4, "resources": [resource]})


@pytest.mark.parametrize(
    "text",
    [
        f"a line with {SECRET}",
        *(base64.b64encode(b"u" * n + SECRET.encode() + b"@host").decode() for n in range(3)),
        json.dumps({"outputs": {"url": f"postgresql://app:{SECRET}@db"}}),
    ],
    # The secret differs from one process to the next.
    ids=["text", "base64", "base64 one further", "base64 two further", "JSON"],
)
def test_a_secret_is_found_as_text_in_base64_and_in_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "file").write_text(text)
    assert [f.place for f in search(CANARIES, tmp_path, {}).refused] == ["file"]


def test_a_secret_is_found_inside_a_plan_file(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "plan", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", b"\0\1" + SECRET.encode())
    assert [f.place for f in search(CANARIES, tmp_path, {}).refused] == ["plan!tfplan"]


def test_a_secret_is_found_in_what_terraform_said(tmp_path: Path) -> None:
    (leak,) = search(CANARIES, tmp_path, {"the output of plan": f"oops {SECRET}"}).refused
    assert str(leak) == "password is in the output of plan"


def test_the_message_names_the_resource_and_not_the_value(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(
        state("google_sql_user", {"type": "BUILT_IN", "name": "app", "password": SECRET})
    )
    (leak,) = search(CANARIES, tmp_path, {}).refused
    assert str(leak) == "password is in state, google_sql_user.it password"


def test_the_documented_exception_is_listed_and_refused_elsewhere(tmp_path: Path) -> None:
    secret = f"{CLOUD_CANARY}1"
    (tmp_path / "state").write_text(state("google_redis_instance", {"auth_string": secret}))
    (tmp_path / "other").write_text(state("google_redis_instance", {"display_name": secret}))
    result = search({}, tmp_path, {})
    assert [(f.place, f.attribute) for f in result.allowed] == [("state", "auth_string")]
    assert [(f.place, f.attribute) for f in result.refused] == [("other", "display_name")]


def test_every_exception_has_a_reason() -> None:
    assert list(exceptions()) == ["google_redis_instance.auth_string"]
    assert all(reason.strip() for reason in exceptions().values())


def test_files_without_a_secret_are_accepted(tmp_path: Path) -> None:
    (tmp_path / "state").write_text(state("google_sql_user", {"password_wo": None}))
    assert search(CANARIES, tmp_path, {}).refused == ()


def test_secret_variables_get_canaries_and_images_get_digests() -> None:
    variables = {
        "password": {"type": "string", "ephemeral": True},
        "image_api": {"type": "string"},
        "image_web": {"type": "string", "default": "web:main"},
    }
    inputs = values({"variable": variables}, "run")
    assert inputs["password"] == canary("password", "run")
    assert "@sha256:" in inputs["image_api"]
    assert "image_web" not in inputs
