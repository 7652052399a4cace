"""The resources of one project, and what a line of its bill says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cost.table import Price, PriceTable
from policy.stack import Resource, Stack


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource, and the name of its stack."""

    stack: str
    resource: Resource

    def get(self, *keys: str) -> Any:
        """Return the value below these keys, or None."""
        return self.resource.get(*keys)


@dataclass(frozen=True, slots=True)
class Line:
    """What one thing costs in a month."""

    cause: str
    stack: str
    address: str
    what: str
    quantity: float
    price: Price

    @property
    def usd(self) -> float:
        """The cost of a month."""
        return self.quantity * self.price.usd


@dataclass(frozen=True)
class Project:
    """The stacks of one project, and the prices."""

    stacks: tuple[Stack, ...]
    table: PriceTable

    def of(self, kind: str) -> list[Placed]:
        """Return the resources of a type, in all stacks."""
        return [Placed(stack.name, r) for stack in self.stacks for r in stack.resources(kind)]

    @property
    def hours(self) -> float:
        """The hours of a month."""
        return self.table.assumed("hours")

    def line(
        self,
        cause: str,
        placed: Placed,
        what: str,
        quantity: float,
        price_id: str,
        region: str | None = None,
    ) -> Line:
        """Return a line; raises UnpricedError."""
        price = self.table.price(price_id, region)
        return Line(cause, placed.stack, placed.resource.address, what, quantity, price)
