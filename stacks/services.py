"""What changes with each release: the Cloud Run services, and the edge before them."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.cloud_run.stack import add_services
from constructs_lib.edge.stack import add_edge
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack


class Services(EnvironmentStack):
    """Every service of the catalogue that is switched on, and what leads to the public ones."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "services", environment)
        cloud_run = add_services(self)
        add_edge(self, cloud_run)
