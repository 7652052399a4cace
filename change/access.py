"""Who may do what, and who reads which secret."""

from __future__ import annotations

from typing import Any

from change.facts import Facts, Value
from change.side import Placed, Side, items

_ACCESSOR = "roles/secretmanager.secretAccessor"
_CUSTOM_ROLE = "google_project_iam_custom_role"
_PROVIDER = "google_iam_workload_identity_pool_provider"
_SECRET = "google_secret_manager_secret"
_TARGETS = (
    "secret_id",
    "service_account_id",
    "bucket",
    "topic",
    "subscription",
    "repository",
    "instance",
    "name",
    "billing_account_id",
    "project",
)
"""The arguments of a grant that say on what it is, the narrowest first."""


def permissions(side: Side) -> Facts:
    """Return the grants, the permissions of custom roles, and whom GitHub's tokens are taken from.

    Readers of secrets are facts of the secrets.
    """
    facts: dict[tuple[str, str], Value] = {}
    for placed in _grants(side):
        role, arguments = _role(side, placed), placed.resource.arguments
        if role == _ACCESSOR and placed.resource.kind.startswith(_SECRET):
            continue
        condition = placed.get("condition.expression")
        only = f", only where {side.read(placed.stack, condition)}" if condition else ""
        for member in _members(side, placed):
            subject = f"{member} has {role} on {_target(side, placed)}{only}"
            facts[placed.environment, subject] = ""
        if "policy_data" in arguments:
            facts[placed.environment, f"the whole policy of {_target(side, placed)}"] = str(
                arguments["policy_data"]
            )
    for placed in side.of(_CUSTOM_ROLE):
        held = frozenset(placed.get("permissions") or ())
        of = f" of {project}" if (project := placed.get("project")) else ""
        facts[placed.environment, f"custom role {placed.name}{of}"] = held
    for placed in side.of(_PROVIDER):
        condition = str(placed.get("attribute_condition") or "any token")
        facts[placed.environment, f"{placed.name} takes tokens where"] = condition
    return facts


def secrets(side: Side) -> Facts:
    """Return the secrets, who may read each, and which container reads which version."""
    facts: dict[tuple[str, str], Value] = {}
    for placed in side.of(_SECRET):
        facts[placed.environment, f"secret {placed.name}"] = ""
    readers: dict[tuple[str, str], set[str]] = {}
    for placed in _grants(side):
        if placed.resource.kind.startswith(_SECRET) and _role(side, placed) == _ACCESSOR:
            key = placed.environment, f"readers of {_target(side, placed)}"
            readers.setdefault(key, set()).update(_members(side, placed))
    return {**facts, **{key: frozenset(members) for key, members in readers.items()}}


def _grants(side: Side) -> list[Placed]:
    kinds = {placed.resource.kind for placed in side.by_key.values()}
    wanted = sorted(k for k in kinds if k.endswith(("_iam_member", "_iam_binding", "_iam_policy")))
    return list(side.of(*wanted))


def _role(side: Side, placed: Placed) -> str:
    role = side.read(placed.stack, placed.get("role") or "")
    return role.rpartition("/")[2] if role.startswith("projects/") else role


def _members(side: Side, placed: Placed) -> list[str]:
    stated: list[Any] = [*items(placed.get("member")), *items(placed.get("members"))]
    return [side.member(placed.stack, member) for member in stated]


def _target(side: Side, placed: Placed) -> str:
    value = next(filter(None, map(placed.get, _TARGETS)), placed.name)
    target = side.read(placed.stack, value).rpartition("/")[2]
    return side.member(placed.stack, target)
