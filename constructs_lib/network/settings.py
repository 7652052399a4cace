"""The VPC and the ways into it: settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import Ipv4Range


class NetworkSettings(StrictModel):
    """The VPC. Ranges must not overlap one another."""

    subnet_cidr: Ipv4Range
    """Of the subnet, from which instances, machines and the Auth Proxy take addresses."""
    service_range_cidr: Ipv4Range
    """Reserved for Google's producers: Cloud SQL and Memorystore take their addresses from it."""
    egress: Literal["direct", "connector", "nat"] = "direct"
    """How Cloud Run reaches the VPC: straight from the subnet, or through a connector. With
    ``nat`` straight from the subnet, and calls to the internet go that way, too: they leave from
    reserved addresses, which others can put on a list."""
    nat_address_count: Annotated[int, Field(ge=1, le=8)] = 1
    """Of reserved addresses, only with ``egress = "nat"``. Taking one away cuts its connections."""
    nat_min_ports_per_vm: Annotated[int, Field(ge=64, le=32768)] = 512
    """Connections that one instance can have to one port of one address outside, at a time."""
    connector_cidr: Ipv4Range | None = None
    """A /28 of its own, only with ``egress = "connector"``."""
    connector_min_instances: Annotated[int, Field(ge=2, le=9)] = 2
    """Machines of the connector that always run."""
    connector_max_instances: Annotated[int, Field(ge=3, le=10)] = 3
    """Machines of the connector at most; they are never taken away again."""
    flow_logs: bool = True
    """Whether connections inside the subnet are logged, as a sample."""
    dns_logs: bool = True
    """Whether what machines and instances in the VPC ask of DNS is logged."""

    @property
    def takes_subnet_addresses(self) -> bool:
        """Whether instances of Cloud Run have addresses in the subnet."""
        return self.egress != "connector"

    @property
    def client_cidr(self) -> str:
        """The range from which Cloud Run's calls into the VPC come."""
        return self.connector_cidr or self.subnet_cidr
