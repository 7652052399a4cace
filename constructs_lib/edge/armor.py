"""Cloud Armor: what is refused before it reaches a service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_google.compute_security_policy import (
    ComputeSecurityPolicy,
    ComputeSecurityPolicyAdaptiveProtectionConfig,
    ComputeSecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfig,
    ComputeSecurityPolicyAdvancedOptionsConfig,
    ComputeSecurityPolicyRule,
    ComputeSecurityPolicyRuleMatch,
    ComputeSecurityPolicyRuleMatchConfig,
    ComputeSecurityPolicyRuleMatchExpr,
    ComputeSecurityPolicyRuleRateLimitOptions,
    ComputeSecurityPolicyRuleRateLimitOptionsRateLimitThreshold,
)
from cdktf_cdktf_provider_google.data_google_monitoring_uptime_check_ips import (
    DataGoogleMonitoringUptimeCheckIps,
)
from constructs import Construct

# Rules are asked in this order, and the first that matches decides.
_BODY_SIZE = 50
_CVE_CANARY = 100
_WAF = 200
_SIGN_IN = 900
_UPTIME_CHECKERS = 1000
_RATE_LIMIT = 2000
_DEFAULT = 2147483647

_RANGES_PER_RULE = 10
"""The most that Cloud Armor takes."""
_RULE_SETS_PER_RULE = 5
"""The most subexpressions that Cloud Armor takes. A project may have 20 rules with expressions, so
rule sets share a rule; the log names the rule of the set that matched."""
_EVERYONE = ComputeSecurityPolicyRuleMatch(
    versioned_expr="SRC_IPS_V1",
    config=ComputeSecurityPolicyRuleMatchConfig(src_ip_ranges=["*"]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attacks:
    """What a policy searches requests for.

    ``rule_sets`` are names of preconfigured rules without version, such as ``sqli``. Unless they
    are enforced, they only mark in the log what they would have denied.
    """

    rule_sets: Sequence[str]
    exempt_rule_ids: Sequence[str]
    is_enforced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Attempts to sign in: those who make too many are banned from the path for a while.

    Only ``POST`` below ``path`` is counted: pages ask for their session by ``GET`` all the time.
    """

    path: str
    requests_per_minute: int
    ban_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What is refused before one class of backends. ``id`` ends the name and begins the address."""

    id: str
    description: str
    requests_per_minute: int
    attacks: Attacks | None = None
    sign_in: SignIn | None = None
    max_body_bytes: int | None = None


class Armor(Construct):
    """A policy for each class of backend services.

    Rates count for each backend service and each region of the load balancer apart, and
    approximately. Adaptive Protection watches all of them and says in the log when traffic looks
    like an attack; outside of Cloud Armor Enterprise it says no more than how large and how sure.
    Source: Cloud Armor documentation, Adaptive Protection overview.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        policies: Sequence[Policy],
    ) -> None:
        super().__init__(scope, construct_id)
        checkers = DataGoogleMonitoringUptimeCheckIps(self, "uptime-checkers")
        self.policies = {policy.id: self._policy(name, policy) for policy in policies}
        """By the id of the policy."""
        for resource in self.policies.values():
            _allow_uptime_checkers(resource, checkers)

    def _policy(self, name: str, policy: Policy) -> ComputeSecurityPolicy:
        return ComputeSecurityPolicy(
            self,
            f"{policy.id}-policy",
            name=policy_name(name, policy.id),
            description=policy.description,
            type="CLOUD_ARMOR",
            advanced_options_config=ComputeSecurityPolicyAdvancedOptionsConfig(
                # Else the quotes and braces of each JSON body look like an attack.
                json_parsing="STANDARD",
                log_level="NORMAL",
            ),
            adaptive_protection_config=ComputeSecurityPolicyAdaptiveProtectionConfig(
                layer7_ddos_defense_config=(
                    ComputeSecurityPolicyAdaptiveProtectionConfigLayer7DdosDefenseConfig(
                        enable=True, rule_visibility="STANDARD"
                    )
                )
            ),
            rule=list(_rules(policy)),
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )


def policy_name(edge: str, policy_id: str) -> str:
    """Return what Google calls a policy of an edge."""
    return f"{edge}-{policy_id}"


def _allow_uptime_checkers(
    policy: ComputeSecurityPolicy, checkers: DataGoogleMonitoringUptimeCheckIps
) -> None:
    """Let Google's checkers pass the rate limit, by the addresses that Google publishes.

    Their User-Agent proves nothing: anyone can send it. The addresses are shared by the checkers of
    all of Google's customers, so what comes from them is still searched for attacks and counted
    where people sign in: these rules stand behind those.
    """
    listed = f"data.{checkers.terraform_resource_type}.{checkers.friendly_unique_id}"
    # An address with the prefix that stands for one address, spelled as the API spells it.
    prefix = 'strcontains(checker.ip_address, ":") ? 128 : 32'
    ranges = (
        f"[for checker in {listed}.uptime_check_ips : "
        f'cidrsubnet("${{checker.ip_address}}/${{{prefix}}}", 0, 0)]'
    )
    # cdktf can iterate over a block only where no other block of the kind is listed.
    policy.add_override(
        "dynamic.rule",
        {
            "for_each": f"${{chunklist(sort(distinct({ranges})), {_RANGES_PER_RULE})}}",
            "iterator": "checkers",
            "content": {
                "action": "allow",
                "priority": f"${{{_UPTIME_CHECKERS} + checkers.key}}",
                "description": "Google's uptime checkers",
                "preview": False,
                "match": {
                    "versioned_expr": "SRC_IPS_V1",
                    "config": {"src_ip_ranges": "${checkers.value}"},
                },
            },
        },
    )


