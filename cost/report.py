"""An estimate as text for people, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cost.estimate import CURRENCY, Estimate
from cost.project import Line
from cost.table import PriceTable

_CENT = 0.005
"""A smaller difference is none."""
Estimates = Mapping[str, Estimate]


def text(
    now: Estimates, table: PriceTable, today: date, before: tuple[str, Estimates] | None = None
) -> str:
    """Return the report; ``before`` is another revision's name and estimates."""
    blocks = [*_blocks(now, before), _basis(now, table)]
    if warning := table.warning(today):
        blocks.append(f"warning: {warning}.")
    return "\n\n".join(blocks)


def _blocks(now: Estimates, before: tuple[str, Estimates] | None) -> Iterator[str]:
    for name, estimate in now.items():
        old = before[1].get(name) if before else None
        head = f"{name}: {estimate.usd:,.0f} {CURRENCY} a month"
        if estimate.budget is not None:
            head += f", of a budget of {estimate.budget.amount:,.0f} {estimate.budget.currency}"
        if before:
            head += f"; {_compared(estimate.usd, old, before[0])}"
        lines = [head, *_causes(estimate, old)]
        lines += [f"    not priced: {what}" for what in estimate.unpriced]
        if estimate.budget_problem:
            lines.append(f"    the budget is too small: {estimate.budget_problem}")
        yield "\n".join(lines)


def _compared(usd: float, old: Estimate | None, name: str) -> str:
    if old is None:
        return f"it does not exist in {name}"
    change = usd - old.usd
    if abs(change) < _CENT:
        return f"the same as in {name}"
    share = f" ({change / old.usd:+.0%})" if old.usd else ""
    return f"{change:+,.2f} against {name}{share}"


def _causes(estimate: Estimate, old: Estimate | None) -> Iterator[str]:
    """Yield a line for each cause, and with ``old`` what has become of it."""
    was = old.by_cause if old else {}
    for cause in dict.fromkeys((*estimate.by_cause, *was)):
        usd = estimate.by_cause.get(cause, 0)
        change = usd - was.get(cause, 0)
        column = f"{change:>+12,.2f}" if old and abs(change) >= _CENT else ""
        if usd >= _CENT or column:
            yield f"    {cause:<16}{usd:>10,.2f}{column}"


def _basis(now: Estimates, table: PriceTable) -> str:
    """Return what the sums rest on: assumptions, and prices that nothing confirms."""
    lines = [f"list prices of {table.read}, without discounts and taxes; assumed:"]
    lines += [
        f"    {assumption.id} = {assumption.value:g} {assumption.unit}"
        for assumption in table.assumptions.values()
    ]
    doubtful = _unverified(now)
    if doubtful:
        lines.append(f"prices that nothing confirms: {', '.join(doubtful)}")
    return "\n".join(lines)


def _unverified(now: Estimates) -> list[str]:
    used = (line.price for estimate in now.values() for line in estimate.lines)
    return sorted({price.id for price in used if not price.verified})


def as_json(
    now: Estimates, table: PriceTable, today: date, before: tuple[str, Estimates] | None = None
) -> dict[str, Any]:
    """Return the same for a program, with each line and its price."""
    return {
        "currency": CURRENCY,
        "prices_read": table.read.isoformat(),
        "warning": table.warning(today),
        "against": before[0] if before else None,
        "environments": [
            _estimate_as_json(estimate, before[1].get(name) if before else None)
            for name, estimate in now.items()
        ],
        "assumptions": [
            assumption.model_dump(mode="json") for assumption in table.assumptions.values()
        ],
        "prices": {
            line.price.id: line.price.model_dump(mode="json")
            for estimate in now.values()
            for line in estimate.lines
        },
    }


def _estimate_as_json(estimate: Estimate, old: Estimate | None) -> dict[str, Any]:
    return {
        "environment": estimate.environment,
        "usd": round(estimate.usd, 2),
        "before_usd": round(old.usd, 2) if old else None,
        "budget": estimate.budget
        and {"amount": estimate.budget.amount} | {"currency": estimate.budget.currency},
        "budget_problem": estimate.budget_problem,
        "unpriced": list(estimate.unpriced),
        "causes": {cause: round(usd, 2) for cause, usd in estimate.by_cause.items()},
        "before_causes": {c: round(usd, 2) for c, usd in old.by_cause.items()} if old else None,
        "lines": [_line_as_json(line) for line in estimate.lines],
    }


def _line_as_json(line: Line) -> dict[str, Any]:
    return {
        "cause": line.cause,
        "stack": line.stack,
        "address": line.address,
        "what": line.what,
        "quantity": round(line.quantity, 6),
        "price": line.price.id,
        "usd": round(line.usd, 2),
    }
