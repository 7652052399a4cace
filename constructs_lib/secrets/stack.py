"""How secrets are added to the stacks."""

from __future__ import annotations

from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.postgres.variables import HANDED_OVER
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.project.service_accounts import ServiceAccounts
from constructs_lib.secrets import alerts
from constructs_lib.secrets.secrets import SecretContainer, Secrets


def add_secrets(stack: EnvironmentStack, accounts: ServiceAccounts, apis: ProjectServices) -> None:
    """Add a container without a value for each secret in use, and let its readers in.

    The pipeline reads those of Postgres too, of which the stack ``data`` has variables.
    """
    names = stack.environment.names
    pipeline = (("deployer", f"serviceAccount:{names.deployer_email}"),)
    Secrets(
        stack,
        "secrets",
        containers=[
            SecretContainer(
                secret.secret_id,
                (
                    *(
                        (names.workload(reader), accounts.member(names.workload(reader)))
                        for reader in secret.readers
                    ),
                    *(pipeline if secret.variable in HANDED_OVER else ()),
                ),
            )
            for secret in stack.environment.secrets
        ],
        deletion_protection=stack.environment.settings.is_protected,
        depends_on=apis.of("secretmanager"),
    )


def add_secret_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Notify when a secret is destroyed or disabled, or read by an account that is not its own."""
    monitoring.alert(alerts.secret_is_destroyed())
    monitoring.alert(alerts.secret_is_disabled())
    if stack.environment.settings.logs_data_access:
        monitoring.alert(alerts.secret_is_read_by_another(_secrets_by_reader(stack)))


def _secrets_by_reader(stack: EnvironmentStack) -> dict[str, list[str]]:
    names = stack.environment.names
    by_reader: dict[str, list[str]] = {}
    for secret in stack.environment.secrets:
        emails = [names.account_email(reader) for reader in secret.readers]
        if secret.variable in HANDED_OVER:
            emails.append(names.deployer_email)
        for email in emails:
            by_reader.setdefault(email, []).append(secret.secret_id)
    return by_reader
