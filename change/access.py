"""Who may do what, and who reads which secret."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from change.facts import Fact
from change.side import Placed, Side, items

_ACCESSOR = "roles/secretmanager.secretAccessor"
_CUSTOM_ROLE = "google_project_iam_custom_role"
_PROVIDER = "google_iam_workload_identity_pool_provider"
_SECRET = "google_secret_manager_secret"
_DOCUMENTS = {
    "aws_iam_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_kms_key": "policy",
    "aws_s3_bucket_policy": "policy",
}
"""The argument of a type on AWS that says who may do what."""
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


def permissions(side: Side) -> Iterator[Fact]:
    """Yield the grants, the permissions of custom roles, and whom GitHub's tokens are taken from.

    Readers of secrets are facts of the secrets.
    """
    for placed in _grants(side):
        role, target = _role(side, placed), _target(side, placed)
        if _is_reading(placed, role):
            continue
        condition = placed.get("condition.expression")
        only = f", only where {side.read(placed.stack, condition)}" if condition else ""
        for member in _members(side, placed):
            yield placed.environment, f"{member} has {role} on {target}{only}", ""
        if policy := placed.get("policy_data"):
            yield placed.environment, f"the whole policy of {target}", str(policy)
    for placed in side.of(_CUSTOM_ROLE):
        of = f" of {project}" if (project := placed.get("project")) else ""
        held = frozenset(placed.get("permissions") or ())
        yield placed.environment, f"custom role {placed.name}{of}", held
    for kind, argument in _DOCUMENTS.items():
        for placed in side.of(kind):
            text = side.read(placed.stack, placed.get(argument))
            yield placed.environment, f"{kind} {placed.name}", " ".join(text.split())
    for placed in side.of(_PROVIDER):
        condition = str(placed.get("attribute_condition") or "any token")
        yield placed.environment, f"{placed.name} takes tokens where", condition


def secrets(side: Side) -> Iterator[Fact]:
    """Yield the secrets, and who may read each."""
    for placed in side.of(_SECRET):
        yield placed.environment, f"secret {placed.name}", ""
    for environment, secret, members in readers(side):
        yield environment, f"readers of {secret}", members


def readers(side: Side) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield the environment and the name of a secret, and members that a grant lets read it."""
    for placed in _grants(side):
        if _is_reading(placed, _role(side, placed)):
            yield placed.environment, _target(side, placed), frozenset(_members(side, placed))


def _is_reading(placed: Placed, role: str) -> bool:
    return role == _ACCESSOR and placed.resource.kind.startswith(_SECRET)


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
