"""Bad pins of secrets."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "the legacy name of the Redis URL",
        ("prod", "[secret_versions]", "[secret_versions]\nREDIS_URL = 1"),
        "secret_versions.REDIS_URL",
        "it is now KV_REDIS_URL and KV_REDIS_PASSWORD",
    ),
    Bad(
        "a pin of a secret that is not used",
        ("dev", "[variables]", "[secret_versions]\nPAYMENT_STRIPE_KEY = 2\n[variables]"),
        "secret_versions.PAYMENT_STRIPE_KEY",
        "belongs to the feature payments, which is off",
    ),
    Bad(
        "a pin of a misspelt secret",
        ("prod", "BETTER_AUTH_SECRET = 2", "BETTER_AUTH_SECRETS = 2"),
        "secret_versions.BETTER_AUTH_SECRETS",
        "no application reads",
        fix="rename it to BETTER_AUTH_SECRET",
    ),
    Bad(
        "a version by name",
        ("prod", "BETTER_AUTH_SECRET = 2", 'BETTER_AUTH_SECRET = "latest"'),
        "secret_versions.BETTER_AUTH_SECRET",
        "should be a valid integer",
        value='"latest"',
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
