"""Addresses of our own from which calls to the internet leave."""

from __future__ import annotations

from cdktf_cdktf_provider_google.compute_address import ComputeAddress
from cdktf_cdktf_provider_google.compute_network import ComputeNetwork
from cdktf_cdktf_provider_google.compute_router import ComputeRouter
from cdktf_cdktf_provider_google.compute_router_nat import (
    ComputeRouterNat,
    ComputeRouterNatLogConfig,
    ComputeRouterNatSubnetwork,
)
from cdktf_cdktf_provider_google.compute_subnetwork import ComputeSubnetwork
from constructs import Construct

from constructs_lib.terraform import kept


class Nat(Construct):
    """Cloud NAT of one subnet, with reserved addresses.

    What has no public address and sends to the internet through the subnet leaves from them:
    instances of Cloud Run whose whole traffic goes through the VPC, and machines. ``min_ports`` is
    what each of these may use at a time towards one port of one address.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        network: ComputeNetwork,
        subnet: ComputeSubnetwork,
        address_count: int,
        min_ports: int,
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        addresses = [
            ComputeAddress(
                self,
                f"address-{number}",
                name=f"{name}-nat-{number}",
                region=region,
                address_type="EXTERNAL",
                description="Calls to the internet leave from here; others have it on lists",
                lifecycle=kept(deletion_protection),
            )
            for number in range(1, address_count + 1)
        ]
        router = ComputeRouter(self, "router", name=name, region=region, network=network.id)
        ComputeRouterNat(
            self,
            "gateway",
            name=name,
            router=router.name,
            region=region,
            nat_ip_allocate_option="MANUAL_ONLY",
            nat_ips=[address.id for address in addresses],
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetwork=[
                ComputeRouterNatSubnetwork(
                    name=subnet.id, source_ip_ranges_to_nat=["ALL_IP_RANGES"]
                )
            ],
            # A port may serve connections to several destinations, so fewer of them are enough.
            enable_endpoint_independent_mapping=False,
            min_ports_per_vm=min_ports,
            # Connections that got no port; all others would be a line for each call.
            log_config=ComputeRouterNatLogConfig(enable=True, filter="ERRORS_ONLY"),
        )
        self.addresses = [address.address for address in addresses]
        """The addresses, known once they are reserved."""
