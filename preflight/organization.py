"""Organization policies that refuse parts of the design.

What is in force is asked, whoever set it. The constraints are described in
https://cloud.google.com/resource-manager/docs/organization-policy/org-policy-constraints.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from preflight.context import Context
from results import Result, Status, passed

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
GOOGLE_PRODUCERS = "under:organizations/433637338589"
"""Google's own organization, in which Cloud SQL and Memorystore keep their networks."""
COS_PROJECT = "projects/cos-cloud"
"""Container-Optimized OS, which the machines run."""

_INGRESS = {
    "INGRESS_TRAFFIC_ALL": "all",
    "INGRESS_TRAFFIC_INTERNAL_ONLY": "internal",
    "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER": "internal-and-cloud-load-balancing",
}
_EGRESS = {"ALL_TRAFFIC": "all-traffic", "PRIVATE_RANGES_ONLY": "private-ranges-only"}
_WITHOUT_CMEK = ("artifactregistry", "compute", "logging", "pubsub", "secretmanager", "sqladmin")


class Needs(Enum):
    """What the design needs of a constraint, beside allowed values."""

    OFF = "not enforced"
    EVERYTHING = "every value allowed"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint, and what the design needs of it."""

    name: str
    refuses: str
    """What cannot be made otherwise."""
    needs: Callable[[Context], Needs | frozenset[str] | None]
    """The values that must be allowed; None where the environment has no such thing."""
    is_shared: bool = False
    """Whether the thing is in the shared project."""
    groups: Callable[[str], frozenset[str]] = lambda _: frozenset()
    """The groups (``in:``) that hold a value."""


def _always(_: Context) -> Needs:
    return Needs.OFF


def _holds(context: Context, text: str) -> bool:
    return any(text in json.dumps(stack) for stack in context.stacks.values())


def _public_grants(context: Context) -> Needs | None:
    return Needs.EVERYTHING if _holds(context, '"allUsers"') else None


def _public_grants_managed(context: Context) -> Needs | None:
    return Needs.OFF if _holds(context, '"allUsers"') else None


def _no_invoker_check(context: Context) -> Needs | None:
    return Needs.OFF if _holds(context, '"invoker_iam_disabled": true') else None


def _ingress(context: Context) -> frozenset[str]:
    services = context.resources("google_cloud_run_v2_service")
    return frozenset(_INGRESS[s.get("ingress", "INGRESS_TRAFFIC_ALL")] for s in services)


def _egress(context: Context) -> frozenset[str]:
    services = context.resources("google_cloud_run_v2_service")
    routes = (service["template"].get("vpc_access", {}).get("egress") for service in services)
    return frozenset(_EGRESS[route] for route in routes if route)


def _load_balancer(context: Context) -> frozenset[str] | None:
    has_one = any(context.resources("google_compute_global_forwarding_rule"))
    return frozenset({"GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS"}) if has_one else None


def _global_load_balancing(context: Context) -> Needs | None:
    return Needs.OFF if _load_balancer(context) else None


def _machines(context: Context) -> frozenset[str] | None:
    return frozenset({COS_PROJECT}) if any(context.resources("google_compute_instance")) else None


def _locations(context: Context) -> frozenset[str]:
    postgres = context.resources("google_sql_database_instance")
    return frozenset({context.settings.region, *(instance["region"] for instance in postgres)})


def _apis(context: Context) -> frozenset[str]:
    return frozenset(s["service"] for s in context.resources("google_project_service"))


def _hmac_key(context: Context) -> frozenset[str] | None:
    has_one = context.settings.gcs_storage is not None
    return frozenset({"SERVICE_ACCOUNT_HMAC_SIGNED_REQUESTS"}) if has_one else None


def _account_key(context: Context) -> Needs | None:
    return Needs.OFF if context.settings.gcs_storage is not None else None


def _groups_of_locations(region: str) -> frozenset[str]:
    """Return the groups whose names tell that they hold a region; ``us`` alone is none."""
    return frozenset({f"in:{region}-locations", f"in:{region.partition('-')[0]}-locations"})


CONSTRAINTS = (
    Constraint(
        "iam.allowedPolicyMemberDomains", "services that everybody may call", _public_grants
    ),
    Constraint(
        "iam.managed.allowedPolicyMembers",
        "services that everybody may call",
        _public_grants_managed,
    ),
    Constraint(
        "run.managed.requireInvokerIam", "services that everybody may call", _no_invoker_check
    ),
    Constraint("run.allowedIngress", "the ingress of the services", _ingress),
    Constraint("run.allowedVPCEgress", "the way of the services to the network", _egress),
    Constraint(
        "run.allowedBinaryAuthorizationPolicies",
        "services without Binary Authorization",
        lambda _: Needs.EVERYTHING,
    ),
    Constraint(
        "compute.restrictVpcPeering",
        "Cloud SQL and Memorystore on the network",
        lambda _: frozenset({GOOGLE_PRODUCERS}),
    ),
    Constraint(
        "compute.restrictLoadBalancerCreationForTypes",
        "the load balancer",
        _load_balancer,
        groups=lambda _: frozenset({"in:EXTERNAL"}),
    ),
    Constraint("compute.disableGlobalLoadBalancing", "the load balancer", _global_load_balancing),
    Constraint("compute.trustedImageProjects", "the image of the machines", _machines),
    Constraint(
        "gcp.resourceLocations",
        "resources in the regions of the settings",
        _locations,
        groups=_groups_of_locations,
    ),
    Constraint("gcp.restrictServiceUsage", "the APIs of the stack foundation", _apis),
    Constraint(
        "gcp.restrictNonCmekServices",
        "what is encrypted with Google's keys",
        lambda _: frozenset(f"{api}.googleapis.com" for api in _WITHOUT_CMEK),
    ),
    Constraint("iam.disableServiceAccountCreation", "the accounts of the workloads", _always),
    Constraint(
        "iam.disableServiceAccountCreation",
        "the accounts of the pipeline",
        _always,
        is_shared=True,
    ),
    Constraint(
        "iam.workloadIdentityPoolProviders",
        "the trust in GitHub's jobs",
        lambda _: frozenset({GITHUB_ISSUER}),
        is_shared=True,
    ),
    Constraint(
        "storage.restrictAuthTypes",
        "the HMAC key of the bucket",
        _hmac_key,
        groups=lambda _: frozenset({"in:ALL_HMAC_SIGNED_REQUESTS"}),
    ),
    Constraint("iam.disableServiceAccountKeyCreation", "the HMAC key of the bucket", _account_key),
)


def policy(context: Context, constraint: Constraint) -> Iterator[Result]:
    """The effective policy of a constraint leaves the design possible."""
    needed = constraint.needs(context)
    project = context.shared.project_id if constraint.is_shared else context.settings.project_id
    if needed is None or needed == frozenset():
        return
    answer = context.google.get(
        "orgpolicy", f"v2/projects/{project}/policies/{constraint.name}:getEffectivePolicy"
    )
    rules = answer.get("spec", {}).get("rules", [])
    refused = _refused(rules, needed, constraint.groups)
    if not refused:
        yield passed("organization", f"{constraint.name} leaves room in {project}")
        return
    # A condition asks for a tag, and a group for its members; neither is known here.
    unsure = any(rule.get("condition") for rule in rules) or _names_groups(rules)
    yield Result(
        "organization",
        Status.WARNING if unsure else Status.FAILURE,
        f"{constraint.name} in {project} {'may refuse' if unsure else 'refuses'} "
        f"{constraint.refuses}: {', '.join(refused)}",
        "that an administrator of organization policies makes an exception for the project",
        _exception(project, constraint.name, needed, rules),
    )


def _refused(
    rules: list[Mapping[str, Any]],
    needed: Needs | frozenset[str],
    groups: Callable[[str], frozenset[str]],
) -> list[str]:
    """Return what of the needed a policy does not allow."""
    if needed is Needs.OFF:
        return ["it is enforced"] if any(rule.get("enforce") for rule in rules) else []
    allowed = _values(rules, "allowedValues")
    denied = _values(rules, "deniedValues")
    if any(rule.get("denyAll") for rule in rules):
        return ["it allows nothing"]
    if needed is Needs.EVERYTHING:
        limits = allowed | denied
        return [f"it allows {', '.join(sorted(allowed)) or 'not all'}"] if limits else []
    assert isinstance(needed, frozenset)
    refused = {value for value in needed if denied & {value, *groups(value)}}
    if allowed and not any(rule.get("allowAll") for rule in rules):
        refused |= {v for v in needed if not allowed & {v, *groups(v)}}
    return sorted(refused)


def _values(rules: list[Mapping[str, Any]], key: str) -> set[str]:
    return {
        str(value).removeprefix("is:")
        for rule in rules
        for value in rule.get("values", {}).get(key, ())
    }


def _names_groups(rules: list[Mapping[str, Any]]) -> bool:
    return any(v.startswith("in:") for v in _values(rules, "allowedValues"))


def _exception(
    project: str,
    name: str,
    needed: Needs | frozenset[str],
    rules: list[Mapping[str, Any]],
) -> str:
    """Return the commands with which an administrator makes an exception."""
    if needed is Needs.OFF:
        rule: dict[str, Any] = {"enforce": False}
    elif needed is Needs.EVERYTHING or _values(rules, "deniedValues"):
        rule = {"allowAll": True}
    else:
        assert isinstance(needed, frozenset)
        rule = {"values": {"allowedValues": sorted({*_values(rules, "allowedValues"), *needed})}}
    document = {"name": f"projects/{project}/policies/{name}", "spec": {"rules": [rule]}}
    return (
        f"gcloud org-policies describe {name} --project={project} --effective\n"
        f"echo '{json.dumps(document)}' > policy.json\n"
        "gcloud org-policies set-policy policy.json"
    )
