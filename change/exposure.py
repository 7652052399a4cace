"""What the internet reaches: hosts, services, ports, addresses, and what is refused before them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from change.facts import Fact
from change.side import EVERYBODY, Placed, Side, items

_SERVICE = "google_cloud_run_v2_service"
INVOKER = "roles/run.invoker"
_INGRESS = {
    "INGRESS_TRAFFIC_ALL": "from the internet",
    "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": "through the load balancer",
    "INGRESS_TRAFFIC_INTERNAL_ONLY": "from the VPC only",
}


def exposure(side: Side) -> Iterator[Fact]:
    """Yield what can be reached from outside, and how."""
    for facts_of in (_services, _hosts, _firewalls, _addresses, _armor, _data):
        yield from facts_of(side)


def open_services(side: Side) -> frozenset[tuple[str, str]]:
    """Return the environments and names of the services that ask nobody for an identity."""
    granted = {
        (placed.environment, side.read(placed.stack, placed.get("name")))
        for placed in side.of(f"{_SERVICE}_iam_member")
        if placed.get("role") == INVOKER and placed.get("member") in EVERYBODY
    }
    disabled = {(p.environment, p.name) for p in side.of(_SERVICE) if p.get("invoker_iam_disabled")}
    return frozenset(granted | disabled)


def _services(side: Side) -> Iterator[Fact]:
    is_open = open_services(side)
    for placed in side.of(_SERVICE):
        stated = placed.get("ingress") or "INGRESS_TRAFFIC_ALL"
        everybody = (placed.environment, placed.name) in is_open
        callers = "everybody may call" if everybody else "only callers with run.invoker"
        yield (
            placed.environment,
            f"service {placed.name}",
            f"{_INGRESS.get(stated, stated)}, {callers}",
        )


@dataclass(frozen=True, slots=True)
class Route:
    """A host, or a path of it, and what answers there."""

    placed: Placed
    """The URL map or the domain mapping."""
    host: str
    path: str
    """Empty where it is every path that no other route has."""
    target: str
    """The name of a service, or a reference to a backend; empty for a redirect."""


def routes(side: Side) -> Iterator[Route]:
    """Yield where the hosts of URL maps and domain mappings lead."""
    for placed in side.of("google_compute_url_map"):
        matchers = {m["name"]: m for m in items(placed.resource.arguments.get("path_matcher"))}
        for rule in items(placed.resource.arguments.get("host_rule")):
            matcher = matchers.get(rule["path_matcher"], {})
            for host in rule["hosts"]:
                yield Route(placed, host, "", matcher.get("default_service") or "")
                for path in items(matcher.get("path_rule")):
                    for pattern in path.get("paths", ()):
                        yield Route(placed, host, pattern, path.get("service") or "")
    for placed in side.of("google_cloud_run_domain_mapping"):
        yield Route(placed, placed.name, "", placed.get("spec.route_name") or "")


def _hosts(side: Side) -> Iterator[Fact]:
    for route in routes(side):
        placed = route.placed
        target = side.read(placed.stack, route.target) or "a redirect"
        if route.path:
            yield placed.environment, f"host {route.host}, path {route.path}", target
            continue
        by = "domain mapping" if "domain_mapping" in placed.resource.kind else "load balancer"
        yield placed.environment, f"host {route.host}", f"{by} to {target}"
    for placed in side.of("google_dns_record_set"):
        if placed.get("type") in {"A", "AAAA", "CNAME"}:
            to = ", ".join(side.read(placed.stack, r) for r in placed.get("rrdatas") or ())
            name = side.read(placed.stack, placed.get("name"))
            yield placed.environment, f"DNS {placed.get('type')} {name.rstrip('.')}", to


def _firewalls(side: Side) -> Iterator[Fact]:
    for placed in side.of("google_compute_firewall"):
        for action in ("allow", "deny"):
            for rule in items(placed.resource.arguments.get(action)):
                ports = ",".join(rule.get("ports", ())) or "all ports"
                sources = ", ".join(
                    placed.get("source_ranges") or placed.get("source_service_accounts") or ()
                )
                state = ", disabled" if placed.get("disabled") else ""
                yield (
                    placed.environment,
                    f"firewall {placed.name} {rule['protocol']}",
                    f"{action} {ports} from {sources or 'anywhere'}{state}",
                )


def _addresses(side: Side) -> Iterator[Fact]:
    for placed in side.of("google_compute_global_address", "google_compute_address"):
        if (placed.get("address_type") or "EXTERNAL") == "EXTERNAL":
            yield placed.environment, f"public address {placed.name}", ""
    for placed in side.of(
        "google_compute_global_forwarding_rule", "google_compute_forwarding_rule"
    ):
        if str(placed.get("load_balancing_scheme") or "EXTERNAL").startswith("EXTERNAL"):
            ports, target = placed.get("port_range"), side.read(placed.stack, placed.get("target"))
            yield placed.environment, f"port {ports} of {placed.name}", f"to {target}"
    for placed in side.of("google_compute_instance"):
        if "access_config" in (items(placed.get("network_interface")) or [{}])[0]:
            yield placed.environment, f"public address of {placed.name}", ""


def _armor(side: Side) -> Iterator[Fact]:
    for placed in side.of("google_compute_backend_service"):
        policy = placed.get("security_policy")
        before = f"behind {side.read(placed.stack, policy)}" if policy else "behind no policy"
        yield placed.environment, f"backend {placed.name}", before
    for placed in side.of("google_compute_security_policy"):
        rules = frozenset(map(_rule, items(placed.resource.arguments.get("rule"))))
        yield placed.environment, f"policy {placed.name}", rules


def _rule(rule: Any) -> str:
    tried = ", preview only" if rule.get("preview") else ""
    return f"{rule['action']} by rule {rule['priority']} ({rule.get('description', '')}){tried}"


def _data(side: Side) -> Iterator[Fact]:
    for placed in side.of("google_sql_database_instance"):
        if placed.get("settings.ip_configuration.ipv4_enabled"):
            networks = items(placed.get("settings.ip_configuration.authorized_networks"))
            ranges = ", ".join(n["value"] for n in networks) or "the proxy only"
            yield placed.environment, f"public address of database {placed.name}", ranges
    for placed in side.of("google_storage_bucket"):
        prevention = placed.get("public_access_prevention") or "inherited"
        yield placed.environment, f"bucket {placed.name}, prevention of public access", prevention
    for placed in side.of("aws_s3_bucket_public_access_block"):
        off = sorted(name for name, value in placed.resource.arguments.items() if value is False)
        bucket = side.read(placed.stack, placed.get("bucket"))
        subject = f"bucket {bucket} on AWS, prevention of public access"
        yield placed.environment, subject, f"without {', '.join(off)}" if off else "enforced"
