"""Classes for a provider's schema: blocks, their arguments, and the types of the arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Nesting = Literal["list", "set", "single"]
Kind = Literal["resource", "data", "provider"]
# A cty type as Terraform writes it in JSON: "string", ["list", "string"],
# ["set", ["object", {"a": "number"}]].
CtyType = object


class SchemaError(Exception):
    """The bindings are not installed, or have a form that this package cannot read."""


@dataclass(frozen=True)
class Attribute:
    """An argument or attribute.

    ``possible_values`` is the enumeration in its doc comment, empty where there is none.
    """

    type: CtyType
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    possible_values: tuple[str, ...] = ()

    @property
    def computed_only(self) -> bool:
        """Whether the provider computes it and no configuration may set it."""
        return self.computed and not self.optional


@dataclass(frozen=True)
class NestedBlock:
    """A block type inside another block. ``max_items = 0`` means that there is no limit."""

    nesting: Nesting
    min_items: int
    max_items: int
    block: Block


@dataclass(frozen=True)
class Block:
    """The attributes and nested blocks of a block, by name."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, NestedBlock] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, eq=False)
class ProviderSchema:
    """The schema of the provider's own configuration and of the types that were asked for.

    It equals only itself, so that what is made of it can be kept.
    """

    name: str
    """Of the provider, as in ``registry.terraform.io/hashicorp/<name>``."""
    bindings_version: str
    provider_version: str
    provider: Block
    resources: Mapping[str, Block]
    data_sources: Mapping[str, Block]


def implied_type(block: Block) -> CtyType:
    """Return the object type that values of this block have."""
    fields: dict[str, CtyType] = {name: a.type for name, a in block.attributes.items()}
    for name, nested in block.blocks.items():
        inner = implied_type(nested.block)
        fields[name] = inner if nested.nesting == "single" else [nested.nesting, inner]
    return ["object", fields]
