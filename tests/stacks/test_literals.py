"""What an environment file says reaches Google as it was typed, wherever it is written."""

from __future__ import annotations

import copy
import json
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.literal import literal
from environments import load
from problems import ConfigurationError
from tests.review.plans import plan
from tests.support import ENVIRONMENTS, ROOT, edited, strings, synthesized, toml

Leaf = tuple[str | int, ...]
CANARY = "canary"
TEMPLATES = f"a ${{{CANARY}}} %{{ if {CANARY} }} 100%{{{CANARY} $${{{CANARY}}} ${{ z"
"""What Terraform would replace, or stop at, in every form at once."""
PIECES = st.sampled_from(
    ["$", "%", "{", "}", "${", "%{", "$$", "%%", "~", "a", '"', "\\", "\n", "é"]
)


def _leaves(value: object, path: Leaf = ()) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    elif isinstance(value, str):
        yield path


def _replaced(document: dict[str, Any], leaf: Leaf, text: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in leaf[:-1]:
        place = place[step]
    place[leaf[-1]] = text
    return changed


def _is_accepted(folder: Path, name: str, document: dict[str, Any]) -> bool:
    (folder / f"{name}.toml").write_text(toml(document), encoding="utf-8")
    try:
        load(folder)
    except ConfigurationError:
        return False
    return True


def _document(name: str) -> dict[str, Any]:
    document = tomllib.loads((ROOT / "environments" / f"{name}.toml").read_text("utf-8"))
    # Free texts that the files leave to their defaults.
    document["app_name"] = "beep"
    document.setdefault("services", {}).setdefault("web", {})["uptime_content"] = "/_next/"
    return document


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_text_that_terraform_would_replace_is_refused_or_reaches_it_escaped(
    name: str, tmp_path: Path
) -> None:
    folder, original = edited(tmp_path), _document(name)
    accepted: list[Leaf] = []
    for leaf in _leaves(original):
        changed = _replaced(original, leaf, TEMPLATES)
        # Most texts have a closed form; those are refused before anything is looked up.
        try:
            EnvironmentSettings.model_validate_json(json.dumps(changed, default=str))
        except ValidationError:
            continue
        if _is_accepted(folder, name, changed):
            accepted.append(leaf)
    assert {("app_name",), ("services", "web", "uptime_content")} < set(accepted)
    assert ("variables", "EMAIL_FROM") in accepted or "EMAIL_FROM" not in original["variables"]
    changed = original
    for leaf in accepted:
        changed = _replaced(changed, leaf, TEMPLATES)
    assert _is_accepted(folder, name, changed)
    texts = [
        text for text in strings(synthesized(load(folder), tmp_path / "out")) if CANARY in text
    ]
    assert len(texts) > len(accepted)
    for text in texts:
        rest = text.replace("$${", "").replace("%%{", "")
        assert f"${{{CANARY}" not in rest, text
        assert f"%{{ if {CANARY}" not in rest, text
        assert f"%{{{CANARY}" not in rest, text


@settings(
    max_examples=3,
    deadline=None,
    database=None,
    derandomize=True,
    # Each example starts Terraform, so that shrinking one would take minutes.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(st.lists(st.lists(PIECES, max_size=8).map("".join), min_size=60, max_size=120))
def test_terraform_reads_an_escaped_text_as_it_was_typed(texts: list[str]) -> None:
    outputs = {f"o{n}": {"value": literal(text)} for n, text in enumerate(texts)}
    with tempfile.TemporaryDirectory() as folder:
        planned = plan(Path(folder, "t"), "main.tf.json", json.dumps({"output": outputs}))
    values = planned["planned_values"]["outputs"]
    assert [values[f"o{n}"]["value"] for n in range(len(texts))] == texts
