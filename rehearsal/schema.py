"""The form of a provider's schema: blocks, their arguments, and the types of these."""

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
    """The bindings are missing, or not of the form this module reads."""


@dataclass(frozen=True)
class Attribute:
    """One argument or attribute; ``possible_values`` is the enumeration of its doc comment."""

    type: CtyType
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    possible_values: tuple[str, ...] = ()

    @property
    def computed_only(self) -> bool:
        """Whether no configuration may set it."""
        return self.computed and not self.optional


@dataclass(frozen=True)
class NestedBlock:
    """A block type; ``max_items`` 0 means without limit."""

    nesting: Nesting
    min_items: int
    max_items: int
    block: Block


@dataclass(frozen=True)
class Block:
    """Attributes and nested blocks, by name."""

    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    blocks: Mapping[str, NestedBlock] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True)
class ProviderSchema:
    """What one run needs of the provider: its own configuration and the types asked for."""

    bindings_version: str
    provider_version: str
    provider: Block
    resources: Mapping[str, Block]
    data_sources: Mapping[str, Block]


def implied_type(block: Block) -> CtyType:
    """The object type of a value of this block."""
    fields: dict[str, CtyType] = {name: a.type for name, a in block.attributes.items()}
    for name, nested in block.blocks.items():
        inner = implied_type(nested.block)
        fields[name] = inner if nested.nesting == "single" else [nested.nesting, inner]
    return ["object", fields]
