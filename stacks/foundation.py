"""Long-lived: what the rest of an environment stands on."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.edge.stack import add_domain
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.network.stack import add_network
from constructs_lib.postgres.stack import add_database_readers
from constructs_lib.project.stack import add_apis, add_data_access_logs, add_service_accounts
from constructs_lib.secrets.stack import add_secrets


class Foundation(EnvironmentStack):
    """APIs, what is logged, network, identities, secrets without values, zone, certificates."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "foundation", environment)
        apis = add_apis(self)
        add_data_access_logs(self, apis)
        add_network(self, apis)
        accounts = add_service_accounts(self, apis)
        add_secrets(self, accounts, apis)
        add_database_readers(self, apis)
        add_domain(self, apis)
