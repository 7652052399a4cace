"""Adds up what the stacks of each project cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cost.project import Line, Project
from cost.resources import PRICED
from cost.table import PriceTable, UnpricedError
from policy.stack import Stack, by_environment, environment_of

BUDGET = "google_billing_budget"
CURRENCY = "USD"
SHARED = "bootstrap"
"""What all environments share: a project and a stack of its own."""


@dataclass(frozen=True)
class Budget:
    """What people decided that a month may cost."""

    stack: str
    address: str
    amount: float
    currency: str


@dataclass(frozen=True)
class Estimate:
    """What the stacks of one project cost in a month, as far as the table knows."""

    environment: str
    lines: tuple[Line, ...]
    unpriced: tuple[str, ...]
    """What the table does not price, and what to do about it."""
    budget: Budget | None

    @property
    def usd(self) -> float:
        """The sum."""
        return sum(line.usd for line in self.lines)

    @property
    def usd_at_google(self) -> float:
        """The sum of what is on Google's bill, which alone a budget covers."""
        return sum(line.usd for line in self.lines if line.address.startswith("google_"))

    @property
    def by_cause(self) -> Mapping[str, float]:
        """The sum of each cause, the largest first."""
        sums: dict[str, float] = {}
        for line in self.lines:
            sums[line.cause] = sums.get(line.cause, 0) + line.usd
        return dict(sorted(sums.items(), key=lambda item: (-item[1], item[0])))

    @property
    def budget_problem(self) -> str | None:
        """Why the budget cannot be right, if that is so."""
        if self.budget is None:
            return None
        amount, currency = self.budget.amount, self.budget.currency
        if currency != CURRENCY:
            return f"the budget is in {currency} and the prices are in {CURRENCY}: not compared"
        if self.unpriced:
            return f"what it must cover is not known: {self.unpriced[0]}"
        if amount > self.usd_at_google:
            return None
        largest = ", ".join(f"{cause} {usd:.0f}" for cause, usd in [*self.by_cause.items()][:3])
        return (
            f"{amount:.0f} {currency}, and the stacks cost about {self.usd_at_google:.0f} a month "
            f"({largest})"
        )


def estimates(stacks: Iterable[Stack], table: PriceTable) -> dict[str, Estimate]:
    """Return the estimate of each environment, by name, and of what they share."""
    by_name = {}
    for members in by_environment(stacks):
        name = environment_of(members[0].name) or SHARED
        by_name[name] = estimate(name, members, table)
    return by_name


def estimate(name: str, stacks: tuple[Stack, ...], table: PriceTable) -> Estimate:
    """Return what the stacks of one project cost."""
    project = Project(stacks, table)
    kinds = dict.fromkeys(r.kind for stack in stacks for r in stack.resources())
    lines: list[Line] = []
    unpriced: list[str] = []
    for kind in sorted(kinds):
        if kind in PRICED:
            try:
                lines += PRICED[kind](project)
            except UnpricedError as error:
                unpriced.append(str(error))
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                # Of another form than the constructs write, such as that of an older revision.
                unpriced.append(f"a {kind} cannot be read: {type(error).__name__}: {error}")
        elif kind not in table.free:
            unpriced.append(f"{kind} is neither priced nor free; add it to cost/prices.toml")
    budgets = [
        Budget(
            placed.stack,
            placed.resource.address,
            float(placed.get("amount", "specified_amount", "units")),
            placed.get("amount", "specified_amount", "currency_code"),
        )
        for placed in project.of(BUDGET)
    ]
    return Estimate(name, tuple(lines), tuple(unpriced), next(iter(budgets), None))
