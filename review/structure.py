"""Which arguments of a type are blocks.

Terraform JSON does not tell a block from an argument that holds an object; the provider's schema
does. ``provider_schema`` reads it from the installed bindings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from provider_schema.blocks import Block, CtyType, Kind
from provider_schema.store import BETA, GOOGLE, SchemaStore
from review.errors import ReviewError


@dataclass(frozen=True)
class Structure:
    """The structure of a block's body."""

    arguments: frozenset[str] = frozenset()
    blocks: Mapping[str, Structure] = field(default_factory=dict)
    either: Mapping[str, Structure] = field(default_factory=dict)
    """Arguments that are lists of objects: Terraform reads them as blocks if objects are given
    (https://developer.hashicorp.com/terraform/language/attr-as-blocks)."""


Structures = Callable[[Kind, str], Structure]
"""Returns the structure of a type; raises ``ReviewError`` for an unknown type."""


_BUILT_IN: Mapping[tuple[Kind, str], Structure] = {
    ("resource", "terraform_data"): Structure(frozenset({"input", "triggers_replace"})),
    ("data", "terraform_remote_state"): Structure(
        frozenset({"backend", "config", "defaults", "workspace"})
    ),
}


def from_bindings(resources: Iterable[str], data: Iterable[str]) -> Structures:
    """Return the structures of these types, from the schema of the installed bindings."""
    known: dict[tuple[Kind, str], Block] = {}
    for loaded in SchemaStore().load_each(resources, data):
        known["provider", loaded.name] = loaded.provider
        known.update({("resource", name): block for name, block in loaded.resources.items()})
        known.update({("data", name): block for name, block in loaded.data_sources.items()})
    known["provider", BETA] = known["provider", GOOGLE]

    @cache
    def structure(kind: Kind, type_name: str) -> Structure:
        built_in = _BUILT_IN.get((kind, type_name))
        if built_in is not None:
            return built_in
        if (kind, type_name) not in known:
            raise ReviewError(f"the installed bindings know no {kind} {type_name}")
        return _of_block(known[kind, type_name])

    return structure


def _of_block(block: Block) -> Structure:
    either = {
        name: _of_object(fields)
        for name, attribute in block.attributes.items()
        if (fields := _object_fields(attribute.type)) is not None
    }
    return Structure(
        frozenset(block.attributes.keys() - either.keys()),
        {name: _of_block(nested.block) for name, nested in block.blocks.items()},
        either,
    )


def _of_object(fields: Mapping[str, CtyType]) -> Structure:
    either = {
        name: _of_object(inner)
        for name, cty in fields.items()
        if (inner := _object_fields(cty)) is not None
    }
    return Structure(frozenset(fields.keys() - either.keys()), {}, either)


def _object_fields(cty: CtyType) -> Mapping[str, CtyType] | None:
    """Return the fields of a list or set of objects, or None for any other type."""
    match cty:
        case ["list" | "set", ["object", dict(fields)]]:
            return fields
    return None
