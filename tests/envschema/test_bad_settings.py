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
        "the e-mail address of an administrator instead of the id",
        ("prod", '"user__00000000-0000-4000-8000-000000000001"', '"admin@example.com"'),
        "variables.APP_ADMIN_USER_IDS",
        "is not a csv of user id as the server reads it",
        value='"admin@example.com"',
        allowed="user__ and a UUID, as in user__",
    ),
    Bad(
        "a secret of a provider that the applications do not know",
        ("prod", "BETTER_AUTH_SECRET = 2", "OAUTH_PROVIDER_MICROSOFT_CLIENT_ID = 1"),
        "secret_versions.OAUTH_PROVIDER_MICROSOFT_CLIENT_ID",
        "sign nobody in with microsoft",
        allowed="github, google",
        fix="0041",
    ),
    Bad(
        "a variable of a later version of the applications",
        (
            "prod",
            "[variables]",
            '[variables]\nNEXT_PUBLIC_APP_CLIENT_URL = "https://a.example.com"',
        ),
        "variables.NEXT_PUBLIC_APP_CLIENT_URL",
        "from their version 2026-02 on, and this environment has 2025-12",
        fix='contract = "2026-02"',
    ),
    Bad(
        "a version of the applications that is not held",
        ("prod", 'app_env = "prod"', 'app_env = "prod"\ncontract = "2026-2"'),
        "contract",
        "is not one of the allowed values",
        value='"2026-2"',
        allowed='"2025-12", "2026-02"',
        fix='set it to "2026-02"',
    ),
    Bad(
        "the old name of the auth secret, with the version that renamed it",
        (
            "prod",
            "[variables]",
            '[variables]\nBETTER_AUTH_SECRET = "x"',
        ),
        "variables.BETTER_AUTH_SECRET",
        "it is now AUTH_SECRET",
        also=("prod", 'app_env = "prod"', 'app_env = "prod"\ncontract = "2026-02"'),
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
