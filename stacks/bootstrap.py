"""Once, before all environments: state, images, and the identities that deploy."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from constructs_lib.environment.stack import Stack
from constructs_lib.pipeline.settings import BootstrapSettings, Target
from constructs_lib.pipeline.stack import add_pipeline, bootstrap_labels
from constructs_lib.terraform import google_provider


class Bootstrap(Stack):
    """The state bucket, the image repository, and who may use them from a pipeline."""

    def __init__(
        self, scope: Construct, settings: BootstrapSettings, targets: Sequence[Target]
    ) -> None:
        super().__init__(
            scope,
            "bootstrap",
            state_bucket=settings.state_bucket,
            state_prefix="bootstrap",
        )
        google_provider(
            self,
            project_id=settings.project_id,
            region=settings.region,
            labels=bootstrap_labels(settings),
        )
        add_pipeline(self, settings, targets)
