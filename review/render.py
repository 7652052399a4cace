"""Writes a synthesized stack as HCL: all of its JSON, in the order of its constructs.

Each ``_…_block`` function writes a kind of block of the Terraform language, and raises for
arguments that it does not know: https://developer.hashicorp.com/terraform/language/syntax/json#block-type-specific-exceptions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provider_schema.blocks import Kind
from review import expressions, hcl
from review.errors import ReviewError
from review.hcl import Block, Body, Value, list_value, object_value, scalar
from review.structure import Structure, Structures, from_bindings
from terraform_json import (
    COMMENT_KEY,
    STACK_FILE,
    SynthesizedError,
    blocks,
    construct_path,
    parse_stack,
)

Json = Any
Settings = Mapping[str, Callable[[Json], Value]]


_TYPED: tuple[Kind, ...] = ("resource", "data")
_NAME = re.compile(r"[^\W\d][\w-]*")


class _Number(str):
    """A JSON number as its text, since parsing could change its digits."""


@dataclass(frozen=True, slots=True)
class Source:
    """A stack as JSON. ``file`` is the name of the file, by default that of cdktf."""

    text: str | bytes
    stack: str
    file: str = ""


def render(
    text: str | bytes, *, stack: str, file: str = "", structures: Structures | None = None
) -> str:
    """Return a stack's JSON as HCL; raise ``ReviewError`` if a part has no certain HCL form.

    ``structures`` gives the structure of each type; by default, that of the installed bindings.
    """
    (rendered,) = render_all([Source(text, stack, file)], structures)
    return rendered


def render_all(sources: Sequence[Source], structures: Structures | None = None) -> list[str]:
    """Return each stack as HCL, as ``render`` does; the structures of all are read at once."""
    parsed = [_parsed(source) for source in sources]
    if structures is None:
        resources, data = (set().union(*(_types(p, kind) for p in parsed)) for kind in _TYPED)
        structures = from_bindings(resources, data)
    return [
        _rendered(source, configuration, structures)
        for source, configuration in zip(sources, parsed, strict=True)
    ]


def _parsed(source: Source) -> Mapping[str, Json]:
    file = source.file or STACK_FILE
    try:
        return parse_stack(source.text, source.stack, number=_Number, file=file)
    except SynthesizedError as error:
        raise ReviewError(str(error)) from None


def _rendered(source: Source, configuration: Mapping[str, Json], structures: Structures) -> str:
    try:
        content = list(_blocks(configuration, structures))
    except ReviewError as error:
        raise error.inside(source.stack) from None
    except RecursionError:
        raise ReviewError("an expression is nested too deeply", source.stack) from None
    read = source.file or f"stacks/{source.stack}/{STACK_FILE}"
    return hcl.document(
        f"Stack {source.stack}, for review. Terraform reads {read}, which says the same.", content
    )


def _types(configuration: Mapping[str, Json], section: Kind) -> set[str]:
    return {labels[0] for labels, _ in _labelled(configuration.get(section, []), 2)}


def _blocks(configuration: Mapping[str, Json], structures: Structures) -> Iterator[Block]:
    unknown = configuration.keys() - _SECTIONS.keys() - {COMMENT_KEY, "resource", "data"}
    if unknown:
        raise ReviewError(f"cannot write the section {', '.join(sorted(unknown))}")
    for section in _BEFORE_RESOURCES:
        yield from _section(configuration, section, structures)
    yield from _resources(configuration, structures)
    for section in _AFTER_RESOURCES:
        yield from _section(configuration, section, structures)


def _section(
    configuration: Mapping[str, Json], section: str, structures: Structures
) -> Iterator[Block]:
    label_count, body_of = _SECTIONS[section]
    for labels, content in _labelled(configuration.get(section, []), label_count):
        try:
            yield Block(section, labels, body_of(labels, content, structures))
        except ReviewError as error:
            raise error.inside(".".join((section, *labels))) from None


def _resources(configuration: Mapping[str, Json], structures: Structures) -> Iterator[Block]:
    """Yield resources and data sources by construct path; those without a path come last."""
    ordered: list[tuple[tuple[object, ...], Block]] = []
    kinds: tuple[Kind, ...] = ("resource", "data")
    for kind in kinds:
        for labels, content in _labelled(configuration.get(kind, []), 2):
            path = construct_path(content)
            try:
                body = _resource_body(structures(kind, labels[0]), content)
            except ReviewError as error:
                raise error.inside(".".join(labels)) from None
            order = (path is None, (path or "").split("/"), kind, labels)
            ordered.append((order, Block(kind, labels, body, path)))
    for _, block in sorted(ordered, key=lambda pair: pair[0]):
        yield block


def _labelled(content: Json, count: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Json]]]:
    """Yield labels and body of each block below a block type."""
    try:
        yield from blocks(content, count)
    except SynthesizedError as error:
        raise ReviewError(str(error)) from None


def _objects(content: Json) -> Iterator[Mapping[str, Json]]:
    """Yield the body of each block of a type without labels."""
    for _, body in _labelled(content, 0):
        yield body


# ------------------------------------------------------------------------------------- values


def _value(content: Json, *, literal: bool = False) -> Value:
    """Return a JSON value as an expression."""
    match content:
        case None | True | False:
            return scalar(json.dumps(content))
        case _Number():
            return scalar(content)
        case str():
            lines = expressions.heredoc(content, literal=literal)
            if lines is not None:
                return Value(tuple(lines))
            return scalar(expressions.string(content, literal=literal))
        case list():
            return list_value([_value(item, literal=literal) for item in content])
        case dict():
            return object_value(
                (expressions.key(name, literal=literal), _value(item, literal=literal))
                for name, item in content.items()
            )
    raise AssertionError(f"{content!r} did not come from JSON")


def _literal(content: Json) -> Value:
    """Return a value that Terraform reads without evaluating it."""
    return _value(content, literal=True)


def _bare(content: Json) -> Value:
    """Return a type, which JSON writes as a string."""
    return scalar(expressions.bare(_string(content)))


def _reference(content: Json) -> Value:
    return scalar(expressions.reference(_string(content)))


def _references(content: Json) -> Value:
    if not isinstance(content, list):
        raise ReviewError(f"{json.dumps(content)[:60]} is not a list of references")
    return list_value([_reference(item) for item in content])


def _passed(content: Json) -> Value:
    """Return the provider configurations that a module gets, by their names there."""
    if not isinstance(content, dict):
        raise ReviewError(f"{json.dumps(content)[:60]} is no map of provider configurations")
    return object_value(
        (expressions.reference(name), _reference(item)) for name, item in content.items()
    )


def _ignored(content: Json) -> Value:
    return _reference(content) if content == "all" else _references(content)


def _string(content: Json) -> str:
    if not isinstance(content, str) or isinstance(content, _Number):
        raise ReviewError(f"{json.dumps(content)[:60]} stands where a reference or type belongs")
    return content


# ------------------------------------------------------------------------------------- bodies


def _language_body(
    content: Mapping[str, Json],
    settings: Settings,
    blocks: Mapping[str, Settings] | None = None,
) -> Body:
    """Return the body of a block of the Terraform language itself.

    ``settings`` and ``blocks`` list the arguments and blocks that it may have.
    """
    body = Body()
    blocks = blocks or {}
    for name, item in content.items():
        if name == COMMENT_KEY:
            continue
        if name in blocks:
            body.blocks += [
                Block(name, body=_language_body(element, blocks[name]))
                for element in _objects(item)
            ]
        elif name in settings:
            if not _NAME.fullmatch(name):
                raise ReviewError(f"{name!r} is not the name of an argument")
            target = body.last if name == "depends_on" else body.arguments
            target.append(hcl.Argument(name, settings[name](item)))
        else:
            raise ReviewError(f"cannot write the argument {name}")
    return body


def _provider_body(structure: Structure, content: Mapping[str, Json]) -> Body:
    """Return the body of a block that the provider's schema describes."""
    body = Body()
    for name, item in content.items():
        if name == COMMENT_KEY:
            continue
        nested = structure.blocks.get(name)
        if nested is None and _holds_objects(item):
            nested = structure.either.get(name)
        if nested is not None:
            try:
                body.blocks += [
                    Block(name, body=_provider_body(nested, element)) for element in _objects(item)
                ]
            except ReviewError as error:
                raise error.inside(name) from None
        elif name in structure.arguments or name in structure.either:
            body.add(name, _value(item))
        elif name == "dynamic":
            body.blocks += _dynamic(structure, item)
        else:
            raise ReviewError(f"the provider knows no argument {name}")
    return body


