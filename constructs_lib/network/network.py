"""The VPC: one subnet for Cloud Run, and private access to Google's managed databases."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_google.compute_firewall import (
    ComputeFirewall,
    ComputeFirewallDeny,
    ComputeFirewallLogConfig,
)
from cdktf_cdktf_provider_google.compute_global_address import ComputeGlobalAddress
from cdktf_cdktf_provider_google.compute_network import ComputeNetwork
from cdktf_cdktf_provider_google.compute_subnetwork import (
    ComputeSubnetwork,
    ComputeSubnetworkLogConfig,
)
from cdktf_cdktf_provider_google.dns_managed_zone import (
    DnsManagedZone,
    DnsManagedZonePrivateVisibilityConfig,
    DnsManagedZonePrivateVisibilityConfigNetworks,
)
from cdktf_cdktf_provider_google.dns_policy import DnsPolicy, DnsPolicyNetworks
from cdktf_cdktf_provider_google.dns_record_set import DnsRecordSet
from cdktf_cdktf_provider_google.service_networking_connection import (
    ServiceNetworkingConnection,
)
from cdktf_cdktf_provider_google.vpc_access_connector import VpcAccessConnector
from constructs import Construct

from constructs_lib.network.nat import Nat
from constructs_lib.terraform import kept


@dataclass(frozen=True, slots=True)
class Connector:
    """A Serverless VPC Access connector, for where direct egress cannot be used."""

    cidr: str
    min_instances: int
    max_instances: int


@dataclass(frozen=True, slots=True)
class Egress:
    """Reserved addresses from which calls to the internet leave, and the ports of each instance."""

    address_count: int
    min_ports: int


@dataclass(frozen=True, slots=True)
class PrivateZone:
    """A DNS zone that only the VPC sees. ``domain`` has no final dot."""

    name: str
    domain: str


class Network(Construct):
    """A VPC with one subnet, private service access, and where asked a connector, NAT and a zone.

    Nothing in it accepts a connection, unless another construct adds a rule for its own machine.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        subnet_cidr: str,
        service_range_name: str,
        service_range_cidr: str,
        connector: Connector | None,
        egress: Egress | None,
        private_zone: PrivateZone | None,
        cloud_run_zone: str | None,
        flow_logs: bool,
        dns_logs: bool,
        deletion_protection: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.vpc = ComputeNetwork(
            self,
            "vpc",
            name=name,
            auto_create_subnetworks=False,
            routing_mode="REGIONAL",
            lifecycle=kept(deletion_protection),
            depends_on=depends_on,
        )
        subnet = ComputeSubnetwork(
            self,
            "subnet",
            name=name,
            region=region,
            network=self.vpc.id,
            ip_cidr_range=subnet_cidr,
            # Google's own APIs are reached without a public address.
            private_ip_google_access=True,
            log_config=_FLOW_LOGS if flow_logs else None,
        )
        ComputeFirewall(
            self,
            "deny-ingress",
            name=f"{name}-deny-ingress",
            network=self.vpc.name,
            description="What no other rule allows is refused, and logged",
            direction="INGRESS",
            # Just before the rule that every network has, which does the same in silence.
            priority=_LAST_PRIORITY,
            source_ranges=["0.0.0.0/0"],
            deny=[ComputeFirewallDeny(protocol="all")],
            log_config=ComputeFirewallLogConfig(metadata="EXCLUDE_ALL_METADATA"),
        )
        self._private_service_access(service_range_name, service_range_cidr, deletion_protection)
        if dns_logs:
            DnsPolicy(
                self,
                "dns-logs",
                name=name,
                description="Logs what is asked of DNS inside the VPC",
                enable_logging=True,
                networks=[DnsPolicyNetworks(network_url=self.vpc.id)],
            )
        if connector is not None:
            VpcAccessConnector(
                self,
                "connector",
                name=name,
                region=region,
                network=self.vpc.name,
                ip_cidr_range=connector.cidr,
                min_instances=connector.min_instances,
                max_instances=connector.max_instances,
                machine_type="e2-micro",
            )
        self.egress_addresses: list[str] = []
        """From which calls to the internet leave; empty where they leave from Google's."""
        if egress is not None:
            self.egress_addresses = Nat(
                self,
                "nat",
                name=name,
                region=region,
                network=self.vpc,
                subnet=subnet,
                address_count=egress.address_count,
                min_ports=egress.min_ports,
                deletion_protection=deletion_protection,
            ).addresses
        if private_zone is not None:
            DnsManagedZone(
                self,
                "private-zone",
                name=private_zone.name,
                dns_name=f"{private_zone.domain}.",
                description="Names of the databases, so that a restored one needs one new record",
                visibility="private",
                private_visibility_config=DnsManagedZonePrivateVisibilityConfig(
                    networks=[
                        DnsManagedZonePrivateVisibilityConfigNetworks(network_url=self.vpc.id)
                    ]
                ),
            )
        if cloud_run_zone is not None:
            self._lead_cloud_run_through_the_vpc(cloud_run_zone)

    def _lead_cloud_run_through_the_vpc(self, zone_name: str) -> None:
        # A public address of run.app would leave outside of the VPC, and a service that takes
        # internal requests only would refuse it. These addresses count as private ranges.
        zone = DnsManagedZone(
            self,
            "cloud-run-zone",
            name=zone_name,
            dns_name="run.app.",
            description="Calls of internal Cloud Run services, by way of Private Google Access",
            visibility="private",
            private_visibility_config=DnsManagedZonePrivateVisibilityConfig(
                networks=[DnsManagedZonePrivateVisibilityConfigNetworks(network_url=self.vpc.id)]
            ),
        )
        DnsRecordSet(
            self,
            "cloud-run-record",
            managed_zone=zone.name,
            name="*.run.app.",
            type="A",
            ttl=300,
            rrdatas=list(_PRIVATE_GOOGLE_ACCESS),
        )

    def _private_service_access(self, name: str, cidr: str, deletion_protection: bool) -> None:
        network = ipaddress.IPv4Network(cidr)
        service_range = ComputeGlobalAddress(
            self,
            "service-range",
            name=name,
            network=self.vpc.id,
            purpose="VPC_PEERING",
            address_type="INTERNAL",
            address=str(network.network_address),
            prefix_length=network.prefixlen,
            lifecycle=kept(deletion_protection),
        )
        ServiceNetworkingConnection(
            self,
            "service-connection",
            network=self.vpc.id,
            service="servicenetworking.googleapis.com",
            reserved_peering_ranges=[service_range.name],
            # A peering left by an earlier attempt is taken over instead of failing the apply.
            update_on_creation_fail=True,
            lifecycle=kept(deletion_protection),
        )


_PRIVATE_GOOGLE_ACCESS = ("199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11")
"""private.googleapis.com; source: VPC documentation, Private Google Access."""
_LAST_PRIORITY = 65534
_FLOW_LOGS = ComputeSubnetworkLogConfig(
    aggregation_interval="INTERVAL_10_MIN",
    flow_sampling=0.1,
    metadata="EXCLUDE_ALL_METADATA",
)
