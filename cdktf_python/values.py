"""Values of arguments, and the tokens that stand for what only Terraform knows."""

from __future__ import annotations

import re
import struct
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .tree import Stack

Json = Any
"""None, bool, int, float, str, or a list or dictionary of these; a string may hold tokens."""


class NotInPythonError(Exception):
    """The app asks for a part of cdktf that is not here."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: only Node synthesizes that (JSII_LAZY=node)")


class CrossStackReferenceError(RuntimeError):
    """A value of one stack is used in another, which would read it as its own."""


class _Token(NamedTuple):
    """A reference to something in a stack, in Terraform's words."""

    identifier: str
    stack: weakref.ref[Stack]
    """Weak, so that an app that is done with can go."""


class Later(NamedTuple):
    """Text that is not known before synthesis."""

    text: Callable[[], str]


_tokens: list[_Token] = []
_NUMBER_MARKER = 0xFDFF << 16
_TEXT = re.compile(r"\$\{TfToken\[TOKEN\.(\d+)\]\}|\$\{|\}")
_LIST = re.compile(r"#\{TfToken\[TOKEN\.(\d+)\]\}")
_NUMBER = re.compile(r"[-|\d|.+]+e[-|\d|.|e|E|+]+")
_MARK = "TfToken["
_NUMBER_END = "e+298"
"""How every number that is a token ends, as Python and JavaScript write it."""


def _register(identifier: str, stack: Stack) -> int:
    _tokens.append(_Token(identifier, weakref.ref(stack)))
    return len(_tokens) - 1


def text_token(identifier: str, stack: Stack) -> str:
    """Return a text that stands for a reference, alone or within another text."""
    return f"${{TfToken[TOKEN.{_register(identifier, stack)}]}}"


def list_token(identifier: str, stack: Stack) -> list[str]:
    """Return a list that stands for a reference."""
    return [f"#{{TfToken[TOKEN.{_register(identifier, stack)}]}}"]


def number_token(identifier: str, stack: Stack) -> float:
    """Return a number that stands for a reference; it would be read back from a text, too."""
    bits: float
    (bits,) = struct.unpack(">d", struct.pack(">II", _NUMBER_MARKER, _register(identifier, stack)))
    return bits


def _number_of(value: float) -> int | None:
    marker, number = struct.unpack(">II", struct.pack(">d", value))
    return int(number) if marker == _NUMBER_MARKER else None


def resolved(value: Json, stack: Stack) -> Json:
    """Return a value with Terraform's references in place of tokens."""
    match value:
        case str():
            return _resolved_text(value, stack)
        case float():
            number = _number_of(value)
            return value if number is None else f"${{{_identifier(number, stack)}}}"
        case list():
            return _resolved_list(value, stack)
        case dict():
            return {_resolved_text(k, stack): resolved(v, stack) for k, v in value.items()}
        case Later():
            return value.text()
    return value


def _resolved_list(items: list[Json], stack: Stack) -> Json:
    for item in items:
        if isinstance(item, str) and (match := _LIST.search(item)) is not None:
            if len(items) != 1 or match[0] != item:
                raise RuntimeError(f"a list that only Terraform knows cannot be a part of {items}")
            return f"${{{_identifier(int(match[1]), stack)}}}"
    return [resolved(item, stack) for item in items]


def _resolved_text(text: str, stack: Stack) -> str:
    if _MARK in text:
        if _LIST.search(text):
            raise RuntimeError(f"a list that only Terraform knows is used as a text: {text}")
        text = _with_references(text, stack)
    if _NUMBER_END in text:
        text = _NUMBER.sub(lambda match: _number_in_text(match[0], stack), text)
    return text


def _with_references(text: str, stack: Stack) -> str:
    """Write the references: within an expression of Terraform without braces of their own."""
    in_expression = False

    def written(match: re.Match[str]) -> str:
        nonlocal in_expression
        if match[1] is None:
            in_expression = match[0] == "${"
            return match[0]
        identifier = _identifier(int(match[1]), stack)
        return identifier if in_expression else f"${{{identifier}}}"

    return _TEXT.sub(written, text)


def _number_in_text(text: str, stack: Stack) -> str:
    try:
        number = _number_of(float(text))
    except ValueError:
        return text
    return text if number is None else f"${{{_identifier(number, stack)}}}"


def _identifier(number: int, stack: Stack) -> str:
    token = _tokens[number]
    origin = token.stack()
    if origin is not stack:
        what = (
            f"{stack.id} refers to {token.identifier} of {origin.id if origin else 'another app'}"
        )
        if stack.stands_alone:
            raise CrossStackReferenceError(
                f"{what}: no value crosses stacks; compute it from the settings in both"
            )
        raise NotInPythonError(what)
    return token.identifier


def plain(value: object, where: str) -> Json:
    """Return a copy of a value that is no struct; raise ``NotInPythonError`` for an object."""
    match value:
        case str() | bool() | int() | float() | None:
            return value
        case list() | tuple():
            return [plain(item, where) for item in value if item is not None]
        case Mapping():
            return {key: plain(item, where) for key, item in value.items() if item is not None}
    raise NotInPythonError(f"{type(value).__name__} as {where}")


def snake_case(name: str) -> str:
    """Return a name of JavaScript as Terraform writes it."""
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def with_snake_keys(value: Json) -> Json:
    """Return a value with keys in snake case at any depth, except in tags and environments."""
    if isinstance(value, list):
        return [with_snake_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        snake_case(key): item if key in ("tags", "environment") else with_snake_keys(item)
        for key, item in value.items()
    }


def merge(target: dict[str, Json], source: Mapping[str, Json]) -> None:
    """Merge into ``target``: dictionaries deeply, lists behind each other; None removes a key."""
    for key, value in source.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            inner = target.get(key)
            if not isinstance(inner, dict):
                target[key] = inner = {}
            merge(inner, value)
        elif isinstance(value, list) and isinstance(target.get(key), list):
            target[key] = [*target[key], *value]
        else:
            target[key] = value
