"""Bad variables of the applications."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "a required variable left out",
        ("prod", 'NEXT_PUBLIC_ENABLE_GEO_TRACKING = "true"\n', ""),
        "variables.NEXT_PUBLIC_ENABLE_GEO_TRACKING",
        "required by todox, web",
        allowed="true, false",
    ),
    Bad(
        "an empty variable",
        (
            "prod",
            '"user__00000000-0000-4000-8000-000000000001"',
            '""',
        ),
        "variables.APP_ADMIN_USER_IDS",
        "must not be empty",
        value='""',
    ),
    Bad(
        "a variable of the wrong kind",
        ("prod", 'GEO_TRACKING = "true"', 'GEO_TRACKING = "yes"'),
        "variables.NEXT_PUBLIC_ENABLE_GEO_TRACKING",
        "NEXT_PUBLIC_ENABLE_GEO_TRACKING is not a literal as the client",
        value='"yes"',
    ),
    Bad(
        "a variable that nobody reads",
        ("prod", "APP_ADMIN_USER_IDS =", "APP_ADMIN_USERS_IDS ="),
        "variables.APP_ADMIN_USERS_IDS",
        "no application reads APP_ADMIN_USERS_IDS",
        fix="rename it to APP_ADMIN_USER_IDS",
    ),
    Bad(
        "the legacy name of the auth secret",
        ("prod", "[variables]", '[variables]\nAUTH_SECRET = "x"'),
        "variables.AUTH_SECRET",
        "it is now BETTER_AUTH_SECRET",
    ),
    Bad(
        "a variable of a feature that is off",
        ("dev", "[variables]", '[variables]\nEMAIL_FROM = "a@example.com"'),
        "variables.EMAIL_FROM",
        "belongs to the feature email, which is off",
    ),
    Bad(
        "a variable that follows from something else",
        ("prod", "[variables]", '[variables]\nAPP_DOMAIN = "example.com"'),
        "variables.APP_DOMAIN",
        "is already computed from domain",
        fix="change domain instead",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
