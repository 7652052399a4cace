"""How the network is added to a stack."""

from __future__ import annotations

from cdktf import TerraformOutput

from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.network.network import Connector, Egress, Network, PrivateZone
from constructs_lib.project.project_services import ProjectServices


def add_network(stack: EnvironmentStack, apis: ProjectServices) -> None:
    """Add the VPC, and the private DNS zones that something in it needs."""
    settings, names = stack.environment.settings, stack.environment.names
    network = settings.network
    postgres, mcp = settings.enabled_postgres, settings.mcp_service
    vpc = Network(
        stack,
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
        egress=Egress(network.nat_address_count, network.nat_min_ports_per_vm)
        if network.egress == "nat"
        else None,
        private_zone=PrivateZone(names.private_zone, names.private_domain)
        if (postgres and not postgres.through_proxy) or settings.telemetry_server
        else None,
        cloud_run_zone=names.cloud_run_zone if mcp and mcp.ingress == "internal" else None,
        flow_logs=network.flow_logs,
        dns_logs=network.dns_logs,
        deletion_protection=settings.is_protected,
        depends_on=apis.of("compute", "dns", "servicenetworking", "vpcaccess"),
    )
    if vpc.egress_addresses:
        TerraformOutput(
            stack,
            "egress_addresses",
            value=vpc.egress_addresses,
            description="From which the services call the internet, for the lists of others",
        )
