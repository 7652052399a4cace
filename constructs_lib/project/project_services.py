"""The Google APIs that a project must have switched on before anything else is made."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.project_service import ProjectService
from constructs import Construct


class ProjectServices(Construct):
    """Enables Google APIs, given by their names without ``.googleapis.com``."""

    def __init__(self, scope: Construct, construct_id: str, *, apis: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self._services = {
            api: ProjectService(
                self,
                api,
                service=f"{api}.googleapis.com",
                # Switching an API off would take down what other stacks made with it.
                disable_on_destroy=False,
            )
            for api in apis
        }

    def of(self, *apis: str) -> list[ITerraformDependable]:
        """Return what a resource that needs these APIs depends on."""
        return [self._services[api] for api in apis]
