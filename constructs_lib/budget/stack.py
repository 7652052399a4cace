"""How the budget is added to its stack."""

from __future__ import annotations

from constructs_lib.budget.budget import Budget, Spend
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.terraform import charge_quota_to


def add_budget(stack: EnvironmentStack) -> None:
    """Add the budget, where the environment has one."""
    settings = stack.environment.settings
    budget = settings.budget
    if budget is None:
        return
    charge_quota_to(stack, settings.project_id)
    Budget(
        stack,
        "budget",
        name=f"{settings.name_prefix} {settings.environment}",
        billing_account=budget.billing_account,
        project_number=settings.project_number,
        spend=Spend(
            amount=budget.amount,
            currency=budget.currency,
            thresholds=budget.thresholds,
            forecast_thresholds=budget.forecast_thresholds,
        ),
        emails=settings.notification_emails,
        user_labels=labels(stack.environment),
    )
