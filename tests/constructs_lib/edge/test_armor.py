"""Attacks and floods are refused; people, and those who watch, are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from constructs_lib.settings.fields import WAF_RULE_SETS
from tests.support import Stacks, of_type, synthesized_with

CANARY = "evaluatePreconfiguredWaf('cve-canary')"
SQLI = "owasp-crs-v030301-id942260-sqli"
DEFAULT = 2147483647


CLASSES = ("pages", "api", "collector")
BACKEND = "google_compute_backend_service"
ARMOR = "waf_enforced_by = 2027-03-01"


def _policy(stacks: Stacks, kind: str, name: str = "prod") -> dict[str, Any]:
    policies = of_type(stacks[f"{name}-services"], "google_compute_security_policy")
    return policies[f"edge_armor_{kind}_policy"]


def _policies(stacks: Stacks) -> list[dict[str, Any]]:
    return [_policy(stacks, kind, name) for kind in CLASSES for name in ("staging", "prod")]


def _rules(policy: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {rule["priority"]: rule for rule in policy["rule"]}


def _expression(rule: dict[str, Any]) -> str:
    return str(rule["match"].get("expr", {}).get("expression", ""))


def _checkers(policy: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = policy["dynamic"]["rule"]["content"]
    return content


def _rule(policy: dict[str, Any], action: str) -> dict[str, Any]:
    rule: dict[str, Any]
    (rule,) = (rule for rule in policy["rule"] if rule["action"] == action)
    return rule


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("name", ["staging", "prod"])
def test_what_is_refused_comes_first_then_checkers_then_the_rate_limit(
    name: str, kind: str, stacks: Stacks
) -> None:
    policy = _policy(stacks, kind, name)
    rules = _rules(policy)
    refused = [p for p, rule in rules.items() if rule["action"] in {"deny(403)", "rate_based_ban"}]
    (limit,) = (p for p, rule in rules.items() if rule["action"] == "throttle")
    first = int(_checkers(policy)["priority"].removeprefix("${").partition(" + ")[0])
    # Others can send anything through Google's checkers: only the rate limit is waived.
    assert max(refused) < first < first + 100 < limit < DEFAULT
    assert rules[DEFAULT]["action"] == "allow"


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_each_class_of_backend_has_its_own_policy(name: str, stacks: Stacks) -> None:
    policies = {
        address.removeprefix("edge_"): backend["security_policy"].split(".")[1]
        for address, backend in of_type(stacks[f"{name}-services"], BACKEND).items()
    }
    assert {policies["api"], policies["api_candidate"]} == {"edge_armor_api_policy"}
    assert policies["otel_collector"] == "edge_armor_collector_policy"
    rest = {policies[site] for site in policies if not site.startswith(("api", "otel"))}
    assert rest == {"edge_armor_pages_policy"}


def test_the_canary_for_new_cves_is_always_enforced(stacks: Stacks) -> None:
    for kind in ("pages", "api"):
        (canary,) = (r for r in _policy(stacks, kind)["rule"] if _expression(r) == CANARY)
        assert (canary["action"], canary["preview"]) == ("deny(403)", False)


def test_attacks_are_only_logged_until_the_file_says_otherwise_and_never_sought_in_spans(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", ARMOR, 'waf = "enforce"'))
    for kind in ("pages", "api"):
        for policy, preview in ((_policy(stacks, kind), True), (_policy(after, kind), False)):
            previews = {r["preview"] for r in policy["rule"] if "-v33-stable" in _expression(r)}
            assert previews == {preview}
    # Spans hold the SQL of the services, and the paths that attackers asked for.
    assert "evaluatePreconfigured" not in str(_policy(after, "collector"))


def test_every_rule_set_is_asked_by_five_at_most_in_a_rule(stacks: Stacks) -> None:
    for kind in ("pages", "api"):
        expressions = [_expression(rule) for rule in _policy(stacks, kind)["rule"]]
        for name in WAF_RULE_SETS:
            assert sum(f"'{name}-v33-stable'" in text for text in expressions) == 1, name
        assert max(text.count("evaluatePreconfiguredWaf(") for text in expressions) == 5


def test_a_rule_that_met_legitimate_requests_is_left_out_alone(tmp_path: Path) -> None:
    exempt = f'{ARMOR}, waf_exempt_rule_ids = ["{SQLI}"]'
    after = synthesized_with(tmp_path, ("prod", ARMOR, exempt))
    for kind in ("pages", "api"):
        parts = [p for r in _policy(after, kind)["rule"] for p in _expression(r).split(" || ")]
        assert [part for part in parts if "opt_out" in part] == [
            f"evaluatePreconfiguredWaf('sqli-v33-stable', "
            f"{{'sensitivity': 1, 'opt_out_rule_ids': ['{SQLI}']}})"
        ]


@pytest.mark.parametrize(("kind", "count"), [("pages", 1500), ("api", 1500), ("collector", 6000)])
def test_one_address_cannot_take_everything(kind: str, count: int, stacks: Stacks) -> None:
    limit = _rule(_policy(stacks, kind), "throttle")
    options = limit["rate_limit_options"]
    assert (options["conform_action"], options["exceed_action"]) == ("allow", "deny(429)")
    # Not X-Forwarded-For: whoever sends a request writes that header.
    assert options["enforce_on_key"] == "IP"
    assert options["rate_limit_threshold"] == {"count": count, "interval_sec": 60}
    assert limit["match"]["config"]["src_ip_ranges"] == ["*"]


def test_who_tries_too_many_passwords_is_banned_from_signing_in(stacks: Stacks) -> None:
    ban = _rule(_policy(stacks, "api"), "rate_based_ban")
    assert ban["preview"] is False
    options = ban["rate_limit_options"]
    assert options["rate_limit_threshold"] == {"count": 60, "interval_sec": 60}
    assert options["ban_duration_sec"] == 600
    assert options["enforce_on_key"] == "IP"
    assert options["exceed_action"] == "deny(429)"
    # Pages ask for their session by GET, which must not use up the attempts of an office.
    assert _expression(ban) == (
        "request.method == 'POST' && request.path.lower().urlDecode().startsWith('/api/v1/auth/')"
    )


def test_the_collector_is_sent_no_more_than_it_takes(stacks: Stacks, tmp_path: Path) -> None:
    table = "collector = { min_instance_count = 2 }"
    after = synthesized_with(
        tmp_path, ("prod", table, "collector = { min_instance_count = 2, max_request_kib = 512 }")
    )
    for of, size in ((stacks, 2048), (after, 512)):
        assert _expression(_rule(_policy(of, "collector"), "deny(403)")) == (
            "has(request.headers['content-length']) && "
            f"int(request.headers['content-length']) > {size * 1024}"
        )


def test_checkers_are_known_by_their_addresses_and_not_by_what_they_say(stacks: Stacks) -> None:
    for policy in _policies(stacks):
        generated = policy["dynamic"]["rule"]
        assert "google_monitoring_uptime_check_ips" in generated["for_each"]
        # Cloud Armor takes ten ranges a rule.
        assert generated["for_each"].endswith(", 10)}")
        assert _checkers(policy)["action"] == "allow"
        assert "expr" not in _checkers(policy)["match"]
        assert not [r for r in policy["rule"] if "user-agent" in _expression(r).lower()]


def test_unusual_traffic_is_said_in_the_log(stacks: Stacks) -> None:
    for policy in _policies(stacks):
        defense = policy["adaptive_protection_config"]["layer_7_ddos_defense_config"]
        assert defense == {"enable": True, "rule_visibility": "STANDARD"}


def test_every_rule_says_whether_it_is_a_preview_and_fits_the_limits(stacks: Stacks) -> None:
    for policy in _policies(stacks):
        for rule in (*policy["rule"], _checkers(policy)):
            # Left out, the provider would show all rules as changed whenever one is.
            assert isinstance(rule["preview"], bool)
            assert 0 < len(rule["description"]) <= 64
            assert len(_expression(rule)) <= 2048
    for name in ("staging", "prod"):
        of_all = [_policy(stacks, kind, name)["rule"] for kind in CLASSES]
        advanced = [rule for rules in of_all for rule in rules if _expression(rule)]
        assert len(advanced) <= 20  # Google's quota of a project


def test_browsers_keep_to_https_for_the_api_and_the_collector_as_for_pages(stacks: Stacks) -> None:
    for name in ("staging", "prod"):
        for address, backend in of_type(stacks[f"{name}-services"], BACKEND).items():
            headers = backend.get("custom_response_headers", [])
            says = ["Strict-Transport-Security: max-age=63072000"]
            # Pages say it themselves; another value beside theirs would be a contradiction.
            is_page = not address.startswith(("edge_api", "edge_otel_collector"))
            assert headers == ([] if is_page else says), address
