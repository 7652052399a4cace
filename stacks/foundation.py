"""Long-lived: what the rest of an environment stands on."""

from __future__ import annotations

from collections.abc import Iterator

from constructs import Construct

from constructs_lib.edge.stack import add_domain
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import (
    DB_BOOTSTRAP,
    MCP,
    MIGRATE,
    OTEL_COLLECTOR,
    POSTGRES,
    PUBSUB_PUSH,
    STORAGE,
    TELEMETRY,
)
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.network.network import Connector, Network, PrivateZone
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.project.service_accounts import Account, ServiceAccounts
from constructs_lib.secrets.secrets import SecretContainer, Secrets
from constructs_lib.virtual_machine.virtual_machine import MACHINE_ROLES

APIS = (
    "artifactregistry",
    "billingbudgets",
    "certificatemanager",
    "cloudresourcemanager",
    "compute",
    "dns",
    "iam",
    "iap",
    "logging",
    "monitoring",
    "pubsub",
    "redis",
    "run",
    "secretmanager",
    "servicenetworking",
    "sqladmin",
    "storage",
    "vpcaccess",
)


class Foundation(EnvironmentStack):
    """APIs, network, identities, and secrets without their values."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "foundation", environment)
        self._apis = ProjectServices(self, "project-services", apis=APIS)
        self._network()
        self._accounts = self._service_accounts()
        self._secrets()
        add_domain(self, self._apis)

    def _network(self) -> None:
        settings, names = self.environment.settings, self.environment.names
        network = settings.network
        postgres = settings.postgres_on
        Network(
            self,
            "network",
            name=names.network,
            region=settings.region,
            subnet_cidr=network.subnet_cidr,
            service_range_name=names.service_range,
            service_range_cidr=network.service_range_cidr,
            connector=Connector(
                network.connector_cidr,
                network.connector_min_instances,
                network.connector_max_instances,
            )
            if network.connector_cidr is not None
            else None,
            private_zone=PrivateZone(names.private_zone, names.private_domain)
            if (postgres and not postgres.through_proxy) or settings.self_hosted_on
            else None,
            cloud_run_zone=names.cloud_run_zone
            if settings.mcp_service and settings.mcp_service.ingress == "internal"
            else None,
            flow_logs=network.flow_logs,
            deletion_protection=settings.deletion_protection,
            depends_on=self._apis.of("compute", "dns", "servicenetworking", "vpcaccess"),
        )

    def _service_accounts(self) -> ServiceAccounts:
        settings, names = self.environment.settings, self.environment.names
        workloads = [*settings.services_on(), MIGRATE]
        if settings.collector_on:
            workloads.append(OTEL_COLLECTOR)
        if settings.mcp_service:
            workloads.append(MCP)
        postgres = settings.postgres_on
        if postgres:
            workloads.append(DB_BOOTSTRAP)
        through_proxy = {
            reader
            for secret in self.environment.secrets
            if secret.variable.startswith("DB_PG_")
            for reader in secret.readers
            if postgres and postgres.through_proxy
        }
        accounts = [
            Account(
                names.workload(workload),
                f"Cloud Run workload {names.workload(workload)}",
                ("roles/cloudsql.client",) if workload in through_proxy else (),
            )
            for workload in workloads
        ]
        accounts += [
            Account(names.workload(machine), f"Machine {names.workload(machine)}", MACHINE_ROLES)
            for machine in self._machines()
        ]
        return ServiceAccounts(
            self,
            "service-accounts",
            project_id=settings.project_id,
            accounts=[*accounts, *self._accounts_without_workload()],
            deployer=f"serviceAccount:{names.deployer_email}",
            depends_on=self._apis.of("cloudresourcemanager", "iam"),
        )

    def _accounts_without_workload(self) -> Iterator[Account]:
        settings, names = self.environment.settings, self.environment.names
        if settings.gcs_on:
            yield Account(names.workload(STORAGE), "Owner of the HMAC key of the S3 client")
        if settings.pubsub_on and settings.pubsub_on.pushes:
            yield Account(names.workload(PUBSUB_PUSH), "In whose name Pub/Sub calls the API")

    def _machines(self) -> tuple[str, ...]:
        """Return the virtual machines of the environment."""
        settings = self.environment.settings
        on = {POSTGRES: settings.postgres_machine_on, TELEMETRY: settings.self_hosted_on}
        return tuple(machine for machine, is_on in on.items() if is_on)

    def _secrets(self) -> None:
        settings, names = self.environment.settings, self.environment.names
        Secrets(
            self,
            "secrets",
            containers=[
                SecretContainer(
                    secret.secret_id,
                    tuple(
                        (names.workload(reader), self._accounts.member(names.workload(reader)))
                        for reader in secret.readers
                    ),
                )
                for secret in self.environment.secrets
            ],
            deletion_protection=settings.deletion_protection,
            depends_on=self._apis.of("secretmanager"),
        )
