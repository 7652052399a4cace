"""Names inside the VPC, so that what moves to another address needs one new record."""

from __future__ import annotations

from dataclasses import dataclass

from cdktf_cdktf_provider_google.dns_record_set import DnsRecordSet
from constructs import Construct


@dataclass(frozen=True, slots=True)
class DnsName:
    """A name of a private zone. ``fqdn`` has no final dot."""

    zone: str
    fqdn: str


def address_record(
    scope: Construct, construct_id: str, *, name: DnsName, address: str
) -> DnsRecordSet:
    """Let a name stand for one IPv4 address."""
    return DnsRecordSet(
        scope,
        construct_id,
        managed_zone=name.zone,
        name=f"{name.fqdn}.",
        type="A",
        # What takes the place of something else does so as fast as this.
        ttl=60,
        rrdatas=[address],
    )
