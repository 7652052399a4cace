"""The construct tree and cdktf's elements in it, each with its part of the Terraform JSON."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .values import Json, merge, with_snake_keys

Fragment = dict[str, Json]
_SEPARATORS = re.compile(r"[/\n]")


class Construct:
    """A node of the tree. ``host`` is the object of the bindings that it stands for."""

    kind = "Construct"

    def __init__(self, host: object, scope: Construct | None, construct_id: str) -> None:
        self.host = host
        self.scope = scope
        self.id = _SEPARATORS.sub("--", construct_id)
        self.children: dict[str, Construct] = {}
        self.context: dict[str, Json] = {}
        self.path = self.id
        if scope is None:
            return
        if not self.id:
            raise RuntimeError("Only root constructs may have an empty ID")
        if self.id in scope.children:
            place = f"{scope.kind} [{scope.id}]" if scope.id else scope.kind
            raise RuntimeError(f"There is already a Construct with name '{self.id}' in {place}")
        scope.children[self.id] = self
        if scope.path:
            self.path = f"{scope.path}/{self.id}"

    def scopes(self) -> Iterator[Construct]:
        """Yield this construct and those around it, the root last."""
        current: Construct | None = self
        while current is not None:
            yield current
            current = current.scope

    def all(self) -> Iterator[Construct]:
        """Yield this construct and all below it, in the order in which they were made."""
        yield self
        for child in self.children.values():
            yield from child.all()

    @property
    def stack(self) -> Stack:
        """The stack around this construct."""
        for scope in self.scopes():
            if isinstance(scope, Stack):
                return scope
        raise RuntimeError(f"No stack could be identified for the construct at path '{self.path}'")

    def set_context(self, key: str, value: Json) -> None:
        """Set a value that this construct and those below it read."""
        if self.children:
            names = ",".join(self.children)
            raise RuntimeError(f"Cannot set context after children have been added: {names}")
        self.context[key] = value

    def get_context(self, key: str) -> Json:
        """Return a value of this construct or of one around it; None where there is none."""
        return next((s.context[key] for s in self.scopes() if key in s.context), None)


class Stack(Construct):
    """A Terraform root module. ``allocate`` gives the address of an element."""

    kind = "TerraformStack"

    def __init__(
        self, host: object, scope: Construct, name: str, allocate: Callable[[Element], str]
    ) -> None:
        super().__init__(host, scope, name)
        character = next((c for c in "*?[]{}!" if c in name), None)
        if character is not None:
            raise RuntimeError(
                f'Cannot create Terraform stack with id "{name}". It contains an invalid glob '
                f'character: "{character}".'
            )
        if re.search(r"\s", name):
            raise RuntimeError(
                f'Cannot create TerraformStack with id "{name}". It contains a whitespace '
                "character."
            )
        self.allocate = allocate
        self.overrides: dict[str, Json] = {}
        self.dependencies: list[Stack] = []

    @property
    def stands_alone(self) -> bool:
        """Whether it says that no value comes from another stack."""
        return self.get_context("jsii_lazy/stand-alone") is True

    def depends_on(self, other: Stack) -> bool:
        """Return whether ``other`` is deployed first."""
        return other in self.dependencies or any(d.depends_on(other) for d in self.dependencies)

    def add_dependency(self, other: Stack) -> None:
        """Have ``other`` deployed first."""
        if other.depends_on(self):
            raise RuntimeError(
                f"Cannot add dependency {other.path} to {self.path}, because it would cause a "
                "circular dependency."
            )
        if other not in self.dependencies:
            self.dependencies.append(other)

    def elements(self) -> list[Element]:
        """Return what is written into the JSON, in the order in which it was made."""
        return [construct for construct in self.all() if isinstance(construct, Element)]


class Element(Construct, ABC):
    """A construct that is a part of the Terraform JSON."""

    def __init__(self, host: object, scope: Construct, element_id: str) -> None:
        super().__init__(host, scope, element_id)
        self.overrides: dict[str, Json] = {}
        self._address: str | None = None

    @property
    def address(self) -> str:
        """The last part of its Terraform address; from the first time on, it is fixed."""
        if self._address is None:
            self._address = self.stack.allocate(self)
        return self._address

    @abstractmethod
    def fragment(self) -> Fragment:
        """Return its part of the JSON, with tokens."""

    def notes(self) -> Fragment:
        """Return its part of the metadata of the stack."""
        return {}

    def _overridden(self, key: str) -> Fragment:
        return {"overrides": {key: list(self.overrides)}} if self.overrides else {}


class Backend(Element):
    """Where the state is kept."""

    kind = "GcsBackend"

    def __init__(self, host: object, scope: Construct, name: str, arguments: Fragment) -> None:
        super().__init__(host, scope, "backend")
        self.name = name
        self.arguments = arguments

    def fragment(self) -> Fragment:
        """Return the backend block."""
        return {"terraform": {"backend": {self.name: _merged(self.arguments, self.overrides)}}}

    def notes(self) -> Fragment:
        """Return the backend's name, and what was overridden."""
        return {"backend": self.name, **self._overridden("backend")}


