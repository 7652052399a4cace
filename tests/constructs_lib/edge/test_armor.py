"""Attacks and floods are refused; people, and those who watch, are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support import Stacks, of_type, synthesized_with

CANARY = "evaluatePreconfiguredWaf('cve-canary')"
SQLI = "owasp-crs-v030301-id942260-sqli"
DEFAULT = 2147483647


def _policy(stacks: Stacks, name: str = "prod") -> dict[str, Any]:
    (policy,) = of_type(stacks[f"{name}-services"], "google_compute_security_policy").values()
    return policy


def _rules(policy: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {rule["priority"]: rule for rule in policy["rule"]}


def _expression(rule: dict[str, Any]) -> str:
    return str(rule["match"].get("expr", {}).get("expression", ""))


def _checkers(policy: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = policy["dynamic"]["rule"]["content"]
    return content


@pytest.mark.parametrize("name", ["staging", "prod"])
def test_attacks_come_first_then_checkers_then_the_rate_limit(name: str, stacks: Stacks) -> None:
    policy = _policy(stacks, name)
    rules = _rules(policy)
    attacks = [p for p, rule in rules.items() if rule["action"] == "deny(403)"]
    (limit,) = (p for p, rule in rules.items() if rule["action"] == "throttle")
    first = int(_checkers(policy)["priority"].removeprefix("${").partition(" + ")[0])
    # Others can send anything through Google's checkers: only the rate limit is waived.
    assert max(attacks) < first < first + 100 < limit < DEFAULT
    assert rules[DEFAULT]["action"] == "allow"


def test_the_canary_for_new_cves_is_always_enforced(stacks: Stacks) -> None:
    (canary,) = (r for r in _policy(stacks)["rule"] if _expression(r) == CANARY)
    assert (canary["action"], canary["preview"]) == ("deny(403)", False)


def test_other_attacks_are_only_logged_until_the_file_says_otherwise(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(
        tmp_path, ("prod", "cdn = true", 'cdn = true\narmor = { waf = "enforce" }')
    )
    for policy, preview in ((_policy(stacks), True), (_policy(after), False)):
        previews = {r["preview"] for r in policy["rule"] if "-v33-stable" in _expression(r)}
        assert previews == {preview}


def test_a_rule_that_met_legitimate_requests_is_left_out_alone(tmp_path: Path) -> None:
    armor = f'armor = {{ waf_exempt_rule_ids = ["{SQLI}"] }}'
    after = synthesized_with(tmp_path, ("prod", "cdn = true", f"cdn = true\n{armor}"))
    expressions = [_expression(rule) for rule in _policy(after)["rule"]]
    assert [e for e in expressions if "opt_out" in e] == [
        f"evaluatePreconfiguredWaf('sqli-v33-stable', "
        f"{{'sensitivity': 1, 'opt_out_rule_ids': ['{SQLI}']}})"
    ]


def test_one_address_cannot_take_everything(stacks: Stacks) -> None:
    (limit,) = (r for r in _policy(stacks)["rule"] if r["action"] == "throttle")
    options = limit["rate_limit_options"]
    assert (options["conform_action"], options["exceed_action"]) == ("allow", "deny(429)")
    # Not X-Forwarded-For: whoever sends a request writes that header.
    assert options["enforce_on_key"] == "IP"
    assert options["rate_limit_threshold"] == {"count": 1500, "interval_sec": 60}
    assert limit["match"]["config"]["src_ip_ranges"] == ["*"]


def test_checkers_are_known_by_their_addresses_and_not_by_what_they_say(stacks: Stacks) -> None:
    policy = _policy(stacks)
    generated = policy["dynamic"]["rule"]
    assert "google_monitoring_uptime_check_ips" in generated["for_each"]
    # Cloud Armor takes ten ranges a rule.
    assert generated["for_each"].endswith(", 10)}")
    assert _checkers(policy)["action"] == "allow"
    assert "expr" not in _checkers(policy)["match"]
    assert not [r for r in policy["rule"] if "user-agent" in _expression(r).lower()]


def test_every_rule_says_whether_it_is_a_preview_and_fits_the_limits(stacks: Stacks) -> None:
    policy = _policy(stacks)
    for rule in (*policy["rule"], _checkers(policy)):
        # Left out, the provider would show all rules as changed whenever one is.
        assert isinstance(rule["preview"], bool)
        assert 0 < len(rule["description"]) <= 64
    advanced = [rule for rule in policy["rule"] if _expression(rule)]
    assert len(advanced) <= 20  # Google's quota of a project
