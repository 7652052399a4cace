"""Bad settings of services and their images."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

BAD_SETTINGS = (
    Bad(
        "an image without a digest in prod",
        (
            "prod",
            "[labels]",
            'image_api = "us-central1-docker.pkg.dev/p/beep/beep-api:v1"\n[labels]',
        ),
        "image_api",
        "is not pinned by its digest",
        value='"us-central1-docker.pkg.dev/p/beep/beep-api:v1"',
        allowed="@sha256:",
    ),
    Bad(
        "an image with half a digest",
        (
            "prod",
            "[labels]",
            'image_web = "us-central1-docker.pkg.dev/p/beep/web@sha256:abc"\n[labels]',
        ),
        "image_web",
        "is not a container image reference",
    ),
    Bad(
        "an image where Cloud Run does not pull",
        (
            "dev",
            "us-central1-docker.pkg.dev/beep-shared-example/beep/beep-api:main",
            "ghcr.io/example/beep-api:main",
        ),
        "image_api",
        "is in ghcr.io, from which Cloud Run does not pull",
        value='"ghcr.io/example/beep-api:main"',
        allowed="docker.pkg.dev, gcr.io or docker.io",
        fix="copy it to Artifact Registry",
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
        ("prod", "memory_mib = 4096", "memory_mib = 32768"),
        "services.api.memory_mib",
        "needs 8 CPUs or more",
        value="32768",
    ),
    Bad(
        "a second instance of an application that runs as one",
        ("prod", "cpu = 4", "cpu = 4\nmax_instance_count = 2"),
        "services.api.max_instance_count",
        "whose runner is a single process",
        value="2",
        allowed="1",
        fix="services.api.multiple_instances = true",
    ),
    Bad(
        "more open pages than there is room for",
        ("prod", "cpu = 4", "cpu = 4\nopen_pages = 267"),
        "services.api.open_pages",
        "do not fit into the 1000 requests",
        value="267",
        allowed="1 to 266",
    ),
    Bad(
        "so little concurrency that no page has room",
        ("prod", "cpu = 4", "cpu = 4\nconcurrency = 3"),
        "services.api.open_pages",
        "do not fit into the 3 requests",
        allowed="more concurrency",
    ),
    Bad(
        "readiness for several instances where it is no question",
        ("prod", "[services.web]", "[services.web]\nmultiple_instances = true"),
        "services.web.multiple_instances",
        "is not a setting",
    ),
    Bad(
        "a timeout that Cloud Run does not have",
        ("prod", "cpu = 4", "cpu = 4\ntimeout_seconds = 7200"),
        "services.api.timeout_seconds",
        "less than or equal to 3600",
        value="7200",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
