"""Read the settings' models: each key with its type, what is allowed, its default and description.

Types, limits and defaults are the pydantic models' own. Descriptions are the docstrings under the
fields. What a text may be is taken from the error that its validator raises, so that a page made of
these rows cannot disagree with the error messages.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MinLen
from pydantic import AfterValidator, BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError, PydanticUndefined

Model: TypeAlias = type[BaseModel]

_TYPE_NAMES = {str: "string", int: "integer", float: "float", bool: "boolean", date: "date"}
"""In TOML's words."""
_REFUSED_TEXT = "\n"
"""What no validator of a text accepts."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of a settings file."""

    key: str
    type: str
    allowed: str
    default: str
    description: str


def settings_of(
    model: Model, prefix: str = "", defaults: BaseModel | None = None
) -> Iterator[Setting]:
    """Yield the keys of a table and of the tables inside it.

    ``defaults`` is the value of a table that is left out, where it differs from the model's.
    """
    descriptions = field_docstrings(model)
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        default = field.default if defaults is None else getattr(defaults, name)
        kind, allowed = describe(field.annotation, field.metadata)
        inner = tables_of(field)
        description = descriptions.get(name, "")
        if inner and not description:
            description = summary(inner[0])
        yield Setting(key, kind, allowed, show_default(default), description)
        for table in inner:
            yield from settings_of(
                table,
                f"{key}.*." if kind == "table of tables" else f"{key}.",
                default if isinstance(default, BaseModel) else None,
            )


def show_default(value: object) -> str:
    """Return a default as the file would state it."""
    if value is PydanticUndefined:
        return "required"
    if value is None:
        return "not set"
    if value == {}:
        return "empty"
    return "" if isinstance(value, BaseModel) else f"`{json.dumps(value)}`"


def describe(annotation: Any, metadata: Sequence[Any] = ()) -> tuple[str, str]:
    """Return the type of a value in TOML's words, and what it may be."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return describe(arguments[0], (*metadata, *arguments[1:]))
    if origin in {Union, UnionType}:
        kinds = [argument for argument in arguments if argument is not NoneType]
        return describe(kinds[0], metadata)
    if origin is Literal:
        values = ", ".join(f"`{json.dumps(value)}`" for value in arguments)
        return _TYPE_NAMES[type(arguments[0])], values
    if origin is tuple:
        kind, allowed = describe(arguments[0])
        at_least_one = any(isinstance(constraint, MinLen) for constraint in metadata)
        parts = (allowed, "at least one" if at_least_one else "")
        return f"array of {kind}s", "; ".join(filter(None, parts))
    if origin is Mapping:
        (_, key_allowed), (kind, allowed) = map(describe, arguments)
        parts = (f"names: {key_allowed}" if key_allowed else "", allowed)
        return f"table of {kind}s", "; ".join(filter(None, parts))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "table", ""
    return _TYPE_NAMES[annotation], _escape(_allowed(metadata))


def _allowed(metadata: Sequence[Any]) -> str:
    """Return the limits of a number, or the words with which a text would be refused."""
    limits: dict[str, str] = {}
    for constraint in _flattened(metadata):
        match constraint:
            case AfterValidator(func=validator):
                return _refusal(validator)
            case MinLen():
                return "not empty"
            case Ge(ge=bound):
                limits["from"] = f"{bound} or more"
            case Gt(gt=bound):
                limits["above"] = f"more than {bound}"
            case Le(le=bound):
                limits["to"] = f"{bound} or less"
            case Lt(lt=bound):
                limits["below"] = f"less than {bound}"
    if limits.keys() == {"from", "to"}:
        return f"{limits['from'].split()[0]} to {limits['to'].split()[0]}"
    return ", ".join(limits.values())


def _flattened(metadata: Sequence[Any]) -> Iterator[Any]:
    """Yield the constraints, those inside of ``Field(...)`` too."""
    for constraint in metadata:
        if isinstance(constraint, FieldInfo):
            yield from constraint.metadata
        else:
            yield constraint


def _refusal(validator: Any) -> str:
    try:
        validator(_REFUSED_TEXT)
    except PydanticCustomError as error:
        return str((error.context or {})["allowed"])
    raise AssertionError(f"{validator} accepts any text")


def tables_of(field: FieldInfo) -> list[Model]:
    """Return the tables that a value may be: none, one, or one for each mode."""
    return list(_models(field.annotation))


def _models(annotation: Any) -> Iterator[Model]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    elif get_origin(annotation) is Mapping:
        yield from _models(get_args(annotation)[1])
    elif get_origin(annotation) in {Annotated, Union, UnionType}:
        for argument in get_args(annotation):
            yield from _models(argument)


def modes_of(field: FieldInfo) -> dict[str, Model]:
    """Return the tables of a field by what chooses them, such as ``mode = "external"``."""
    discriminator = field.discriminator or _inner_discriminator(field.annotation)
    modes = {}
    for table in tables_of(field):
        (mode,) = get_args(table.model_fields[str(discriminator)].annotation)
        modes[f'{discriminator} = "{mode}"'] = table
    return modes


def _inner_discriminator(annotation: Any) -> object:
    """Return the discriminator of ``Annotated[A | B, Field(discriminator=...)] | None``."""
    constraints = [
        constraint for argument in get_args(annotation) for constraint in get_args(argument)[1:]
    ]
    (field,) = (each for each in constraints if isinstance(each, FieldInfo))
    return field.discriminator


def field_docstrings(model: Model) -> dict[str, str]:
    """Return the text under each field, of a model and of those that it is derived from."""
    texts: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            texts.update(_docstrings_of_module(cls.__module__).get(cls.__name__, {}))
    return texts


@cache
def _docstrings_of_module(module: str) -> Mapping[str, Mapping[str, str]]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {node.name: dict(_docstrings_of_class(node)) for node in classes}


def _docstrings_of_class(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in zip(node.body, node.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield name, as_markdown(text)


def summary(model: Model) -> str:
    """Return what a table is."""
    return as_markdown(model.__doc__ or "")


def as_markdown(docstring: str) -> str:
    """Return a docstring as one line of Markdown."""
    return _escape(" ".join(docstring.split()).replace("``", "`"))


def _escape(text: str) -> str:
    return text.replace("|", "\\|")
