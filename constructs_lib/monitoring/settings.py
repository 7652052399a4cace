"""The part of an environment file that says what is promised and what may be spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from constructs_lib.settings.fields import BillingAccount, Currency

Goal = Annotated[float, Field(ge=0.9, le=0.9999)]
"""A share of all requests. The provider takes no more than 0.9999."""
Milliseconds = Annotated[int, Field(ge=10, le=60000)]
Share = Annotated[float, Field(gt=0, le=10)]


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ServiceSlo(_Settings):
    """What one service promises differently from ``[slo]``."""

    availability_goal: Goal | None = None
    latency_goal: Goal | None = None
    latency_ms: Milliseconds | None = None


@dataclass(frozen=True, slots=True)
class Goals:
    """What one service promises, with nothing left open."""

    availability: float
    latency: float
    latency_ms: int


class Slo(_Settings):
    """What every service promises; without this table, nothing is promised."""

    availability_goal: Goal = 0.995
    """Of the requests that are answered, the share that is not answered with 5xx."""
    latency_goal: Goal = 0.95
    """Of the requests that are answered with 2xx, the share that takes ``latency_ms`` at most."""
    latency_ms: Milliseconds = 1000
    rolling_days: Annotated[int, Field(ge=7, le=30)] = 30
    minimum_requests: Annotated[int, Field(ge=1, le=100000)] = 100
    """In the long window of an alert; with fewer, nobody is told. Probes count."""
    api: ServiceSlo = ServiceSlo()
    web: ServiceSlo = ServiceSlo()
    todox: ServiceSlo = ServiceSlo()
    marketing: ServiceSlo = ServiceSlo()

    @property
    def fast_burn_rate(self) -> float:
        """How many times faster than allowed uses up 2 % of the budget within an hour."""
        return round(0.02 * self.rolling_days * 24, 2)

    @property
    def slow_burn_rate(self) -> float:
        """How many times faster than allowed uses up 5 % of the budget within six hours."""
        return round(0.05 * self.rolling_days * 24 / 6, 2)

    def of(self, service: str) -> Goals:
        """Return what a service promises: its own goals, and for the rest those of all."""
        own: ServiceSlo = getattr(self, service)
        return Goals(
            availability=own.availability_goal or self.availability_goal,
            latency=own.latency_goal or self.latency_goal,
            latency_ms=own.latency_ms or self.latency_ms,
        )


class Budget(_Settings):
    """What the project may cost in a calendar month; people are told, nothing is stopped."""

    billing_account: BillingAccount
    amount: Annotated[int, Field(ge=1)]
    """In whole units of the currency."""
    currency: Currency = "USD"
    """That of the billing account; Google refuses another."""
    thresholds: Annotated[tuple[Share, ...], Field(min_length=1)] = (0.5, 0.9, 1.0)
    """Shares of the amount that were spent."""
    forecast_thresholds: tuple[Share, ...] = (1.0,)
    """Shares of the amount that Google expects to be spent by the end of the month."""