def _holds_objects(item: Json) -> bool:
    return isinstance(item, dict) or (
        isinstance(item, list) and item != [] and all(isinstance(element, dict) for element in item)
    )


def _dynamic(structure: Structure, content: Json) -> Iterator[Block]:
    for labels, dynamic in _labelled(content, 1):
        nested = structure.blocks.get(labels[0]) or structure.either.get(labels[0])
        if nested is None:
            raise ReviewError(f"the provider knows no block {labels[0]} to be dynamic")
        settings = {name: item for name, item in dynamic.items() if name != "content"}
        body = _language_body(settings, {"for_each": _value, "iterator": _reference})
        body.blocks += [
            Block("content", body=_provider_body(nested, element))
            for element in _objects(dynamic.get("content"))
        ]
        yield Block("dynamic", labels, body)


_CONDITION: Settings = {"condition": _value, "error_message": _value}
_META: Settings = {"provider": _reference, "count": _value, "for_each": _value}
_LIFECYCLE: Settings = {
    "create_before_destroy": _literal,
    "prevent_destroy": _literal,
    "ignore_changes": _ignored,
    "replace_triggered_by": _references,
}


def _resource_body(structure: Structure, content: Mapping[str, Json]) -> Body:
    """Return the body of a resource: meta arguments, own arguments, blocks, lifecycle."""
    for name in ("provisioner", "connection"):
        if name in content:
            raise ReviewError(f"cannot write a {name}")
    body = _language_body({name: content[name] for name in _META if name in content}, _META)
    of_language = {*_META, "lifecycle", "depends_on"}
    own = _provider_body(structure, {k: v for k, v in content.items() if k not in of_language})
    body.arguments += own.arguments
    body.blocks += own.blocks
    for element in _objects(content.get("lifecycle")):
        conditions = {"precondition": _CONDITION, "postcondition": _CONDITION}
        body.blocks.append(Block("lifecycle", body=_language_body(element, _LIFECYCLE, conditions)))
    if "depends_on" in content:
        body.last.append(hcl.Argument("depends_on", _references(content["depends_on"])))
    return body


