"""Rules about secrets: where their values may be, and how workloads refer to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from policy.rule import EnvironmentHits, Hits, Stacks, environment_rule, rule
from policy.stack import Resource, Stack

_STORED: dict[str, tuple[tuple[str, ...], ...]] = {
    "google_monitoring_notification_channel": (("sensitive_labels",),),
    "google_monitoring_uptime_check_config": (("http_check", "auth_info", "password"),),
    "google_secret_manager_secret_version": (("secret_data",),),
    "google_sql_database_instance": (("root_password",), ("replica_configuration", "password")),
    "google_sql_user": (("password",),),
}
"""Arguments whose value Terraform stores in its state, by type."""
_GENERATED = {"random_id", "random_password", "random_string", "tls_private_key"}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the secret and the version of each reference in a Cloud Run template."""
    if isinstance(value, list):
        for inner in value:
            yield from _references(inner)
    elif isinstance(value, dict):
        if reference := value.get("secret_key_ref"):
            yield str(reference["secret"]), str(reference.get("version", ""))
        if isinstance(volume := value.get("secret"), dict):
            for item in volume.get("items", [{}]):
                yield str(volume["secret"]), str(item.get("version", ""))
        for inner in value.values():
            yield from _references(inner)


def _workloads(stack: Stack) -> Iterator[Resource]:
    return stack.resources("google_cloud_run_v2_service", "google_cloud_run_v2_job")


@rule(
    title="Every reference to a secret names a version by its number",
    reason="With latest, each instance takes a new value when it starts, without a review, and a "
    "roll-back of the revision does not restore the old value.",
    fix="pin the number; [secret_versions] of the environment file raises it",
)
def pinned_secret(stack: Stack) -> Hits:
    """Find references to latest, to an alias, or to no version."""
    for workload in _workloads(stack):
        for secret, version in _references(workload.get("template")):
            if not version.isdecimal():
                yield workload.address, f"{secret} at version {version or 'latest, by omission'}"


@rule(
    title="No secret passes through an argument that Terraform stores",
    reason="State and plans are files: whoever can read them could read the secret.",
    fix="use the write-only argument (_wo) with an ephemeral variable",
)
def stored_secret(stack: Stack) -> Hits:
    """Find secrets in stored arguments, and secrets that Terraform generates."""
    for resource in stack.resources():
        for path in _STORED.get(resource.kind, ()):
            if resource.get(*path) is not None:
                yield resource.address, ".".join(path)
        if resource.kind in _GENERATED:
            yield resource.address, f"{resource.kind} keeps its value in state"


@rule(
    title="A variable that holds a secret is ephemeral",
    reason="A variable that is only sensitive is hidden on the screen and stored in the plan.",
    fix="declare it with password_variable",
)
def ephemeral_variable(stack: Stack) -> Hits:
    """Find sensitive variables that a plan would store."""
    for name, variable in stack.blocks("variable"):
        if variable.get("sensitive") and not variable.get("ephemeral"):
            yield f"var.{name}", "sensitive, and not ephemeral"


@rule(
    title="A destroyed version of a secret can be restored for some time",
    reason="Running instances keep their value, so destroying the wrong version is noticed late.",
    fix="set version_destroy_ttl",
)
def secret_destroy_delay(stack: Stack) -> Hits:
    """Find secrets whose versions are destroyed without a delay."""
    for secret in stack.resources("google_secret_manager_secret"):
        if not secret.get("version_destroy_ttl"):
            yield secret.address, "version_destroy_ttl is not set"


_ACCESSOR = "roles/secretmanager.secretAccessor"
_REFERENCE = re.compile(r"\$\{(\w+\.\w+)\.\w+\}")


def _granted(stacks: Stacks) -> set[tuple[str, str]]:
    """Return pairs of a secret and an account that may read it, by their short names."""
    ids = {
        resource.address: str(resource.get("secret_id") or resource.get("account_id"))
        for stack in stacks
        for resource in stack.resources("google_secret_manager_secret", "google_service_account")
    }

    def short_name(value: object) -> str:
        reference = _REFERENCE.fullmatch(str(value).removeprefix("serviceAccount:"))
        address = reference[1] if reference else ""
        return (
            ids.get(address) or str(value).rpartition("/")[2].partition("@")[0].rpartition(":")[2]
        )

    return {
        (short_name(grant.get("secret_id")), short_name(grant.get("member")))
        for stack in stacks
        for grant in stack.resources("google_secret_manager_secret_iam_member")
        if grant.get("role") == _ACCESSOR
    }


@environment_rule(
    title="Who refers to a secret may read it",
    reason="Google refuses a revision whose account cannot read a secret that it names, and the "
    "stacks of services are applied last.",
    fix="grant roles/secretmanager.secretAccessor on the secret to the workload's account",
)
def readable_secret(stacks: Stacks) -> EnvironmentHits:
    """Find workloads that refer to a secret without a grant to read it."""
    granted = _granted(stacks)
    for stack in stacks:
        for workload in _workloads(stack):
            path = ("template", "template") if workload.kind.endswith("_job") else ("template",)
            account = str(workload.get(*path, "service_account")).partition("@")[0]
            secrets = {secret.rpartition("/")[2] for secret, _ in _references(workload.get(*path))}
            for secret in sorted(secrets):
                if (secret, account) not in granted:
                    yield stack, workload.address, f"{account} may not read {secret}"


RULES = (pinned_secret, stored_secret, ephemeral_variable, secret_destroy_delay, readable_secret)
