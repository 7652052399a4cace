"""The arguments of an element, from the structs of the bindings to Terraform's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from . import tables
from .objects import Module, state
from .tree import Resource, Variable
from .values import Json, Later, NotInPythonError, plain, snake_case


class Member(NamedTuple):
    """A member of a struct: its name in Python and in Terraform, and how it is written."""

    name: str
    terraform: str
    kind: str
    struct: str


_members_of: dict[type[Any], list[Member]] = {}


def members(struct: type[Any], arguments: list[tables.Argument]) -> list[Member]:
    """Return the members of a struct of the bindings."""
    if struct not in _members_of:
        in_python = {name: python for python, name in struct.__jsii_name_mapping__.items()}
        _members_of[struct] = [
            Member(in_python[name], terraform, *mapper.partition(" ")[::2])
            for terraform, name, mapper in arguments
        ]
    return _members_of[struct]


def written(members: list[Member], values: Mapping[str, Any], module: Module) -> dict[str, Json]:
    """Return the arguments that are set, as Terraform names and nests them."""
    return {
        member.terraform: _argument(member, values[member.name], module)
        for member in members
        if values.get(member.name) is not None
    }


def _argument(member: Member, value: Any, module: Module) -> Json:
    if member.kind == "value":
        return plain(value, member.terraform)
    if member.kind == "structs" and isinstance(value, (list, tuple)):
        return [_block(member, item, module) for item in value]
    return _block(member, value, module)


def _block(member: Member, value: Any, module: Module) -> Json:
    arguments = module.tables.structs.get(member.struct)
    name = type(value).__name__
    # The function of a struct has its name; another struct is an error, which Node words.
    if arguments is None or f"{name[:1].lower()}{name[1:]}" != member.struct:
        raise NotInPythonError(f"{type(value).__name__} as {member.terraform}")
    return written(members(type(value), arguments), value._values, module)


def meta_arguments(values: Mapping[str, Any]) -> dict[str, Json]:
    """Return the arguments that Terraform has for every resource."""
    arguments: dict[str, Json] = {}
    for key, value in values.items():
        match key:
            case "depends_on":
                arguments[key] = [reference_to(dependency) for dependency in value]
            case "lifecycle":
                arguments[key] = snake_struct(value, key)
            case "provider":
                arguments[key] = state(value).reference
            case _:
                raise NotInPythonError(f"the argument {key}")
    return arguments


def reference_to(value: Any, form: str = "{}") -> Later:
    """Return the address of an element in this form: it is fixed when it is first asked for."""
    element = state(value)
    if not isinstance(element, (Resource, Variable)):
        raise NotInPythonError(f"a dependency on {type(value).__name__}")
    return Later(lambda: form.format(element.reference))


def snake_struct(value: Any, where: str) -> dict[str, Json]:
    """Return a struct of cdktf itself, with the names that Terraform has for its members."""
    names = type(value).__jsii_name_mapping__
    return {
        snake_case(names[key]): [
            snake_struct(item, where) if hasattr(item, "_values") else plain(item, where)
            for item in member
        ]
        if isinstance(member, (list, tuple))
        else plain(member, where)
        for key, member in value._values.items()
    }
