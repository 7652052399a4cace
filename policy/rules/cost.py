"""Rules about what an environment costs."""

from __future__ import annotations

from functools import cache

from cost.estimate import estimates
from cost.table import PriceTable, read_table
from policy.rule import EnvironmentHits, Stacks, environment_rule


@cache
def _table() -> PriceTable:
    return read_table()


@environment_rule(
    title="A budget is larger than what the stacks cost at list prices",
    reason="It would be spent each month, with nothing wrong, and its mails would be read by "
    "nobody.",
    fix="raise budget.amount, or see with beep-infra cost ENV what the money goes to",
)
def budget_covers_estimate(stacks: Stacks) -> EnvironmentHits:
    """Find budgets below the estimate, and those that cannot be compared with it."""
    [estimate] = estimates(stacks, _table()).values()
    if estimate.budget is not None and estimate.budget_problem is not None:
        stack = next(stack for stack in stacks if stack.name == estimate.budget.stack)
        yield stack, estimate.budget.address, estimate.budget_problem


RULES = (budget_covers_estimate,)
