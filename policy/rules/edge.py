"""Rules about the load balancer: what is refused before it reaches a service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from envschema.services import Kind, only
from policy.rule import Hits, rule
from policy.stack import Resource, Stack, texts

_BACKEND = "google_compute_backend_service"
_GROUP = "google_compute_region_network_endpoint_group"
_POLICY = "google_compute_security_policy"
_REFERENCE = re.compile(r"\$\{(\w+\.\w+)\.\w+\}")
_ATTACKS = "evaluatePreconfigured"
_CANARY = "evaluatePreconfiguredWaf('cve-canary')"
_SIGN_IN = "/api/v1/auth/"
_HSTS = re.compile(r"strict-transport-security:\s*max-age=(\d+)", re.IGNORECASE)
_YEAR_SECONDS = 31_536_000
"""The least that browsers' lists of hosts take. Source: hstspreload.org."""


def _referred(stack: Stack, kind: str, value: object) -> Resource | None:
    """Return the resource of the stack to which an expression refers."""
    reference = _REFERENCE.fullmatch(str(value))
    found = (r for r in stack.resources(kind) if reference and r.address == reference[1])
    return next(found, None)


def _leads_to(stack: Stack, backend: Resource, kind: Kind) -> bool:
    """Tell whether a backend leads to the Cloud Run service of an application."""
    service = only(kind).name.replace("-", "_")
    for block in backend.get("backend") or []:
        if group := _referred(stack, _GROUP, block.get("group")):
            run = str(group.get("cloud_run", "service"))
            return run.rpartition(".")[0].endswith(f"_{service}") or run.endswith(f"-{service}")
    return False


def _rules(policy: Resource | None, action: str) -> Iterator[dict[str, Any]]:
    """Yield the rules of an action that are more than a preview."""
    for block in (policy.get("rule") or []) if policy else []:
        if block["action"].startswith(action) and not block.get("preview"):
            yield block


def _protected(stack: Stack, *kinds: Kind) -> Iterator[tuple[Resource, Resource | None]]:
    """Yield the backends that lead to these applications, or all, with their policies."""
    for backend in stack.resources(_BACKEND):
        if not kinds or any(_leads_to(stack, backend, kind) for kind in kinds):
            yield backend, _referred(stack, _POLICY, backend.get("security_policy"))


@rule(
    title="One address cannot take all of a backend",
    reason="Without a limit one client, or one fault in a client, fills every instance.",
    fix="give the backend service a security_policy with a rule that throttles",
)
def armor_rate_limit(stack: Stack) -> Hits:
    """Find backends without a policy, and policies that limit nobody."""
    for backend, policy in _protected(stack):
        if policy is None:
            yield backend.address, "has no security_policy"
        elif not any(_rules(policy, "throttle")):
            yield backend.address, f"{policy.address} throttles nobody"


@rule(
    title="Who tries too many passwords is banned",
    reason="The limit of a backend is made for pages with many files: at it, one address tries "
    "more than a thousand passwords a minute.",
    fix=f"add a rule with rate_based_ban on {_SIGN_IN} to the policy before the API",
)
def armor_sign_in(stack: Stack) -> Hits:
    """Find backends of the API that ban nobody from signing in."""
    for backend, policy in _protected(stack, Kind.API):
        bans = _rules(policy, "rate_based_ban")
        if not any(_SIGN_IN in text for ban in bans for text in texts(ban)):
            yield backend.address, f"no rate_based_ban on {_SIGN_IN}"


@rule(
    title="Attacks are searched for, except in telemetry",
    reason="Spans hold SQL, and the paths that attackers asked for: a search for attacks would "
    "refuse them. Everything else has to be searched.",
    fix="give the collector a policy of its own, and every other backend one with the OWASP rules",
)
def armor_attacks(stack: Stack) -> Hits:
    """Find the collector behind rules against attacks, and others without."""
    for backend, policy in _protected(stack):
        searched = policy is not None and any(_ATTACKS in text for text in texts(policy.arguments))
        if searched and _leads_to(stack, backend, Kind.COLLECTOR):
            yield backend.address, "spans are searched for attacks"
        elif searched and not any(
            _CANARY in t for deny in _rules(policy, "deny") for t in texts(deny)
        ):
            yield backend.address, "the canary for CVEs of the day is not enforced"
        elif policy and not searched and not _leads_to(stack, backend, Kind.COLLECTOR):
            yield backend.address, f"{policy.address} searches for no attacks"


@rule(
    title="Adaptive Protection watches every policy",
    reason="It costs nothing and says in the log when traffic looks like an attack.",
    fix="set adaptive_protection_config.layer_7_ddos_defense_config.enable = true",
)
def armor_adaptive(stack: Stack) -> Hits:
    """Find policies that Adaptive Protection does not watch."""
    path = ("adaptive_protection_config", "layer_7_ddos_defense_config", "enable")
    for policy in stack.resources(_POLICY):
        if policy.get(*path) is not True:
            yield policy.address, "Adaptive Protection is off"


@rule(
    title="Browsers keep to https for the API and the collector",
    reason="The pages say so themselves; these two do not, so a first request by http could be "
    "answered by somebody in between.",
    fix="add Strict-Transport-Security to custom_response_headers",
)
def edge_hsts(stack: Stack) -> Hits:
    """Find backends of the API and the collector without HSTS of a year or more."""
    for backend, _ in _protected(stack, Kind.API, Kind.COLLECTOR):
        headers = backend.get("custom_response_headers") or []
        ages = [int(match[1]) for text in headers if (match := _HSTS.match(text))]
        if max(ages, default=0) < _YEAR_SECONDS:
            yield backend.address, "no Strict-Transport-Security of a year or more"


RULES = (armor_rate_limit, armor_sign_in, armor_attacks, armor_adaptive, edge_hsts)
