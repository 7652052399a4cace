"""Bad settings of services and their images."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "an image without a digest in prod",
        ("prod", "[labels]", 'image_api = "example.com/beep/beep-api:v1"\n[labels]'),
        "image_api",
        "is not pinned by its digest",
        value='"example.com/beep/beep-api:v1"',
        allowed="@sha256:",
    ),
    Bad(
        "an image with half a digest",
        ("prod", "[labels]", 'image_web = "example.com/beep/web@sha256:abc"\n[labels]'),
        "image_web",
        "is not a container image reference",
    ),
    Bad(
        "a minimum above the maximum",
        ("prod", "min_instance_count_web = 1", "min_instance_count_web = 9"),
        "min_instance_count_web",
        "is above services.web.max_instance_count = 8",
        value="9",
        allowed="up to 8",
    ),
    Bad(
        "memory that needs more CPU",
        ("prod", "memory_mib = 2048", "memory_mib = 16384"),
        "services.api.memory_mib",
        "needs 4 CPUs or more",
        value="16384",
    ),
    Bad(
        "a timeout that Cloud Run does not have",
        ("prod", "cpu = 2", "cpu = 2\ntimeout_seconds = 7200"),
        "services.api.timeout_seconds",
        "less than or equal to 3600",
        value="7200",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