def _rules(policy: Policy) -> Iterator[ComputeSecurityPolicyRule]:
    if policy.max_body_bytes is not None:
        yield _deny(
            _BODY_SIZE,
            "has(request.headers['content-length']) && "
            f"int(request.headers['content-length']) > {policy.max_body_bytes}",
            f"Bodies of more than {policy.max_body_bytes} bytes",
        )
    if policy.attacks is not None:
        yield from _attacks(policy.attacks)
    if policy.sign_in is not None:
        yield _sign_in(policy.sign_in)
    yield _rate_limit(policy.requests_per_minute)
    yield ComputeSecurityPolicyRule(
        action="allow",
        priority=_DEFAULT,
        description="Everyone else",
        preview=False,
        match=_EVERYONE,
    )


def _attacks(attacks: Attacks) -> Iterator[ComputeSecurityPolicyRule]:
    yield _deny(_CVE_CANARY, "evaluatePreconfiguredWaf('cve-canary')", "CVEs of the day")
    starts = range(0, len(attacks.rule_sets), _RULE_SETS_PER_RULE)
    for number, start in enumerate(starts):
        rule_sets = attacks.rule_sets[start : start + _RULE_SETS_PER_RULE]
        yield _deny(
            _WAF + number,
            " || ".join(_waf_expression(name, attacks.exempt_rule_ids) for name in rule_sets),
            f"OWASP {', '.join(rule_sets)}",
            preview=not attacks.is_enforced,
        )


def _deny(
    priority: int, expression: str, description: str, *, preview: bool = False
) -> ComputeSecurityPolicyRule:
    return ComputeSecurityPolicyRule(
        action="deny(403)",
        priority=priority,
        description=description,
        preview=preview,
        match=ComputeSecurityPolicyRuleMatch(
            expr=ComputeSecurityPolicyRuleMatchExpr(expression=expression)
        ),
    )


def _waf_expression(rule_set: str, exempt_rule_ids: Sequence[str]) -> str:
    """Return the rules at the least sensitive level, which has the fewest false positives."""
    exempt = [f"'{rule_id}'" for rule_id in exempt_rule_ids if rule_id.endswith(f"-{rule_set}")]
    options = "'sensitivity': 1" + (
        f", 'opt_out_rule_ids': [{', '.join(exempt)}]" if exempt else ""
    )
    return f"evaluatePreconfiguredWaf('{rule_set}-v33-stable', {{{options}}})"


def _sign_in(sign_in: SignIn) -> ComputeSecurityPolicyRule:
    # Decoded and in lower case as Google advises: else another spelling of the path passes by.
    path = f"request.path.lower().urlDecode().startsWith('{sign_in.path}')"
    return ComputeSecurityPolicyRule(
        action="rate_based_ban",
        priority=_SIGN_IN,
        description=f"{sign_in.requests_per_minute} attempts a minute to sign in",
        preview=False,
        match=ComputeSecurityPolicyRuleMatch(
            expr=ComputeSecurityPolicyRuleMatchExpr(
                expression=f"request.method == 'POST' && {path}"
            )
        ),
        rate_limit_options=_per_address(
            sign_in.requests_per_minute, ban_seconds=sign_in.ban_seconds
        ),
    )


def _rate_limit(requests_per_minute: int) -> ComputeSecurityPolicyRule:
    return ComputeSecurityPolicyRule(
        action="throttle",
        priority=_RATE_LIMIT,
        description=f"{requests_per_minute} requests a minute from one address",
        preview=False,
        match=_EVERYONE,
        rate_limit_options=_per_address(requests_per_minute),
    )


def _per_address(
    requests_per_minute: int, *, ban_seconds: int | None = None
) -> ComputeSecurityPolicyRuleRateLimitOptions:
    return ComputeSecurityPolicyRuleRateLimitOptions(
        conform_action="allow",
        exceed_action="deny(429)",
        # Not X-Forwarded-For: whoever sends a request writes that header.
        enforce_on_key="IP",
        # Unset, the provider shows every rule as changed when one is.
        enforce_on_key_name="",
        rate_limit_threshold=ComputeSecurityPolicyRuleRateLimitOptionsRateLimitThreshold(
            count=requests_per_minute, interval_sec=60
        ),
        ban_duration_sec=ban_seconds,
    )
