"""The stacks on one side of a comparison, with references to resources resolved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from policy.stack import Resource, Stack, environment_of
from terraform_json import SynthesizedError, read_stack, stack_files

SHARED = "bootstrap"
REFERENCE = re.compile(r"\$\{((?:google|aws)_\w+)\.([\w-]+)\.([\w.\[\]]+)\}")
_NAMES = (
    "name",
    "secret_id",
    "account_id",
    "role_id",
    "workload_identity_pool_provider_id",
    "workload_identity_pool_id",
    "repository_id",
    "service",
    "display_name",
)
"""Arguments by which people know a resource, the best first."""
_ACCOUNT = re.compile(r"(?:serviceAccount:)?([\w-]+)@[\w-]+\.iam\.gserviceaccount\.com")
EVERYBODY = {"allUsers": "everybody", "allAuthenticatedUsers": "everybody with a Google account"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource of a stack of an environment."""

    environment: str
    stack: str
    resource: Resource

    @property
    def key(self) -> tuple[str, str]:
        """The stack and the address."""
        return self.stack, self.resource.address

    @property
    def name(self) -> str:
        """The name by which people know it."""
        return name_of(self.resource)

    def get(self, dotted: str) -> Any:
        """Return the value at a dotted path; of a list of blocks, the first is read."""
        return self.resource.get(*dotted.split("."))


@dataclass(frozen=True)
class Side:
    """All stacks of a revision, by name."""

    stacks: Mapping[str, Stack]
    _by_kind: dict[str, list[Placed]] = field(default_factory=dict, compare=False)

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str], Placed]:
        """Every resource by its stack and address."""
        return {
            (stack.name, resource.address): Placed(
                environment_of(stack.name) or SHARED, stack.name, resource
            )
            for stack in self.stacks.values()
            for resource in stack.resources()
        }

    def of(self, *kinds: str) -> Iterator[Placed]:
        """Yield the resources of these types."""
        if not self._by_kind:
            for placed in self.by_key.values():
                self._by_kind.setdefault(placed.resource.kind, []).append(placed)
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    @property
    def environments(self) -> tuple[str, ...]:
        """The environments that have stacks, without what they share."""
        return tuple(dict.fromkeys(filter(None, map(environment_of, self.stacks))))

    def without(self, stacks: set[str]) -> Side:
        """Return the side without some stacks."""
        return Side({name: stack for name, stack in self.stacks.items() if name not in stacks})

    def read(self, stack: str, value: object) -> str:
        """Return a value for people: a reference is the name of what it refers to."""

        def name(match: re.Match[str]) -> str:
            placed = self.by_key.get((stack, f"{match[1]}.{match[2]}"))
            return placed.name if placed else match[0]

        return REFERENCE.sub(name, value if isinstance(value, str) else str(value))

    def referred(self, stack: str, value: object) -> Placed | None:
        """Return the resource that the first reference in a value is to."""
        match = REFERENCE.search(str(value))
        return self.by_key.get((stack, f"{match[1]}.{match[2]}")) if match else None

    def member(self, stack: str, value: str) -> str:
        """Return a member of IAM for people: an account is its name."""
        text = self.read(stack, value)
        account = _ACCOUNT.fullmatch(text)
        return account[1] if account else EVERYBODY.get(text, text)

    def resolved(self, stack: str, value: Any) -> Any:
        """Return a value in which references do not depend on addresses, to be compared."""
        if isinstance(value, Mapping):
            return {key: self.resolved(stack, inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.resolved(stack, inner) for inner in value]
        if not isinstance(value, str) or "${" not in value:
            return value

        def configured(match: re.Match[str]) -> str:
            kind, name, attribute = match.groups()
            placed = self.by_key.get((stack, f"{kind}.{name}"))
            if placed is None:
                return match[0]
            literal = placed.resource.arguments.get(attribute)
            if isinstance(literal, str) and "${" not in literal:
                return literal
            return f"<{kind} {placed.name}>.{attribute}"

        return REFERENCE.sub(configured, value)


def name_of(resource: Resource) -> str:
    """Return the name by which people know a resource; without one, its name in Terraform."""
    values = (resource.arguments.get(argument) for argument in _NAMES)
    return next((v for v in values if isinstance(v, str) and "${" not in v), resource.name)


def items(value: Any) -> list[Any]:
    """Return the blocks of an argument, of which Terraform may hold one without a list."""
    return value if isinstance(value, list) else [] if value is None else [value]


def read_side(folder: Path) -> Side:
    """Return the stacks that were synthesized into a folder; raises SynthesizedError."""
    files = stack_files(folder)
    if not files:
        raise SynthesizedError(f"{folder} holds no synthesized stacks")
    return Side({name: Stack(name, read_stack(path), None) for name, path in files.items()})
