"""Environments differ by their files and by nothing else."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from environments import load
from tests.support import PARTS, ROOT, Stacks, edited, synthesized


def test_prod_and_staging_differ_only_where_their_files_differ(tmp_path: Path) -> None:
    """Staging with the file of production is production under another name."""

    def as_staging(text: str) -> str:
        text = re.sub(r"(?<![a-z])(?<!robot-)prod(?![a-z])", "staging", text)
        text = re.sub(r"example([._-])com", r"example\1net", text)
        # An update of Cloud SQL must reach another environment before production.
        return text.replace("000003", "000002").replace("week5", "stable")

    folder = edited(tmp_path)
    (folder / "staging.toml").write_text(as_staging((folder / "prod.toml").read_text()))
    stacks = synthesized(load(folder), tmp_path / "out")
    for part in PARTS:
        assert (
            json.loads(as_staging(json.dumps(stacks[f"prod-{part}"]))) == stacks[f"staging-{part}"]
        )


def test_no_construct_and_no_stack_knows_the_name_of_an_environment() -> None:
    for folder in ("constructs_lib", "stacks"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant):
                    assert node.value not in {"dev", "staging", "prod"}, f"{path}:{node.lineno}"


def test_everything_carries_the_labels_of_its_environment(stacks: Stacks) -> None:
    for stack in stacks.values():
        ((provider, [arguments]),) = stack["provider"].items()
        labels = (
            arguments["default_labels"]
            if provider == "google"
            else arguments["default_tags"][0]["tags"]
        )
        assert labels["managed-by"] == "terraform"
        assert "team" in labels
