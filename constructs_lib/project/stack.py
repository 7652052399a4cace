"""How a project's APIs and its identities are added to a stack."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment.names import (
    DB_BOOTSTRAP,
    POSTGRES,
    PUBSUB_PUSH,
    STORAGE,
    TELEMETRY,
)
from constructs_lib.environment.services import deployed_services
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.project.data_access_logs import DataAccessLogs
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.project.service_accounts import Account, ServiceAccounts
from constructs_lib.virtual_machine.virtual_machine import MACHINE_ROLES
from envschema.services import MIGRATE

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

_AUDITED_APIS = ("cloudsql", "iam", "secretmanager", "storage", "sts")


def add_apis(stack: EnvironmentStack) -> ProjectServices:
    """Switch on every API that an environment may use."""
    return ProjectServices(stack, "project-services", apis=APIS)


def add_service_accounts(stack: EnvironmentStack, apis: ProjectServices) -> ServiceAccounts:
    """Add an identity for each workload, each machine, and what acts in a name of its own."""
    settings, names = stack.environment.settings, stack.environment.names
    accounts = (
        *_workload_accounts(stack),
        *_machine_accounts(stack),
        *_accounts_without_workload(stack),
    )
    return ServiceAccounts(
        stack,
        "service-accounts",
        project_id=settings.project_id,
        accounts=accounts,
        deployer=f"serviceAccount:{names.deployer_email}",
        depends_on=apis.of("cloudresourcemanager", "iam"),
    )


def add_data_access_logs(stack: EnvironmentStack, apis: ProjectServices) -> None:
    """Log who reads secrets and data, who acts as whom, and who tunnels to a machine."""
    settings = stack.environment.settings
    if not settings.logs_data_access:
        return
    has_machine = settings.postgres_machine or settings.telemetry_server
    DataAccessLogs(
        stack,
        "data-access-logs",
        project_id=settings.project_id,
        apis=(*_AUDITED_APIS, *(("iap",) if has_machine else ())),
        depends_on=apis.of("cloudresourcemanager"),
    )


def _workload_accounts(stack: EnvironmentStack) -> Iterator[Account]:
    settings, names = stack.environment.settings, stack.environment.names
    services = deployed_services(settings)
    postgres = settings.enabled_postgres
    through_proxy = {
        reader
        for secret in stack.environment.secrets
        if secret.variable.startswith("DB_PG_")
        for reader in secret.readers
        if postgres and postgres.through_proxy
    }
    for workload in (
        *(service.name for service in services if service.entry.kind.is_application),
        MIGRATE,
        *(service.name for service in services if not service.entry.kind.is_application),
        *((DB_BOOTSTRAP,) if postgres else ()),
    ):
        name = names.workload(workload)
        roles = ("roles/cloudsql.client",) if workload in through_proxy else ()
        yield Account(name, f"Cloud Run workload {name}", roles)


def _machine_accounts(stack: EnvironmentStack) -> Iterator[Account]:
    settings, names = stack.environment.settings, stack.environment.names
    machines = {POSTGRES: settings.postgres_machine, TELEMETRY: settings.telemetry_server}
    for machine, is_deployed in machines.items():
        if is_deployed:
            name = names.workload(machine)
            yield Account(name, f"Machine {name}", MACHINE_ROLES)


def _accounts_without_workload(stack: EnvironmentStack) -> Iterator[Account]:
    settings, names = stack.environment.settings, stack.environment.names
    if settings.gcs_storage:
        yield Account(
            names.workload(STORAGE), "Owner of the HMAC key of the S3 client", is_run_as=False
        )
    if settings.enabled_pubsub and settings.enabled_pubsub.pushes:
        yield Account(names.workload(PUBSUB_PUSH), "In whose name Pub/Sub calls the API")
