"""Bad settings of hosts and of what stands before them."""

from __future__ import annotations

from pathlib import Path

from environments import load
from tests.bad_settings import Bad, assert_reported, by_name
from tests.support import edited, refused

REGION = 'region = "us-central1"\ndomain'

BAD_SETTINGS = (
    Bad(
        "a URL for a host",
        ("prod", 'api = "api.example.com"', 'api = "https://api.example.com"'),
        "hosts.api",
        "is not a bare host name",
        value='"https://api.example.com"',
    ),
    Bad(
        "a host of another domain",
        ("prod", 'web = "app.example.com"', 'web = "app.example.org"'),
        "hosts.web",
        "is not within domain = example.com",
        value='"app.example.org"',
    ),
    Bad(
        "one host for two services",
        ("prod", 'web = "app.example.com"', 'web = "api.example.com"'),
        "hosts.web",
        "is also hosts.api",
    ),
    Bad(
        "a service without a host",
        ("prod", 'marketing = "www.example.com"\n', ""),
        "hosts.marketing",
        "is missing, and the service marketing is on",
        fix="enable_marketing = false",
    ),
    Bad(
        "an unknown mode of the edge",
        ("dev", 'mode = "domain_mapping"', 'mode = "domain_mappings"'),
        "edge.mode",
        "is not one of the allowed values",
        value='"domain_mappings"',
        allowed='"load_balancer", "domain_mapping"',
        fix='set it to "domain_mapping"',
    ),
    Bad(
        "an edge without a mode",
        ("dev", 'mode = "domain_mapping"\n', ""),
        "edge.mode",
        "is missing",
        fix="add mode",
    ),
    Bad(
        "a cache before domain mappings",
        ("dev", 'mode = "domain_mapping"', 'mode = "domain_mapping"\ncdn = true'),
        "edge.cdn",
        'needs mode = "load_balancer"',
        fix='or set edge.mode = "load_balancer"',
    ),
    Bad(
        "a candidate host before domain mappings",
        (
            "dev",
            'mode = "domain_mapping"',
            'mode = "domain_mapping"\ncandidate_hosts = { api = "candidate.dev.example.com" }',
        ),
        "edge.candidate_hosts",
        'needs mode = "load_balancer"',
    ),
    Bad(
        "pages that call their own host before domain mappings, which route no paths",
        ("dev", 'mode = "domain_mapping"', 'mode = "domain_mapping"\nsame_origin = true'),
        "edge.same_origin",
        'needs mode = "load_balancer"',
        fix='or set edge.mode = "load_balancer"',
    ),
    Bad(
        "domain mappings in a region that has none",
        ("dev", REGION, 'region = "europe-west2"\ndomain'),
        "edge.mode",
        "Cloud Run has no domain mappings in europe-west2",
        value='"domain_mapping"',
        allowed="us-central1",
        fix='set edge.mode = "load_balancer"',
    ),
    Bad(
        "a domain mapping at the top of the zone",
        ("dev", 'web = "app.dev.example.com"', 'web = "dev.example.com"'),
        "hosts.web",
        "is the domain itself",
        value='"dev.example.com"',
        fix="use www.dev.example.com",
    ),
    Bad(
        "a host that is too long for a domain mapping",
        ("dev", 'web = "app.dev.example.com"', f'web = "{"a" * 50}.dev.example.com"'),
        "hosts.web",
        "has 66 characters",
        allowed="up to 64 characters",
    ),
    Bad(
        "a load balancer with nothing behind it",
        ("prod", "allow_unauthenticated = true", "allow_unauthenticated = false"),
        "edge.mode",
        "no service that is on is public",
        fix="allow_unauthenticated = true",
    ),
    Bad(
        "a candidate at the host of a live service",
        ("prod", "candidate-api.example.com", "app.example.com"),
        "edge.candidate_hosts.api",
        "is also hosts.web",
        value='"app.example.com"',
    ),
    Bad(
        "a candidate host of another domain",
        ("prod", "candidate-api.example.com", "candidate-api.example.org"),
        "edge.candidate_hosts.api",
        "is not below domain = example.com",
        fix="use a host such as candidate-api.example.com",
    ),
    Bad(
        "a rate limit that would stop a page from loading",
        ("prod", "cdn = true", "cdn = true\narmor = { requests_per_minute = 10 }"),
        "edge.armor.requests_per_minute",
        "greater than or equal to 60",
        value="10",
    ),
    Bad(
        "a Cloud Armor rule that is not in use",
        ("prod", "cdn = true", 'cdn = true\narmor = { waf_exempt_rule_ids = ["942260"] }'),
        "edge.armor.waf_exempt_rule_ids[0]",
        "is not the id of a rule",
        value='"942260"',
        fix="preconfiguredExprIds",
    ),
    Bad(
        "a part of requests above one",
        ("prod", "cdn = true", "cdn = true\nlog_sample_rate = 50.0"),
        "edge.log_sample_rate",
        "less than or equal to 1",
        value="50.0",
    ),
    Bad(
        "a zone whose records expire at once",
        ("prod", "[edge.dns]", "[edge.dns]\nttl_seconds = 5"),
        "edge.dns.ttl_seconds",
        "greater than or equal to 60",
        value="5",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)


def test_a_public_service_that_is_off_gives_the_load_balancer_nothing(tmp_path: Path) -> None:
    private = ("staging", "allow_unauthenticated = true", "allow_unauthenticated = false")
    public = ("[services.marketing]\n", "[services.marketing]\nallow_unauthenticated = true\n")
    off = ("staging", "enable_marketing = true", "enable_marketing = false")
    (tmp_path / "on").mkdir()
    collector = ("staging", "{ max_instance_count = 2 }", "{ allow_unauthenticated = true }")
    assert load(edited(tmp_path / "on", private, ("staging", *public), collector))
    error = refused(edited(tmp_path, private, ("staging", *public), collector, off))
    assert [problem.key for problem in error.problems] == ["edge.mode"]
