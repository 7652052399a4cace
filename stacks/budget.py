"""What the environment may cost. Apart, because whoever applies it has rights on the payer."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.budget.budget import Budget, Spend
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack, labels
from constructs_lib.terraform import charge_quota_to


class BudgetStack(EnvironmentStack):
    """The budget of an environment; without ``[budget]`` the stack is empty."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "budget", environment)
        settings = environment.settings
        budget = settings.budget
        if budget is None:
            return
        charge_quota_to(self, settings.project_id)
        Budget(
            self,
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
            user_labels=labels(environment),
        )
