"""Bad settings of an environment as a whole."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

REGION = 'region = "us-central1"\ndomain'

BAD_SETTINGS = (
    Bad(
        "a project id in upper case",
        ("prod", '"beep-prod-example"\nproject_number', '"Beep-Prod"\nproject_number'),
        "project_id",
        "is not a Google Cloud project id",
        value='"Beep-Prod"',
        allowed="6 to 30",
    ),
    Bad(
        "a zone for a region",
        ("prod", REGION, 'region = "us-central1-a"\ndomain'),
        "region",
        "is not a Google Cloud region",
        value='"us-central1-a"',
    ),
    Bad(
        "the demand for digests dropped in prod",
        ("prod", "[labels]", "require_image_digest = false\n[labels]"),
        "require_image_digest",
        "only a disposable environment may deploy an image by its tag",
        value="false",
    ),
    Bad(
        "a log level that the server refuses",
        ("prod", 'log_level = "Error"', 'log_level = "Warning"'),
        "log_level",
        "APP_LOG_LEVEL is not a server log level as the server reads it",
        value='"Warning"',
        allowed="All, Trace, Debug, Info, Warn, Error, Fatal, Off",
    ),
    Bad(
        "a log level that the client refuses",
        ("prod", 'log_level = "Error"', 'log_level = "Warn"'),
        "log_level",
        "NEXT_PUBLIC_LOG_LEVEL is not a literal as the client reads it",
        value='"Warn"',
        allowed="All, Debug, Error",
    ),
    Bad(
        "no OAuth provider",
        ("prod", 'oauth_providers = ["github", "google"]', "oauth_providers = []"),
        "features.oauth_providers",
        "should have at least 1 item",
        value="[]",
    ),
    Bad(
        "an OAuth provider that the code does not have",
        ("prod", '["github", "google"]', '["github", "facebook"]'),
        "features.oauth_providers[1]",
        "is not one of the allowed values",
        value='"facebook"',
        allowed='"github"',
    ),
    Bad(
        "a name prefix that makes names too long",
        ("prod", "[labels]", 'name_prefix = "beep-infrastructure-prod"\n[labels]'),
        "name_prefix",
        "which has 39 characters",
        value='"beep-infrastructure-prod"',
        allowed="at most 30 characters for a service account",
    ),
    Bad(
        "a service switched off while its URL is needed",
        ("prod", "enable_web = true", "enable_web = false"),
        "variables.APP_CLIENT_URL",
        'client_service is "web" and enable_web is false',
    ),
    Bad(
        "a switch on without its table",
        (
            "dev",
            '[redis]\ntier = "BASIC"\nmemory_size_gb = 1\n'
            'transit_encryption = false\npersistence = "DISABLED"\n',
            "",
        ),
        "redis",
        "the table is missing, and enable_redis is true",
        fix="add [redis], or set enable_redis = false",
    ),
    Bad(
        "an invalid label",
        ("prod", 'cost-center = "beep-prod"', 'Cost = "beep-prod"'),
        "labels.Cost",
        "is not a label key",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
