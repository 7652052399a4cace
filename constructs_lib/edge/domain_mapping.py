"""Cloud Run's own domain mappings: a host at a service, without a load balancer."""

from __future__ import annotations

from cdktf_cdktf_provider_google.cloud_run_domain_mapping import (
    CloudRunDomainMapping,
    CloudRunDomainMappingMetadata,
    CloudRunDomainMappingSpec,
)
from constructs import Construct

from constructs_lib.edge.dns import DnsRecord, host_record

TARGET = "ghs.googlehosted.com."


class DomainMappings(Construct):
    """Hosts mapped one by one. Google refuses a host whose owner has not verified the domain."""

    def __init__(
        self, scope: Construct, construct_id: str, *, project_id: str, region: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._project_id = project_id
        self._region = region
        self.records: list[DnsRecord] = []

    def map(self, construct_id: str, *, host: str, service: str) -> None:
        """Let a host lead to a service of the same region, with a certificate from Google."""
        CloudRunDomainMapping(
            self,
            construct_id,
            name=host,
            location=self._region,
            metadata=CloudRunDomainMappingMetadata(namespace=self._project_id),
            spec=CloudRunDomainMappingSpec(route_name=service, certificate_mode="AUTOMATIC"),
        )
        self.records.append(DnsRecord(host_record(construct_id), f"{host}.", "CNAME", (TARGET,)))
