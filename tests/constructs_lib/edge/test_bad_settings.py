"""Bad settings of hosts and of what stands before them."""

from __future__ import annotations

from pathlib import Path

from environments import load
from tests.bad_settings import Bad, assert_reported, by_name
from tests.support import edited, refused

WAITING = "waf_enforced_by = 2027-03-01"
REGION = 'region = "us-central1"\ndomain'

BAD_SETTINGS = (
    Bad(
        "a rate of the collector that cuts the servers off",
        (
            "prod",
            "armor = { waf_enforced_by = 2027-03-01 }",
            "armor = { waf_enforced_by = 2027-03-01, collector_requests_per_minute = 1049 }",
        ),
        "edge.armor.collector_requests_per_minute",
        "is less than 21 instances of the applications send while a release takes over",
        value="1049",
        allowed="1050 or more",
        fix="set 1050 or more",
    ),
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
        ("prod", WAITING, "requests_per_minute = 10"),
        "edge.armor.requests_per_minute",
        "greater than or equal to 60",
        value="10",
    ),
    Bad(
        "a Cloud Armor rule that is not in use",
        ("prod", WAITING, 'waf_exempt_rule_ids = ["942260"]'),
        "edge.armor.waf_exempt_rule_ids[0]",
        "is not the id of a rule",
        value='"942260"',
        fix="preconfiguredExprIds",
    ),
    Bad(
        "a preview without an end",
        ("prod", WAITING, 'waf = "preview"'),
        "edge.armor.waf_enforced_by",
        'is missing, and edge.armor.waf is "preview"',
        allowed="a date such as 2027-01-31",
        fix='set edge.armor.waf = "enforce"',
    ),
    Bad(
        "an end of a preview that is over",
        ("prod", WAITING, f'{WAITING}, waf = "enforce"'),
        "edge.armor.waf_enforced_by",
        "has no use",
        value='"2027-03-01"',
        fix="remove the line",
    ),
    Bad(
        "an end of a preview that is no day",
        ("prod", WAITING, 'waf_enforced_by = "next spring"'),
        "edge.armor.waf_enforced_by",
        "valid date",
        value='"next spring"',
    ),
    Bad(
        "a limit at which an office could sign nobody in",
        ("prod", WAITING, f"{WAITING}, sign_in_requests_per_minute = 5"),
        "edge.armor.sign_in_requests_per_minute",
        "greater than or equal to 10",
        value="5",
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


APEX = 'apex_redirect = "marketing"'
MX = '  { type = "MX", data = ["10 mail.example.net."] },\n'


def _record(what: str, record: str, key: str, says: str, fix: str = "") -> Bad:
    edit = ("prod", MX, f"{MX}  {record},\n")
    return Bad(f"a record: {what}", edit, f"edge.dns.records[1]{key}", says, fix=fix)


OF_THE_ZONE = (
    Bad(
        "the domain led to a service that is off",
        ("prod", "enable_marketing = true", "enable_marketing = false"),
        "edge.apex_redirect",
        "is not on, or not public",
        value='"marketing"',
        allowed="api, web, todox",
    ),
    Bad(
        "the domain led away from a service that is there",
        ("prod", 'web = "app.example.com"', 'web = "example.com"'),
        "edge.apex_redirect",
        "leads example.com elsewhere, which is hosts.web",
    ),
    Bad(
        "the domain led to what is no web application",
        ("prod", APEX, 'apex_redirect = "api"'),
        "edge.apex_redirect",
        "is not one of the allowed values",
    ),
    _record("a name without its dot", '{ name = "a", type = "NS", data = ["ns.example.net"] }',
            ".data", "is no NS record: ns.example.net", "as in a zone file"),
    _record("a text without quotes", '{ name = "a", type = "TXT", data = ["x=1"] }',
            ".data", "is no TXT record: x=1"),
    _record("an alias of the domain", '{ type = "CNAME", data = ["a.example.net."] }',
            ".type", "stands alone at a name, and never at the domain itself"),
    _record("one name and type twice", '{ type = "MX", data = ["20 mail.example.net."] }',
            ".name", "is at the place of edge.dns.records[0]", "one table"),
    _record("the host of a service", '{ name = "app", type = "A", data = ["192.0.2.1"] }',
            ".name", "is hosts.web, whose records are made already"),
    _record("the domain itself, which is led elsewhere", '{ type = "A", data = ["192.0.2.1"] }',
            ".name", "is edge.apex_redirect, whose records are made already"),
    _record("the whole name", '{ name = "a.example.com.", type = "A", data = ["192.0.2.1"] }',
            ".name", "is not a name below the domain", "leave out the domain"),
    _record("a type that is made here", '{ type = "CAA", data = ["0 issue \\"x\\""] }',
            ".type", "is not one of the allowed values"),
)  # fmt: skip


@by_name((*BAD_SETTINGS, *OF_THE_ZONE))
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
