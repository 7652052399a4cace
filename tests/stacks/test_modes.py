"""Every mode is in use, and is left for another by at most three lines of one file."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from constructs_lib.environment.settings import EnvironmentSettings
from tests.support import ENVIRONMENTS, ROOT, Stacks, synthesized_with

CHOICES = {"mode", "engine", "connection", "egress"}
"""Settings that choose how a part is built. Others say how large it is, or whether it is there."""


def _choices(annotation: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if name in CHOICES and get_origin(field.annotation) is Literal:
                yield from ((f"{path}{name}", value) for value in get_args(field.annotation))
            else:
                yield from _choices(field.annotation, f"{path}{name}.")
    for inner in get_args(annotation):
        yield from _choices(inner, path)


def _stated(table: dict[str, Any], path: str) -> str | None:
    for key in path.split("."):
        table = table.get(key, {})
    return str(table) if table else None


def _defaults() -> dict[str, str]:
    return {"postgres.connection": "auth-proxy", "network.egress": "direct"}


UNENCRYPTED = ("postgres.connection", "private-ip")
"""Only for what another file accepts; below, an environment turns to it."""


def test_between_them_the_environments_use_every_mode_but_the_unencrypted() -> None:
    possible = set(_choices(EnvironmentSettings))
    assert len({path for path, _ in possible}) == 7
    used = set()
    for name in ENVIRONMENTS:
        file = tomllib.loads((ROOT / "environments" / f"{name}.toml").read_text("utf-8"))
        for path, _ in possible:
            used.add((path, _stated(file, path) or _defaults().get(path)))
    assert possible - used == {UNENCRYPTED}


@dataclass(frozen=True)
class Turn:
    """One mode left for another: the lines before and after, and the stacks that change."""

    environment: str
    before: str
    after: str
    stacks: str

    def __str__(self) -> str:
        return f"{self.environment} to {self.after.splitlines()[0]}"


GRAFANA_CLOUD = """mode = "grafana_cloud"
otlp_gateway = "https://otlp-gateway.example.net/otlp"
instance_id = 100000
"""
SELF_HOSTED = 'mode = "self_hosted"\nzone = "us-central1-b"\n'
EXTERNAL = 'mode = "external"\notlp_endpoint = "https://otlp.dev.example.com"\n'
MCP_URL = 'mode = "external"\nurl = "https://mcp.staging.example.com"\n'
BALANCED = """mode = "load_balancer"
armor = { waf_enforced_by = 2027-02-01 }
candidate_hosts = { api = "candidate-api.staging.example.com" }
"""
CONNECTOR = 'egress = "connector"\nconnector_cidr = "10.8.0.0/28"\n'

TURNS = (
    Turn("dev", EXTERNAL, GRAFANA_CLOUD, "foundation services monitoring"),
    Turn("dev", EXTERNAL, SELF_HOSTED, "foundation data services monitoring"),
    Turn("staging", SELF_HOSTED, GRAFANA_CLOUD, "foundation data services monitoring"),
    Turn("prod", GRAFANA_CLOUD, SELF_HOSTED, "foundation data services monitoring"),
    Turn("dev", 'mode = "aws_s3"\n', 'mode = "gcs"\n', "foundation data services"),
    Turn("staging", 'mode = "gcs"\n', 'mode = "aws_s3"\n', "foundation data services"),
    Turn("staging", MCP_URL, 'mode = "service"\n', "foundation services monitoring"),
    Turn(
        "dev",
        'mode = "domain_mapping"\n',
        'mode = "load_balancer"\n',
        "foundation services monitoring",
    ),
    Turn("staging", BALANCED, 'mode = "domain_mapping"\n', "foundation services monitoring"),
    Turn("dev", CONNECTOR, 'egress = "direct"\n', "foundation data migrations services"),
    Turn("staging", 'egress = "nat"\n', 'egress = "direct"\n', "foundation migrations services"),
    Turn("prod", "[network]\n", f"[network]\n{CONNECTOR}", "foundation migrations services"),
    Turn(
        "staging",
        'availability_type = "ZONAL"\n',
        'availability_type = "ZONAL"\nconnection = "private-ip"\n',
        "foundation data migrations services",
    ),
)


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_another_mode_is_three_lines_and_changes_only_its_own_stacks(
    turn: Turn, stacks: Stacks, tmp_path: Path
) -> None:
    lines = list(difflib.ndiff(turn.before.splitlines(), turn.after.splitlines()))
    assert max(sum(line.startswith(sign) for line in lines) for sign in "-+") <= 3
    after = synthesized_with(tmp_path, (turn.environment, turn.before, turn.after))
    changed = {name for name in after if after[name] != stacks[name]}
    assert changed == {f"{turn.environment}-{part}" for part in turn.stacks.split()}
