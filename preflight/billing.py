"""Who pays, and whether the budget can be applied."""

from __future__ import annotations

from collections.abc import Iterator

from preflight.context import Context
from results import Result, failed, passed

_PREFIX = "billingAccounts/"


def billing(context: Context, project_id: str) -> Iterator[Result]:
    """The project is linked to a billing account that is open."""
    info = context.google.get("cloudbilling", f"v1/projects/{project_id}/billingInfo")
    if not info.get("billingEnabled"):
        yield failed(
            "billing",
            f"billing of {project_id} is off",
            needed="an open billing account",
            fix="gcloud billing accounts list\n"
            f"gcloud billing projects link {project_id} --billing-account=ACCOUNT",
        )
        return
    yield passed("billing", f"{project_id} is paid by {_account(info)}")


def budget(context: Context) -> Iterator[Result]:
    """The budget is on the account that pays, in the currency of that account."""
    settings = context.settings.budget
    if settings is None:
        yield passed("budget", "there is no [budget]")
        return
    project_id, account = context.settings.project_id, settings.billing_account
    info = context.google.get("cloudbilling", f"v1/projects/{project_id}/billingInfo")
    if info.get("billingEnabled") and _account(info) != account:
        yield failed(
            "budget",
            f"{project_id} is paid by {_account(info)}, the budget is on {account}",
            needed="the account that pays: a budget on another sees no spend",
            fix=f'in {context.file}: budget.billing_account = "{_account(info)}"',
        )
    # Named apart from the project: only somebody with a role on the account may read it.
    answer = context.google.get("cloudbilling", f"v1/{_PREFIX}{account}")
    if not answer.get("open"):
        yield failed(
            "budget",
            f"the billing account {account} is closed",
            needed="an open billing account",
            fix="gcloud billing accounts list --filter=open=true",
        )
    currency = answer.get("currencyCode")
    if currency != settings.currency:
        yield failed(
            "budget",
            f"the account is in {currency}, the budget in {settings.currency}",
            needed="the currency of the billing account: Google refuses another",
            fix=f'in {context.file}: budget.currency = "{currency}", and an amount in {currency}',
        )
    elif answer.get("open") and (not info.get("billingEnabled") or _account(info) == account):
        yield passed("budget", f"{settings.amount} {currency} a month on {account}")


def _account(info: dict[str, str]) -> str:
    return info.get("billingAccountName", "").removeprefix(_PREFIX)
