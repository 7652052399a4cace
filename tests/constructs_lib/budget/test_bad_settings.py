"""Bad settings of the budget."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "a billing account by its name",
        ("prod", '"000000-000000-000000"', '"Example Billing"'),
        "budget.billing_account",
        "is not the id of a billing account",
        value='"Example Billing"',
        allowed="three groups of six digits",
    ),
    Bad(
        "a currency by its sign",
        ("prod", "amount = 2500", 'amount = 2500\ncurrency = "$"'),
        "budget.currency",
        "is not a currency code",
        value='"$"',
        allowed="ISO 4217",
    ),
    Bad(
        "an amount of nothing",
        ("prod", "amount = 2500", "amount = 0"),
        "budget.amount",
        "should be greater than or equal to 1",
        value="0",
    ),
    Bad(
        "thresholds in percent",
        ("prod", "amount = 2500", "amount = 2500\nthresholds = [50.0]"),
        "budget.thresholds[0]",
        "should be less than or equal to 10",
        value="50.0",
    ),
    Bad(
        "a budget that nobody hears of",
        (
            "prod",
            "enable_monitoring = true\nenable_web = true\nenable_todox = true\n"
            "enable_marketing = true\n\nmin_instance_count_api = 1\nmin_instance_count_web = 1\n"
            'min_instance_count_todox = 1\n\nclient_service = "web"\nlog_level = "Error"\n'
            'notification_emails = ["oncall@example.com", "platform@example.com"]',
            'enable_monitoring = false\nenable_marketing = true\nclient_service = "web"',
        ),
        "notification_emails",
        "is empty, and there is a budget",
        fix="or remove [budget]",
    ),
    Bad(
        "more people than a budget can tell",
        (
            "prod",
            '"platform@example.com"]',
            ", ".join(f'"p{n}@example.com"' for n in range(5)) + "]",
        ),
        "notification_emails",
        "has 6 addresses; a budget notifies 5 at most",
        allowed="1 to 5 addresses",
        fix="use a mailing list",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
