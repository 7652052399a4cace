"""What an environment may cost: settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from constructs_lib.settings.fields import BillingAccount, Currency
from constructs_lib.settings.model import StrictModel

Share = Annotated[float, Field(gt=0, le=10)]


class BudgetSettings(StrictModel):
    """What the project may cost in a calendar month. People are notified; nothing is stopped."""

    billing_account: BillingAccount
    amount: Annotated[int, Field(ge=1)]
    """In whole units of the currency."""
    currency: Currency = "USD"
    """That of the billing account; Google refuses another."""
    thresholds: Annotated[tuple[Share, ...], Field(min_length=1)] = (0.5, 0.9, 1.0)
    """Shares of the amount that were spent."""
    forecast_thresholds: tuple[Share, ...] = (1.0,)
    """Shares of the amount that Google expects to be spent by the end of the month."""
