"""Long-lived: what the rest of an environment stands on."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.artifact_registry import allow_pull
from constructs_lib.network import Connector, Network, PrivateZone
from constructs_lib.project_services import ProjectServices
from constructs_lib.secrets import SecretContainer, Secrets
from constructs_lib.service_accounts import Account, ServiceAccounts
from constructs_lib.virtual_machine import MACHINE_ROLES
from environments import Environment
from environments.names import DB_BOOTSTRAP, MIGRATE, POSTGRES
from stacks.base import EnvironmentStack
from stacks.edge import add_domain

APIS = (
    "artifactregistry",
    "certificatemanager",
    "billingbudgets",
    "cloudresourcemanager",
    "compute",
    "dns",
    "iam",
    "logging",
    "monitoring",
    "redis",
    "run",
    "secretmanager",
    "servicenetworking",
    "sqladmin",
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
        self._image_pull()
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
            if postgres and not postgres.through_proxy
            else None,
            flow_logs=network.flow_logs,
            deletion_protection=settings.deletion_protection,
            depends_on=self._apis.of("compute", "dns", "servicenetworking", "vpcaccess"),
        )

    def _service_accounts(self) -> ServiceAccounts:
        settings, names = self.environment.settings, self.environment.names
        workloads = [*settings.services_on(), MIGRATE]
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
            accounts=accounts,
            depends_on=self._apis.of("cloudresourcemanager", "iam"),
        )

    def _machines(self) -> tuple[str, ...]:
        """Return the virtual machines of the environment."""
        return (POSTGRES,) if self.environment.settings.postgres_machine_on else ()

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

    def _image_pull(self) -> None:
        # Cloud Run pulls as its own agent, which Google makes when the API is switched on.
        number, names = self.environment.settings.project_number, self.environment.names
        allow_pull(
            self,
            "image-pull",
            repository=names.artifact_repository_path,
            member=f"serviceAccount:service-{number}@serverless-robot-prod.iam.gserviceaccount.com",
            depends_on=self._apis.of("run"),
        )
        for machine in self._machines():
            allow_pull(
                self,
                f"image-pull-{machine}",
                repository=names.artifact_repository_path,
                member=self._accounts.member(names.workload(machine)),
                depends_on=[],
            )