def _terraform_block(_: tuple[str, ...], content: Mapping[str, Json], __: Structures) -> Body:
    body = Body()
    for name, item in content.items():
        if name == "required_version":
            body.add(name, _literal(item))
        elif name == "required_providers":
            for element in _objects(item):
                providers = Body()
                for provider, requirement in element.items():
                    if not isinstance(requirement, str | dict) or not _NAME.fullmatch(provider):
                        raise ReviewError(f"cannot write the requirement {provider}")
                    if "configuration_aliases" in requirement:
                        raise ReviewError(f"cannot write configuration_aliases of {provider}")
                    providers.add(provider, _literal(requirement))
                body.blocks.append(Block(name, body=providers))
        elif name == "backend":
            for labels, settings in _labelled(item, 1):
                body.blocks.append(Block(name, labels, _backend(settings)))
        elif name != COMMENT_KEY:
            raise ReviewError(f"cannot write the setting {name}")
    return body


def _backend(settings: Mapping[str, Json]) -> Body:
    """Return the body of a backend; raise for nested settings, which could be blocks or objects."""
    for name, item in settings.items():
        if isinstance(item, dict | list):
            raise ReviewError(f"cannot write the nested setting {name} of a backend")
    return _language_body(settings, dict.fromkeys(settings, _literal))


def _provider_block(
    labels: tuple[str, ...], content: Mapping[str, Json], structures: Structures
) -> Body:
    meta = {name: content[name] for name in ("alias", "version") if name in content}
    body = _language_body(meta, dict.fromkeys(meta, _literal))
    own = _provider_body(
        structures("provider", labels[0]), {k: v for k, v in content.items() if k not in meta}
    )
    body.arguments += own.arguments
    body.blocks += own.blocks
    return body


def _check_block(_: tuple[str, ...], content: Mapping[str, Json], structures: Structures) -> Body:
    body = Body()
    for labels, source in _labelled(content.get("data", []), 2):
        own = _resource_body(structures("data", labels[0]), source)
        body.blocks.append(Block("data", labels, own))
    rest = {name: item for name, item in content.items() if name != "data"}
    body.blocks += _language_body(rest, {}, {"assert": _CONDITION}).blocks
    return body


def _locals_block(_: tuple[str, ...], content: Mapping[str, Json], __: Structures) -> Body:
    return _language_body(content, dict.fromkeys(content, _value))


_MODULE: Settings = {
    "source": _literal,
    "version": _literal,
    "providers": _passed,
    "depends_on": _references,
}


def _module_block(_: tuple[str, ...], content: Mapping[str, Json], __: Structures) -> Body:
    return _language_body(content, {name: _MODULE.get(name, _value) for name in content})


_BodyFunction = Callable[[tuple[str, ...], Mapping[str, Json], Structures], Body]


def _body_function(settings: Settings, **blocks: Settings) -> _BodyFunction:
    return lambda _, content, __: _language_body(content, settings, blocks)


_VARIABLE: Settings = {
    "type": _bare,
    "default": _literal,
    "description": _literal,
    "sensitive": _literal,
    "nullable": _literal,
    "ephemeral": _literal,
}
_OUTPUT: Settings = {
    "value": _value,
    "description": _literal,
    "sensitive": _literal,
    "ephemeral": _literal,
    "depends_on": _references,
}
_IMPORT: Settings = {
    "to": _reference,
    "id": _value,
    "for_each": _value,
    "provider": _reference,
}
_SECTIONS: Mapping[str, tuple[int, _BodyFunction]] = {
    "terraform": (0, _terraform_block),
    "provider": (1, _provider_block),
    "variable": (1, _body_function(_VARIABLE, validation=_CONDITION)),
    "locals": (0, _locals_block),
    "import": (0, _body_function(_IMPORT)),
    "moved": (0, _body_function({"from": _reference, "to": _reference})),
    "removed": (0, _body_function({"from": _reference}, lifecycle={"destroy": _literal})),
    "check": (1, _check_block),
    "module": (1, _module_block),
    "output": (1, _body_function(_OUTPUT, precondition=_CONDITION)),
}
_BEFORE_RESOURCES = ("terraform", "provider", "variable", "locals")
_AFTER_RESOURCES = tuple(section for section in _SECTIONS if section not in _BEFORE_RESOURCES)
