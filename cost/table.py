"""Reads the table of prices, and tells how old it is."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

PRICES = Path(__file__).with_name("prices.toml")
MAX_AGE = timedelta(days=180)
"""After which a row is held against its source again."""


class UnpricedError(Exception):
    """The table does not say what something costs; the text says what, and what to do."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Price(_Row):
    """What one unit costs, where, and how that is known."""

    id: str
    usd: float
    unit: str
    regions: list[str] | None = None
    """Where it holds; everywhere, unless stated."""
    source: str
    read: date
    """When somebody last held the row against its source."""
    evidence: str
    verified: bool = True


class Assumption(_Row):
    """What the stacks do not say, and an estimate needs."""

    id: str
    value: float
    unit: str
    why: str


class _Free(_Row):
    why: str
    types: list[str]


class _File(_Row):
    price: list[Price]
    assumption: list[Assumption]
    free: list[_Free]


@dataclass(frozen=True)
class PriceTable:
    """The prices and assumptions by id, and the types that cost nothing, with the reason."""

    prices: Mapping[str, Price]
    assumptions: Mapping[str, Assumption]
    free: Mapping[str, str]

    def price(self, price_id: str, region: str | None = None) -> Price:
        """Return a price that holds in a region; raises UnpricedError."""
        price = self.prices.get(price_id)
        if price is None:
            raise UnpricedError(f"there is no price of {price_id}; add it to cost/prices.toml")
        if price.regions is not None and region not in price.regions:
            raise UnpricedError(
                f"the price of {price_id} is known in {', '.join(price.regions)}, not in {region}; "
                "add it to cost/prices.toml"
            )
        return price

    def assumed(self, assumption_id: str) -> float:
        """Return the value of an assumption."""
        return self.assumptions[assumption_id].value

    @cached_property
    def read(self) -> date:
        """The day on which the oldest row was held against its source."""
        return min(price.read for price in self.prices.values())

    def warning(self, today: date) -> str | None:
        """Return what to say about rows that nobody looked at for too long, if there are any."""
        old = [price.id for price in self.prices.values() if today - price.read > MAX_AGE]
        if not old:
            return None
        names = ", ".join(old[:3]) + (f" and {len(old) - 3} more" if len(old) > 3 else "")
        return (
            f"cost/prices.toml: {len(old)} of {len(self.prices)} prices were last read more than "
            f"{MAX_AGE.days} days ago ({names}; the oldest on {self.read}). Hold them against "
            "their source, and set read to the day"
        )


def read_table(path: Path = PRICES) -> PriceTable:
    """Return the committed table."""
    file = TypeAdapter(_File).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    return PriceTable(
        prices={price.id: price for price in file.price},
        assumptions={assumption.id: assumption for assumption in file.assumption},
        free={kind: entry.why for entry in file.free for kind in entry.types},
    )
