"""A monthly budget: mail when the spend of the project reaches a share of it. It stops nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_google.billing_budget import (
    BillingBudget,
    BillingBudgetAllUpdatesRule,
    BillingBudgetAmount,
    BillingBudgetAmountSpecifiedAmount,
    BillingBudgetBudgetFilter,
    BillingBudgetThresholdRules,
)
from constructs import Construct

from constructs_lib.monitoring.channels import email_channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What may be spent in a calendar month, and at which shares of it people are told."""

    amount: int
    """In whole units of the currency."""
    currency: str
    """ISO 4217; must be the currency of the billing account."""
    thresholds: tuple[float, ...]
    """Shares of the amount that were spent; 1 is all of it."""
    forecast_thresholds: tuple[float, ...]
    """Shares that Google expects to be spent by the end of the month."""


class Budget(Construct):
    """A budget on the spend of one project, after credits."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        billing_account: str,
        project_number: int,
        spend: Spend,
        emails: Sequence[str],
        user_labels: Mapping[str, str],
    ) -> None:
        super().__init__(scope, construct_id)
        BillingBudget(
            self,
            "monthly",
            display_name=name,
            billing_account=billing_account,
            amount=BillingBudgetAmount(
                specified_amount=BillingBudgetAmountSpecifiedAmount(
                    currency_code=spend.currency, units=str(spend.amount)
                )
            ),
            budget_filter=BillingBudgetBudgetFilter(
                # The API answers with the number, whatever it was given.
                projects=[f"projects/{project_number}"],
                calendar_period="MONTH",
                credit_types_treatment="INCLUDE_ALL_CREDITS",
            ),
            threshold_rules=[
                *_rules(spend.thresholds, "CURRENT_SPEND"),
                *_rules(spend.forecast_thresholds, "FORECASTED_SPEND"),
            ],
            all_updates_rule=BillingBudgetAllUpdatesRule(
                monitoring_notification_channels=email_channels(
                    self, emails, user_labels=user_labels
                ),
                # Those who pay are told too: the default, stated because it looks like an accident.
                disable_default_iam_recipients=False,
            ),
        )


def _rules(shares: Sequence[float], basis: str) -> list[BillingBudgetThresholdRules]:
    return [
        BillingBudgetThresholdRules(threshold_percent=share, spend_basis=basis) for share in shares
    ]
