"""Pydantic's errors in the words of the file: where, which value, what is allowed, the fix."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from problems import Problem, did_you_mean, shown_key

_MODES = ("mode", "engine")
"""The keys that tell the modes of a table apart."""


def problem_of(where: str, model: type[BaseModel], detail: Mapping[str, Any]) -> Problem:
    """Return the problem that one of pydantic's errors describes."""
    location, table = _file_location(model, detail["loc"])
    key = shown_key(location)
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = list(table.model_fields)
            near = did_you_mean(str(location[-1]), known)
            mode = _mode_with(model, detail["loc"])
            instead = f", or set {key.rpartition('.')[0]}.{mode}" if mode else ""
            return Problem(
                where,
                key,
                f"needs {mode}" if mode else "is not a setting",
                f"rename it to {near}" if near else f"remove it{instead}",
                allowed=", ".join(known),
            )
        case "missing":
            return Problem(where, key, "is missing", f"add {location[-1]}")
        case "beep":
            own_key = context["key"]
            return Problem(
                where,
                ".".join(filter(None, (key, own_key))),
                context["what"],
                context["fix"],
                # The input of a table's own error is the whole table.
                value=None if own_key else _shown(detail["input"]),
                allowed=context["allowed"],
            )
        case "literal_error":
            return _not_allowed(where, key, detail["input"], context["expected"])
        case "union_tag_invalid":
            mode = context["discriminator"].strip("'")
            return _not_allowed(where, f"{key}.{mode}", context["tag"], context["expected_tags"])
        case "union_tag_not_found":
            mode = context["discriminator"].strip("'")
            return Problem(where, f"{key}.{mode}", "is missing", f"add {mode}")
        case _:
            message = (detail["msg"][0].lower() + detail["msg"][1:]).removeprefix("input ")
            allowed = _allowed(detail, message.removeprefix("should be "))
            return Problem(
                where,
                key,
                message,
                f"set {key} to {allowed}",
                value=_shown(detail["input"]),
                allowed=allowed,
            )


_ALLOWED = {
    "bool_type": "true or false",
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "float_type": "a number",
    "tuple_type": 'a list in brackets, such as ["..."]',
    "model_type": "a table",
    "dict_type": "a table",
}


def _allowed(detail: Mapping[str, Any], message: str) -> str:
    """Return what pydantic asks for, in words that complete "set KEY to"."""
    if detail["type"] == "too_short":
        least = detail["ctx"]["min_length"]
        return f"a list with {least} {'entry' if least == 1 else 'entries'} or more"
    if message.startswith(("greater than", "less than")):
        return f"a number {message}"
    return _ALLOWED.get(detail["type"], message)


def _not_allowed(where: str, key: str, value: object, expected: str) -> Problem:
    near = did_you_mean(str(value), expected.split("'")[1::2])
    return Problem(
        where,
        key,
        "is not one of the allowed values",
        f'set it to "{near}"' if near else "choose one of them",
        value=_shown(value),
        allowed=expected.replace("'", '"'),
    )


def _file_location(
    model: type[BaseModel], location: tuple[str | int, ...]
) -> tuple[list[str | int], type[BaseModel]]:
    """Return a place as the file spells it, and the table in which it stands.

    Pydantic names the mode of a table with modes as a step of its own; no file does.
    """
    shown: list[str | int] = []
    table: type[BaseModel] = model
    place: Any = model
    for part in location:
        tables = _tables(place)
        if len(tables) > 1:
            place = next(t for t in tables if part == _mode(t)[1])
            continue
        if part == "[key]":
            # Pydantic reports a bad mapping key one level too deep, as "[key]".
            continue
        shown.append(part)
        if tables:
            table = tables[0]
            field = table.model_fields.get(str(part))
            place = field.annotation if field else Any
        else:
            place = get_args(place)[-1] if get_origin(place) is Mapping else Any
    return shown, table


def _mode_with(model: type[BaseModel], location: tuple[str | int, ...]) -> str | None:
    """Return the mode, as the file sets it, under which a table has the key that it refuses."""
    place: Any = model
    for part in location[:-2]:
        table = next(iter(_tables(place)), None)
        field = table.model_fields.get(str(part)) if table else None
        place = field.annotation if field else Any
    tables = _tables(place)
    having = [t for t in tables if location[-1] in t.model_fields]
    if len(tables) < 2 or not having:
        return None
    return '{} = "{}"'.format(*_mode(having[0]))


def _mode(table: type[BaseModel]) -> tuple[str, str]:
    """Return the key that tells the modes of a table apart, and this mode's own value."""
    name = next(name for name in _MODES if name in table.model_fields)
    return name, get_args(table.model_fields[name].annotation)[0]


def _tables(annotation: Any) -> list[type[BaseModel]]:
    """Return the tables that a setting may be: one for each mode."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        return [table for inner in get_args(annotation) for table in _tables(inner)]
    return []


def _shown(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
