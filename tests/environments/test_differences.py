"""Staging rehearses prod: a difference in mode has a reason, and each reason has a difference."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Literal, get_args, get_origin

from pydantic import BaseModel

from environments import Configuration
from tests.support import ROOT

_REASONS = ROOT / "policy" / "differences.toml"


def _differences(one: BaseModel, other: BaseModel, path: str = "") -> Iterator[str]:
    """Yield where a choice, a switch, or the presence of something differs."""
    for name, field in type(one).model_fields.items():
        values = (getattr(one, name), getattr(other, name))
        place = f"{path}{name}"
        if all(isinstance(value, BaseModel) for value in values):
            if type(values[0]) is type(values[1]):
                yield from _differences(*values, f"{place}.")
            else:
                yield f"{place}.mode"
        elif values[0] != values[1] and (_is_choice(field.annotation) or _is_present_once(values)):
            yield place


def _is_choice(annotation: object) -> bool:
    """Whether the settings name what is allowed: a switch, or some words."""
    if get_origin(annotation) is Literal:
        return isinstance(get_args(annotation)[0], str)
    return annotation is bool or any(map(_is_choice, get_args(annotation)))


def _is_present_once(values: tuple[object, object]) -> bool:
    """Whether only the one has it. A number is a size, which the other leaves to the default."""
    return None in values and not any(isinstance(value, int | float) for value in values)


def test_each_difference_in_mode_between_staging_and_prod_has_a_reason(
    configuration: Configuration,
) -> None:
    settings = {e.settings.environment: e.settings for e in configuration.environments}
    differences = set(_differences(settings["staging"], settings["prod"]))
    entries = tomllib.loads(_REASONS.read_text(encoding="utf-8"))["difference"]
    reasons = {entry["setting"]: entry["reason"] for entry in entries}
    assert len(reasons) == len(entries)
    assert all(reason.strip() for reason in reasons.values())
    assert differences == set(reasons)
