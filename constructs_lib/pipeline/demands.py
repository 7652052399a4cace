"""What Google asks of whoever manages a resource, and what its predefined roles hold.

Both are facts with a date and a source, and both are data: ``demands.toml`` is written by people,
``roles.json`` by ``scripts/role_permissions.py``.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from constructs_lib.settings.model import StrictModel

DEMANDS_FILE = Path(__file__).with_name("demands.toml")
ROLES_FILE = Path(__file__).with_name("roles.json")

Permissions = tuple[str, ...]
BOOTSTRAP = "bootstrap"


class Demand(StrictModel):
    """The permissions that the calls for one type of resource need."""

    source: str
    """The provider's file, below ``google/services/``."""
    parts: Annotated[tuple[str, ...], Field(min_length=1)]
    """The stacks that have the type, without their environment."""
    on: str | None = None
    """Where the permissions are asked for, unless on the project of the stack."""
    read: Permissions = ()
    create: Permissions = ()
    update: Permissions = ()
    delete: Permissions = ()
    content: Permissions = ()
    """What reaches the thing that the resource holds; no refresh of a pull request may need it."""

    @property
    def calls(self) -> Mapping[str, Permissions]:
        """The permissions by call of Terraform."""
        return {
            "read": self.read,
            "create": self.create,
            "update": self.update,
            "delete": self.delete,
        }

    @property
    def every_call(self) -> frozenset[str]:
        """The permissions of all calls together."""
        return frozenset(p for permissions in self.calls.values() for p in permissions)


class Beyond(StrictModel):
    """Permissions that an account of the pipeline holds and that no call demands, and why."""

    role: str
    """A predefined role, or ``deployer``, to whose own role they are added."""
    permissions: Annotated[Permissions, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]


class Demands(StrictModel):
    """All of ``demands.toml``."""

    types: Mapping[str, Demand]
    beyond: tuple[Beyond, ...]
    unlisted: Mapping[str, str]
    """Permissions that no predefined role lists, and the reason to ask for them all the same."""

    def of_parts(self, *parts: str) -> Iterator[Demand]:
        """Yield what is asked for on the project of the stacks of these parts."""
        for demand in self.types.values():
            if demand.on is None and not set(parts).isdisjoint(demand.parts):
                yield demand


class Extract(StrictModel):
    """All of ``roles.json``."""

    source: Mapping[str, str]
    roles: Mapping[str, Permissions]
    listed_in: Mapping[str, str]
    """For each permission of ``demands.toml`` the smallest predefined role that holds it."""


@cache
def demands() -> Demands:
    """Return the table of what each type of resource demands."""
    # Through JSON, because strict mode takes an array for a tuple only from JSON.
    return Demands.model_validate_json(
        json.dumps(tomllib.loads(DEMANDS_FILE.read_text(encoding="utf-8")))
    )


@cache
def roles() -> Extract:
    """Return what the predefined roles in use hold."""
    return Extract.model_validate_json(ROLES_FILE.read_text(encoding="utf-8"))
