"""The budget counts what its project spends, notifies people, and is applied by those who pay."""

from __future__ import annotations

from environments import Configuration
from tests.support import EVERY_ENVIRONMENT, Stacks, addresses, of_type, resources


def test_the_budget_counts_one_project_and_notifies_everybody(stacks: Stacks) -> None:
    stack = stacks["prod-budget"]
    budget = of_type(stack, "google_billing_budget")["budget_monthly"]
    # By number: the API answers with it, and a plan would never be empty otherwise.
    assert budget["budget_filter"]["projects"] == ["projects/100000000003"]
    assert budget["budget_filter"]["calendar_period"] == "MONTH"
    assert budget["amount"]["specified_amount"] == {"currency_code": "USD", "units": "2500"}
    rules = [(r["threshold_percent"], r["spend_basis"]) for r in budget["threshold_rules"]]
    assert rules == [
        (0.5, "CURRENT_SPEND"),
        (0.9, "CURRENT_SPEND"),
        (1, "CURRENT_SPEND"),
        (1, "FORECASTED_SPEND"),
    ]
    channels = of_type(stack, "google_monitoring_notification_channel")
    notified = budget["all_updates_rule"]["monitoring_notification_channels"]
    assert len(notified) == len(channels) == 2
    assert budget["all_updates_rule"]["disable_default_iam_recipients"] is False


def test_the_budget_is_charged_to_the_project_that_has_its_api(stacks: Stacks) -> None:
    provider = stacks["prod-budget"]["provider"]["google"][0]
    assert provider["user_project_override"] is True
    assert provider["billing_project"] == provider["project"] == "beep-prod-example"
    apis = of_type(stacks["prod-foundation"], "google_project_service").values()
    assert "billingbudgets.googleapis.com" in {api["service"] for api in apis}


def test_rights_on_the_payer_are_needed_for_one_stack_only(stacks: Stacks) -> None:
    for name, stack in stacks.items():
        if not name.endswith("-budget"):
            assert not any(kind.startswith("google_billing") for kind, _, _ in resources(stack))
            assert "billing_project" not in stack["provider"].get("google", [{}])[0]


@EVERY_ENVIRONMENT
def test_without_a_budget_the_stack_is_empty_but_still_there(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    has_budget = configuration.environment(name).settings.budget is not None
    assert bool(addresses(stacks[f"{name}-budget"])) == has_budget
