"""The few places where cdktf 0.21 needs help to say what Terraform understands."""

from __future__ import annotations

from typing import Any

from cdktf import (
    TerraformResourceLifecycle,
    TerraformStack,
    TerraformVariable,
)
from cdktf_cdktf_provider_google.provider import GoogleProvider
from constructs import Construct

from constructs_lib import renamed

DIGEST_PATTERN = "@sha256:[0-9a-f]{64}$"


def google_provider(
    stack: TerraformStack, *, project_id: str, region: str, labels: dict[str, str]
) -> None:
    """Add the provider block; every resource that can carry labels gets these."""
    provider = GoogleProvider(stack, "google", project=project_id, region=region)
    # As an argument, cdktf 0.21 would turn the keys into snake case (terraform-cdk#2681).
    provider.add_override("default_labels", labels)


def charge_quota_to(stack: TerraformStack, project_id: str) -> None:
    """Count the stack's calls against the quota of a project, not of whoever's client is used.

    With a person's own credentials, some APIs refuse every call without it (provider documentation
    of google_billing_budget). The person needs ``serviceusage.services.use`` on the project.
    """
    provider = stack.node.find_child("google")
    provider.add_override("user_project_override", True)  # type: ignore[attr-defined]
    provider.add_override("billing_project", project_id)  # type: ignore[attr-defined]


def image_variable(
    scope: Construct, name: str, *, default: str | None, require_digest: bool
) -> str:
    """Declare the variable that a release sets to a container image; return its reference.

    With ``require_digest``, Terraform refuses a tag at plan: what was reviewed is what runs.
    """
    variable = TerraformVariable(
        _stack_of(scope),
        name,
        type="string",
        default=default,
        description="Container image, "
        + ("pinned as NAME@sha256:DIGEST" if require_digest else "by tag or by digest"),
        nullable=False,
    )
    if require_digest:
        variable.add_validation(
            condition=f'${{can(regex("{DIGEST_PATTERN}", var.{name}))}}',
            error_message=f"{name} must end in @sha256: and 64 hexadecimal digits.",
        )
    return str(variable.string_value)


def ephemeral_variable(scope: Construct, name: str, *, description: str) -> TerraformVariable:
    """Declare a variable whose value reaches write-only arguments, and neither plan nor state."""
    variable = TerraformVariable(
        _stack_of(scope),
        name,
        type="string",
        description=description,
        sensitive=True,
        nullable=False,
    )
    # cdktf 0.21 knows no ephemeral variables (hashicorp/terraform-cdk#3886).
    variable.add_override("ephemeral", True)
    return variable


def password_variable(
    scope: Construct, name: str, *, description: str, pattern: str, allowed: str
) -> str:
    """Declare an ephemeral variable for a password; return its reference.

    ``pattern`` is a regular expression as Terraform writes it, and ``allowed`` the same in words.
    """
    variable = ephemeral_variable(scope, name, description=description)
    variable.add_validation(
        condition=f'${{can(regex("{pattern}", var.{name}))}}',
        error_message=f"{name} must have {allowed}.",
    )
    return str(variable.string_value)


def kept(protected: bool, *, ignore_changes: list[str] | None = None) -> TerraformResourceLifecycle:
    """Return the lifecycle of a resource whose loss would be loss of data, where it is protected.

    A plan that would destroy or replace such a resource fails.
    """
    return TerraformResourceLifecycle(
        prevent_destroy=True if protected else None, ignore_changes=ignore_changes
    )


def number_or_text(number: int, *, text_since: int) -> Any:
    """Return a number as the bindings take it: as text since a major version of the provider.

    Node refuses the other type. Terraform converts either, so it makes no difference to a plan.
    """
    return str(number) if renamed.has_google(text_since) else number


def _stack_of(scope: Construct) -> TerraformStack:
    # Variables are named by the stack's users: no construct path may lengthen their names.
    return TerraformStack.of(scope)
