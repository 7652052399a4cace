"""What the change makes of a month's cost, by the table of ``cost``."""

from __future__ import annotations

from dataclasses import dataclass

from change.side import Side
from cost.estimate import CURRENCY, estimates
from cost.table import read_table

_CENT = 0.005


@dataclass(frozen=True, slots=True)
class CostChange:
    """The cost of a month of an environment on both sides, in USD."""

    environment: str
    before_usd: float
    after_usd: float
    causes: tuple[tuple[str, float], ...]
    """What differs, the largest first."""
    unpriced: tuple[str, ...]
    """What only the new side has and the table does not price."""

    @property
    def usd(self) -> float:
        """The difference."""
        return self.after_usd - self.before_usd

    @property
    def text(self) -> str:
        """The difference, its share, and what it comes from."""
        share = f" ({self.usd / self.before_usd:+.0%})" if self.before_usd else ""
        causes = ", ".join(f"{cause} {usd:+,.2f}" for cause, usd in self.causes)
        unpriced = "".join(f"; not priced: {what}" for what in self.unpriced)
        reasons = f": {causes}" if causes else ""
        return f"{self.usd:+,.2f} {CURRENCY} a month{share}{reasons}{unpriced}"


def costs(before: Side, after: Side) -> list[CostChange]:
    """Return the environments whose cost differs."""
    table = read_table()
    old, new = (estimates(side.stacks.values(), table) for side in (before, after))
    result = []
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        before_by, after_by = (e.by_cause if e else {} for e in (was, now))
        causes = [
            (cause, after_by.get(cause, 0) - before_by.get(cause, 0))
            for cause in dict.fromkeys((*before_by, *after_by))
        ]
        causes = [(cause, usd) for cause, usd in causes if abs(usd) >= _CENT]
        unpriced = tuple(
            what for what in (now.unpriced if now else ()) if not was or what not in was.unpriced
        )
        if causes or unpriced:
            result.append(
                CostChange(
                    name,
                    was.usd if was else 0,
                    now.usd if now else 0,
                    tuple(sorted(causes, key=lambda item: -abs(item[1]))),
                    unpriced,
                )
            )
    return result
