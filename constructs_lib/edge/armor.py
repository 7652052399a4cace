"""Cloud Armor: what is refused before it reaches a service."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_google.compute_security_policy import (
    ComputeSecurityPolicy,
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
_CVE_CANARY = 100
_WAF = 200
_UPTIME_CHECKERS = 1000
_RATE_LIMIT = 2000
_DEFAULT = 2147483647

_RANGES_PER_RULE = 10
"""The most that Cloud Armor takes."""
_EVERYONE = ComputeSecurityPolicyRuleMatch(
    versioned_expr="SRC_IPS_V1",
    config=ComputeSecurityPolicyRuleMatchConfig(src_ip_ranges=["*"]),
)


class Armor(Construct):
    """A policy for backend services: attacks, then too many requests from one address.

    ``rule_sets`` are names of preconfigured rules without version, such as ``sqli``. Unless they
    are enforced, they only mark in the log what they would have denied. The rate counts for each
    backend service and each region of the load balancer apart, and approximately.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        rule_sets: Sequence[str],
        enforce_rule_sets: bool,
        exempt_rule_ids: Sequence[str],
        requests_per_minute: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self.policy = ComputeSecurityPolicy(
            self,
            "policy",
            name=name,
            description="Known attacks, and too many requests from one address",
            type="CLOUD_ARMOR",
            advanced_options_config=ComputeSecurityPolicyAdvancedOptionsConfig(
                # Else the quotes and braces of each JSON body look like an attack.
                json_parsing="STANDARD",
                log_level="NORMAL",
            ),
            rule=[
                _deny(_CVE_CANARY, "evaluatePreconfiguredWaf('cve-canary')", "CVEs of the day"),
                *(
                    _deny(
                        _WAF + number,
                        _waf_expression(rule_set, exempt_rule_ids),
                        f"OWASP {rule_set}",
                        preview=not enforce_rule_sets,
                    )
                    for number, rule_set in enumerate(rule_sets)
                ),
                _rate_limit(requests_per_minute),
                ComputeSecurityPolicyRule(
                    action="allow",
                    priority=_DEFAULT,
                    description="Everyone else",
                    preview=False,
                    match=_EVERYONE,
                ),
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self._allow_uptime_checkers()

    def _allow_uptime_checkers(self) -> None:
        """Let Google's checkers pass the rate limit, by the addresses that Google publishes.

        Their User-Agent proves nothing: anyone can send it. The addresses are shared by the
        checkers of all of Google's customers, so what comes from them is still searched for
        attacks: these rules stand behind those.
        """
        checkers = DataGoogleMonitoringUptimeCheckIps(self, "uptime-checkers")
        listed = f"data.{checkers.terraform_resource_type}.{checkers.friendly_unique_id}"
        # An address with the prefix that stands for one address, spelled as the API spells it.
        prefix = 'strcontains(checker.ip_address, ":") ? 128 : 32'
        ranges = (
            f"[for checker in {listed}.uptime_check_ips : "
            f'cidrsubnet("${{checker.ip_address}}/${{{prefix}}}", 0, 0)]'
        )
        # cdktf can iterate over a block only where no other block of the kind is listed.
        self.policy.add_override(
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
    exempt = [f"'{each}'" for each in exempt_rule_ids if each.endswith(f"-{rule_set}")]
    options = "'sensitivity': 1" + (
        f", 'opt_out_rule_ids': [{', '.join(exempt)}]" if exempt else ""
    )
    return f"evaluatePreconfiguredWaf('{rule_set}-v33-stable', {{{options}}})"


def _rate_limit(requests_per_minute: int) -> ComputeSecurityPolicyRule:
    return ComputeSecurityPolicyRule(
        action="throttle",
        priority=_RATE_LIMIT,
        description=f"{requests_per_minute} requests a minute from one address",
        preview=False,
        match=_EVERYONE,
        rate_limit_options=ComputeSecurityPolicyRuleRateLimitOptions(
            conform_action="allow",
            exceed_action="deny(429)",
            enforce_on_key="IP",
            # Unset, the provider shows every rule as changed when one is.
            enforce_on_key_name="",
            rate_limit_threshold=ComputeSecurityPolicyRuleRateLimitOptionsRateLimitThreshold(
                count=requests_per_minute, interval_sec=60
            ),
        ),
    )
