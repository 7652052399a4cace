"""Bad settings of the pipeline, in bootstrap.toml."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "a repository without its owner",
        ("bootstrap", '"example-org/beep-infra"', '"beep-infra"'),
        "github.repository",
        "is not a repository on GitHub",
        value='"beep-infra"',
        allowed="OWNER/NAME",
        fix="example-org/beep-infra",
    ),
    Bad(
        "an owner by name instead of number",
        ("bootstrap", "owner_id = 100000001", 'owner_id = "example-org"'),
        "github.owner_id",
        "should be a valid integer",
        value='"example-org"',
    ),
    Bad(
        "a repository without its number",
        ("bootstrap", "repository_id = 200000001\n", ""),
        "github.repository_id",
        "is missing",
        fix="add repository_id",
    ),
    Bad(
        "a GitHub environment that would end the literal in the condition",
        (
            "bootstrap",
            "[labels]",
            """[github.environments]\nprod = "prod' || true || '"\n[labels]""",
        ),
        "github.environments.prod",
        "is not the name of a GitHub environment",
        allowed="letters, digits",
        fix="rename the environment",
    ),
    Bad(
        "one GitHub environment for two environments",
        ("bootstrap", "[labels]", '[github.environments]\nprod = "Staging"\n[labels]'),
        "github.environments",
        "names one GitHub environment twice",
        allowed="different names",
        fix="a GitHub environment of its own",
    ),
    Bad(
        "an environment that GitHub takes for the job that pushes images",
        ("bootstrap", "[labels]", '[github.environments]\nprod = "Images"\n[labels]'),
        "github.environments",
        'calls prod "images"',
        allowed='any other name than "images"',
        fix="a GitHub environment of its own",
    ),
    Bad(
        "an environment with the name of a job of the pipeline",
        ("bootstrap", '["dev", "staging", "prod"]', '["dev", "staging", "prod", "schedule"]'),
        "environments",
        'names "schedule"',
        allowed="images, pull-request, schedule",
        fix="rename the environment",
    ),
    Bad(
        "a repository as git clones it",
        ("bootstrap", '"example-org/beep-infra"', '"example-org/beep-infra.git"'),
        "github.repository",
        "is not a repository on GitHub",
        value='"example-org/beep-infra.git"',
        allowed="without .git",
    ),
    Bad(
        "a location that is none",
        ("bootstrap", 'state_location = "US"', 'state_location = "us"'),
        "state_location",
        "is not the location of a bucket",
        fix="in capitals",
    ),
    Bad(
        "audit logs that are gone before an auditor asks",
        ("bootstrap", "retention_days = 400", "retention_days = 90"),
        "audit_logs.retention_days",
        "should be greater than or equal to 365",
        value="90",
    ),
    Bad(
        "a setting that bootstrap does not have",
        ("bootstrap", "state_versions_kept", "state_version_kept"),
        "state_version_kept",
        "is not a setting",
        fix="rename it to state_versions_kept",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
