"""Facts about the provider that the bindings leave out.

``data/facts-<provider version>.json`` holds ``max_items`` above 1, sensitive attributes and schema
versions of the types that it lists. For other types and versions, the names in ``SENSITIVE`` decide
which attributes are sensitive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources

from provider_schema.blocks import Block, Kind

SENSITIVE = frozenset(
    {
        "access_token",
        "auth_string",
        "auth_token",
        "client_key",
        "client_secret",
        "hmac_key",
        "id_token",
        "key_data",
        "oauth2_client_secret",
        "password",
        "password_wo",
        "private_key",
        "private_key_pem",
        "root_password",
        "secret_data",
        "secret_data_wo",
        "secret_key",
        "sensitive_labels",
        "shared_secret",
    }
)


@dataclass(frozen=True)
class Facts:
    """What the bindings leave out, for a kind of type. Paths are dotted."""

    types: frozenset[str]
    sensitive: Mapping[str, list[str]]
    max_items: Mapping[str, Mapping[str, int]]
    version: Mapping[str, int]


def facts(provider_version: str, kind: Kind) -> Facts | None:
    """Return the facts, or ``None`` when there is no data file for this provider version."""
    path = resources.files("provider_schema").joinpath(f"data/facts-{provider_version}.json")
    if kind == "provider" or not path.is_file():
        return None
    data = json.loads(path.read_text())
    return Facts(
        frozenset(data["types"]),
        data["sensitive"].get(kind, {}),
        data["max_items"].get(kind, {}),
        data["version"].get(kind, {}),
    )


def amend(name: str, block: Block, known: Facts | None) -> Block:
    """Return the block with the facts about its type.

    Where there are none, the names in ``SENSITIVE`` decide which attributes are sensitive.
    """
    if known is None or name not in known.types:
        return _amend(block, (), None, {})
    amended = _amend(
        block, (), frozenset(known.sensitive.get(name, ())), known.max_items.get(name, {})
    )
    return replace(amended, version=known.version.get(name, 0))


def _amend(
    block: Block,
    at: tuple[str, ...],
    sensitive: frozenset[str] | None,
    max_items: Mapping[str, int],
) -> Block:
    def is_sensitive(name: str) -> bool:
        if sensitive is None:
            return name in SENSITIVE
        return ".".join((*at, name)) in sensitive

    return Block(
        {n: replace(a, sensitive=is_sensitive(n)) for n, a in block.attributes.items()},
        {
            n: replace(
                b,
                max_items=max_items.get(".".join((*at, n)), b.max_items),
                block=_amend(b.block, (*at, n), sensitive, max_items),
            )
            for n, b in block.blocks.items()
        },
    )