class Provider(Element):
    """A provider and its configuration."""

    kind = "TerraformProvider"

    def __init__(
        self,
        host: object,
        scope: Construct,
        element_id: str,
        about: Mapping[str, Any],
        arguments: Fragment,
    ) -> None:
        super().__init__(host, scope, element_id)
        self.about = about
        self.arguments = arguments

    @property
    def reference(self) -> str:
        """How a resource names it."""
        alias = self.arguments.get("alias")
        return f"{self.about['type']}.{alias}" if alias else str(self.about["type"])

    def fragment(self) -> Fragment:
        """Return the provider block, and its source and version."""
        name = self.about["type"]
        required = {"version": self.about["version"], "source": self.about["source"]}
        return {
            "terraform": {"required_providers": {name: required}},
            "provider": {name: [_merged(with_snake_keys(self.arguments), self.overrides)]},
        }

    def notes(self) -> Fragment:
        """Return what was overridden."""
        return self._overridden(self.about["type"])


class Resource(Element):
    """A resource or a data source. ``meta`` holds lifecycle, dependencies and provider."""

    def __init__(
        self,
        host: object,
        scope: Construct,
        element_id: str,
        about: Mapping[str, Any],
        arguments: Fragment,
        meta: Fragment,
    ) -> None:
        super().__init__(host, scope, element_id)
        self.about = about
        self.arguments = arguments
        self.meta = meta
        self.kind = type(host).__name__
        self.is_data = about["base"] == "TerraformDataSource"

    @property
    def reference(self) -> str:
        """Its Terraform address."""
        prefix = "data." if self.is_data else ""
        return f"{prefix}{self.about['type']}.{self.address}"

    def fragment(self) -> Fragment:
        """Return its block."""
        attributes = _merged(self.arguments, self.meta, self.overrides)
        about = {"metadata": {"path": self.path, "uniqueId": self.address}}
        attributes["//"] = about if self.is_data else {**attributes.get("//", {}), **about}
        block = {self.about["type"]: {self.address: attributes}}
        return {"data" if self.is_data else "resource": block}

    def notes(self) -> Fragment:
        """Return what was overridden."""
        return self._overridden(self.about["type"])


class Variable(Element):
    """An input variable."""

    kind = "TerraformVariable"

    def __init__(
        self, host: object, scope: Construct, element_id: str, arguments: Fragment
    ) -> None:
        super().__init__(host, scope, element_id)
        self.arguments = arguments
        self.validations: list[Fragment] = []

    @property
    def reference(self) -> str:
        """How an expression names it."""
        return f"var.{self.address}"

    def fragment(self) -> Fragment:
        """Return its block."""
        attributes = with_snake_keys(self.arguments)
        if self.validations:
            attributes["validation"] = self.validations
        return {"variable": {self.address: _merged(attributes, self.overrides)}}


class Output(Element):
    """An output of the stack."""

    kind = "TerraformOutput"

    def __init__(
        self, host: object, scope: Construct, element_id: str, arguments: Fragment
    ) -> None:
        super().__init__(host, scope, element_id)
        self.arguments = arguments

    def fragment(self) -> Fragment:
        """Return its block."""
        return {"output": {self.address: _merged(self.arguments, self.overrides)}}

    def notes(self) -> Fragment:
        """Return what was overridden."""
        return self._overridden("output")

    def place(self) -> Fragment:
        """Return its address at its path in the tree."""
        place: Any = self.address
        for part in reversed(self.path.split("/")):
            place = {part: place}
        assert isinstance(place, dict)
        return place


def override(overrides: Fragment, path: str, value: Json) -> None:
    """Set what is written at a path whose parts have dots between them."""
    *parts, last = path.split(".")
    for part in parts:
        if not isinstance(overrides.get(part), dict):
            overrides[part] = {}
        overrides = overrides[part]
    overrides[last] = value


def _merged(arguments: Fragment, *others: Fragment) -> Fragment:
    merged: Fragment = {}
    for source in (arguments, *others):
        merge(merged, source)
    return merged
