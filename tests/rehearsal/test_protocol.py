"""Generated files are current, and data names its source."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from rehearsal import rules
from tests.rehearsal.faults import FAULTS
from tests.support import ROOT


def test_the_messages_are_those_of_the_description(tmp_path: Path) -> None:
    for form in ("python", "pyi"):
        (tmp_path / form).mkdir()
    description = "rehearsal/proto/tfplugin6.proto"
    subprocess.run(
        [
            *(sys.executable, "-m", "grpc_tools.protoc", "-I.", description),
            *(f"--{form}_out={tmp_path / form}" for form in ("python", "pyi")),
        ],
        cwd=ROOT,
        check=True,
    )
    for generated in tmp_path.glob("*/rehearsal/proto/*"):
        committed = ROOT / "rehearsal" / "proto" / generated.name
        assert committed.read_text() == generated.read_text(), "run make protocol"


def test_every_rule_says_where_it_is_from() -> None:
    for name, type_rules in rules.load("6.50.0").items():
        assert type_rules.source.startswith("https://github.com/"), name
        for argument, rule in type_rules.arguments.items():
            assert not rule or "line" in rule or "from" in rule or "file" in rule, (name, argument)


def test_the_page_lists_every_fault_with_its_phase() -> None:
    page = (ROOT / "docs" / "concepts" / "rehearsal.md").read_text()
    missing = [
        f"| {f.name} | {f.phase} |" for f in FAULTS if f"| {f.name} | {f.phase} |" not in page
    ]
    assert missing == []
