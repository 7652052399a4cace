"""Names and what they stand for, found out when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drift.source import Position
from drift.values import Unknown, Value

if TYPE_CHECKING:
    from drift.modules import Module


class Thunk:
    """A declaration whose value is computed once, when it is needed."""

    def __init__(self, position: Position, compute: Callable[[], Value]) -> None:
        self.position = position
        self._compute = compute
        self._value: Value | None = None
        self._is_running = False

    def value(self) -> Value:
        """Return the value; a declaration that needs itself is not understood."""
        if self._value is None:
            if self._is_running:
                return Unknown(self.position, "the declaration needs itself")
            self._is_running = True
            try:
                self._value = self._compute()
            finally:
                self._is_running = False
        return self._value


class Scope:
    """The names of a module, a function or a block."""

    def __init__(self, module: Module, parent: Scope | None = None) -> None:
        self.module = module
        self.parent = parent
        self.names: dict[str, Thunk | Value] = {}

    def find(self, name: str) -> Thunk | Value | None:
        """Return what a name stands for here, or None where nothing declares it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None
