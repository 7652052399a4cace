"""Bad settings of telemetry, of its collector and of its server."""

from __future__ import annotations

from pathlib import Path

from tests.bad_settings import Bad, assert_reported, by_name

DIGEST = "sha256:" + "0" * 64

BAD_SETTINGS = (
    Bad(
        "a telemetry mode that does not exist",
        ("prod", 'mode = "grafana_cloud"', 'mode = "grafana_clod"'),
        "telemetry.mode",
        "is not one of the allowed values",
        value='"grafana_clod"',
        allowed='"external", "grafana_cloud", "self_hosted"',
        fix='set it to "grafana_cloud"',
    ),
    Bad(
        "a setting of another telemetry mode",
        ("prod", "instance_id = 100000", "instance_id = 100000\nretention_days = 7"),
        "telemetry.retention_days",
        'needs mode = "self_hosted"',
    ),
    Bad(
        "a token where the number of the instance belongs",
        ("prod", "instance_id = 100000", 'instance_id = "glc_0123"'),
        "telemetry.instance_id",
        "should be a valid integer",
        value='"glc_0123"',
    ),
    Bad(
        "a gateway without https",
        ("prod", '"https://otlp-gateway.example.net/otlp"', '"otlp-gateway.example.net"'),
        "telemetry.otlp_gateway",
        "is not a plain https URL",
        value='"otlp-gateway.example.net"',
    ),
    *(
        Bad(
            f"a gateway with {what}",
            ("prod", '"https://otlp-gateway.example.net/otlp"', f'"{url}"'),
            "telemetry.otlp_gateway",
            "is not a plain https URL",
            value=f'"{url}"',
            allowed="no name or password, no wildcard, query, fragment or %",
        )
        for what, url in {
            "a query": "https://gw.example.net/otlp?x=1",
            "a fragment": "https://gw.example.net/otlp#x",
            "a password": "https://name:word@gw.example.net/otlp",
            "an escape": "https://gw.example.net/a%20b",
            "an address of IPv6": "https://[2001:db8::1]/otlp",
            "a port that is none": "https://gw.example.net:99999/otlp",
            "a wildcard": "https://*.example.net/otlp",
            "a letter of no host": "https://gwé.example.net/otlp",
        }.items()
    ),
    Bad(
        "a gateway with the path of one signal",
        ("prod", "example.net/otlp", "example.net/otlp/v1/traces"),
        "telemetry.otlp_gateway",
        "ends in /v1/traces, which is appended for each signal",
        fix="write https://otlp-gateway.example.net/otlp",
    ),
    Bad(
        "an origin with a path",
        ("dev", "https://preview.dev.example.com", "https://preview.dev.example.com/app"),
        "extra_trusted_origins[0]",
        "is not an origin: it has a path",
        fix="remove /app",
    ),
    Bad(
        "an origin with a wildcard",
        ("dev", "https://preview.dev.example.com", "https://*.dev.example.com"),
        "extra_trusted_origins[0]",
        "is not a plain https URL",
    ),
    Bad(
        "a collector outside of the domain",
        ("prod", "min_instance_count = 2 }", 'host = "otlp.example.org" }'),
        "telemetry.collector.host",
        "is not within domain = example.com",
        value='"otlp.example.org"',
    ),
    Bad(
        "a collector at the host of a service",
        ("prod", "min_instance_count = 2 }", 'host = "api.example.com" }'),
        "telemetry.collector.host",
        "is also hosts.api",
        value='"api.example.com"',
    ),
    Bad(
        "a collector that nobody may call",
        ("prod", "min_instance_count = 2 }", "allow_unauthenticated = false }"),
        "telemetry.collector.allow_unauthenticated",
        "nobody could send",
        value="false",
        fix="set telemetry.collector.allow_unauthenticated = true",
    ),
    Bad(
        "a collector that a flood would kill",
        ("prod", "min_instance_count = 2 }", "max_request_kib = 4096 }"),
        "telemetry.collector.max_request_kib",
        "40 requests of this size at once are more than the 102 MiB",
        value="4096",
        allowed="up to 2611",
        fix="set 2611 or less",
    ),
    Bad(
        "a collector with more instances than it may have",
        ("prod", "min_instance_count = 2 }", "min_instance_count = 5 }"),
        "telemetry.collector.min_instance_count",
        "is above telemetry.collector.max_instance_count = 4",
        value="5",
        allowed="up to 4",
    ),
    Bad(
        "a collector that scales to nothing",
        ("prod", "min_instance_count = 2 }", "min_instance_count = 0 }"),
        "telemetry.collector.min_instance_count",
        "greater than or equal to 1",
        value="0",
    ),
    Bad(
        "a telemetry server in another region",
        ("staging", 'zone = "us-central1-b"', 'zone = "europe-west1-b"'),
        "telemetry.zone",
        "is not in region = us-central1",
        value='"europe-west1-b"',
    ),
    Bad(
        "a region for the zone of the telemetry server",
        ("staging", 'zone = "us-central1-b"', 'zone = "us-central1"'),
        "telemetry.zone",
        "is not a Google Cloud zone",
        value='"us-central1"',
    ),
    Bad(
        "a restored telemetry disk under its old name",
        (
            "staging",
            'zone = "us-central1-b"',
            'zone = "us-central1-b"\ndisk_snapshot = "beep-telemetry-data-20260101"',
        ),
        "telemetry.disk_name",
        "is missing, and telemetry.disk_snapshot is set",
    ),
    Bad(
        "an image of the telemetry server from outside of Google",
        (
            "staging",
            'client_service = "web"',
            f'image_lgtm = "docker.io/grafana/otel-lgtm@{DIGEST}"\nclient_service = "web"',
        ),
        "image_lgtm",
        "is not in Artifact Registry",
    ),
    Bad(
        "an image of the collector by its tag",
        (
            "prod",
            'client_service = "web"',
            'image_otel_collector = "docker.io/otel/otelcol:latest"\nclient_service = "web"',
        ),
        "image_otel_collector",
        "is not pinned by its digest",
    ),
    Bad(
        "a pin for a token that nobody uses",
        ("staging", "[variables]", "[secret_versions]\nGRAFANA_CLOUD_TOKEN = 2\n\n[variables]"),
        "secret_versions.GRAFANA_CLOUD_TOKEN",
        "no application reads GRAFANA_CLOUD_TOKEN",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)
