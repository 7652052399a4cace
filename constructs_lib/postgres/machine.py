"""Postgres with pgvector in a container on a private virtual machine."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from constructs_lib.cloud_run.containers import SecretVersion
from constructs_lib.network.private_dns import DnsName
from constructs_lib.postgres.files import (
    ACCESS,
    ALIVE,
    CONFIGURATION_FILE,
    DATA_PATH,
    HBA_FILE,
    OWNER_PASSWORD_FILE,
    PORT,
    ROLES_FILE,
    SERVER_TLS_FILE,
    SET_UP,
    USER_ID,
    Capacity,
    configuration,
    roles_sql,
)
from constructs_lib.postgres.jobs import Roles
from constructs_lib.postgres.urls import UrlSecret, write_urls
from constructs_lib.secrets.secrets import SecretTarget, write_version
from constructs_lib.virtual_machine.startup_script import Container, Health
from constructs_lib.virtual_machine.virtual_machine import (
    DataDisk,
    Ingress,
    Snapshots,
    VirtualMachine,
)


class PostgresMachine(Construct):
    """A machine that holds the database as Cloud SQL would leave it, and the URLs as secrets.

    It takes connections with TLS only. What its clients must trust is written as a secret: its own
    certificate, and ``other_authorities``, because they read a single file.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        project_id: str,
        region: str,
        zone: str,
        machine_type: str,
        boot_image: str,
        memory_mib: int,
        network: str,
        subnetwork: str,
        client_ranges: Sequence[str],
        service_account: str,
        image: str,
        disk: DataDisk,
        snapshots: Snapshots,
        max_connections: int,
        log_min_duration_statement_ms: int,
        logical_decoding: bool,
        roles: Roles,
        owner_password: SecretVersion,
        server_tls: SecretVersion,
        certificate: str,
        ca_secret: SecretTarget,
        other_authorities: str | None,
        url_secrets: Sequence[UrlSecret],
        dns_name: DnsName,
        labels: dict[str, str],
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        capacity = Capacity(memory_mib, disk.size_gb, max_connections)
        self.machine = VirtualMachine(
            self,
            "machine",
            name=name,
            project_id=project_id,
            region=region,
            zone=zone,
            machine_type=machine_type,
            boot_image=boot_image,
            network=network,
            subnetwork=subnetwork,
            service_account=service_account,
            container=Container(
                image=image,
                args=("postgres", "-c", f"config_file={CONFIGURATION_FILE}"),
                data_path=DATA_PATH,
                variables={
                    "POSTGRES_INITDB_ARGS": "--data-checksums",
                    # The image wants one for its superuser; the roles below take it away again.
                    "POSTGRES_PASSWORD_FILE": OWNER_PASSWORD_FILE,
                },
                secrets={
                    OWNER_PASSWORD_FILE.rpartition("/")[2]: owner_password,
                    SERVER_TLS_FILE.rpartition("/")[2]: server_tls,
                },
                user_id=USER_ID,
                files={
                    CONFIGURATION_FILE: configuration(
                        capacity,
                        log_min_duration_statement_ms=log_min_duration_statement_ms,
                        logical_decoding=logical_decoding,
                    ),
                    HBA_FILE: ACCESS,
                    ROLES_FILE: roles_sql(roles),
                },
                health=Health(ALIVE),
                setup=SET_UP,
                shared_memory_mib=capacity.dynamic_shared_memory_mib,
            ),
            disk=disk,
            snapshots=snapshots,
            ingress=(Ingress("clients", PORT, client_ranges),),
            dns_name=dns_name,
            labels=labels,
            deletion_protection=deletion_protection,
        )
        write_urls(
            self, url_secrets, host=dns_name.fqdn, port=PORT, database=roles.database, tls=True
        )
        write_version(
            self,
            "server-ca",
            secret=ca_secret.secret,
            value="\n".join(filter(None, (certificate, other_authorities))),
            version=ca_secret.version,
        )
