"""A synthesized stack, in the form that the rules check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from constructs_lib.environment.settings import EnvironmentSettings
from environments import Configuration
from terraform_json import blocks, construct_path, read_stack, resources, stack_files


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: its type, its name, and its arguments as in the JSON."""

    kind: str
    name: str
    arguments: Mapping[str, Any]

    @property
    def address(self) -> str:
        """The address, as Terraform prints it."""
        return f"{self.kind}.{self.name}"

    @property
    def path(self) -> str:
        """The construct path, with the stack first."""
        return construct_path(self.arguments) or self.address

    def get(self, *keys: str) -> Any:
        """Return the value below these keys, or None; of a list of blocks, the first is read."""
        value: Any = self.arguments
        for key in keys:
            if isinstance(value, list):
                value = value[0] if value else None
            value = value.get(key) if isinstance(value, dict) else None
        return value


@dataclass(frozen=True)
class Stack:
    """A stack, and the settings of its environment; ``bootstrap`` has no environment."""

    name: str
    text: Mapping[str, Any]
    settings: EnvironmentSettings | None

    def resources(self, *kinds: str) -> Iterator[Resource]:
        """Yield the resources of these types; without types, all resources."""
        for kind, of_kind in self._by_type.items():
            if not kinds or kind in kinds:
                yield from of_kind

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        # Each of the rules asks for some.
        by_type: dict[str, list[Resource]] = {}
        for kind, name, arguments in resources(self.text):
            by_type.setdefault(kind, []).append(Resource(kind, name, arguments))
        return by_type

    def blocks(self, section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield name and body of each block of a type with one label, such as ``variable``."""
        if section in self.text:
            for (name,), body in blocks(self.text[section], 1):
                yield name, body

    @property
    def is_protected(self) -> bool:
        """Whether the data of this stack is protected from deletion by mistake."""
        return self.settings is None or self.settings.is_protected


def read_stacks(folder: Path, configuration: Configuration) -> tuple[Stack, ...]:
    """Return the stacks that were synthesized into ``folder``, by name.

    Raises SynthesizedError.
    """
    settings = {e.settings.environment: e.settings for e in configuration.environments}
    return tuple(
        Stack(
            name,
            read_stack(path),
            settings.get(environment_of(name)),
        )
        for name, path in stack_files(folder).items()
    )


def by_environment(stacks: Iterable[Stack]) -> tuple[tuple[Stack, ...], ...]:
    """Return the stacks, those of an environment together; ``bootstrap`` is by itself."""
    groups: dict[str, list[Stack]] = {}
    for stack in stacks:
        groups.setdefault(environment_of(stack.name), []).append(stack)
    return tuple(tuple(group) for group in groups.values())


def environment_of(stack: str) -> str:
    """Return the environment of a stack; none for ``bootstrap``."""
    # The name is <environment>-<part>: a part has no hyphen, an environment may have one.
    return stack.rpartition("-")[0]


def texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON document, without the keys."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value
