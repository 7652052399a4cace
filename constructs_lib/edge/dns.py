"""Public DNS: the zone of a domain, and the records that the edge needs in it or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformOutput
from cdktf_cdktf_provider_google.dns_managed_zone import (
    DnsManagedZone,
    DnsManagedZoneDnssecConfig,
)
from cdktf_cdktf_provider_google.dns_record_set import DnsRecordSet
from constructs import Construct

from constructs_lib.terraform import kept


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A record. ``id`` names the construct; ``name`` ends with a dot, as data that is a name.

    A record of another type under the same id takes the place of this one in one change, so that
    the name never lacks an answer. Where a name has more than one record, those after the first
    name it as ``after``.
    """

    id: str
    name: str
    type: str
    data: tuple[str, ...]
    after: str | None = None


def host_record(site: str) -> str:
    """Return the id of the record that decides where a site is, whatever the edge."""
    return f"{site}-host"


class PublicZone(Construct):
    """A signed zone that the world can ask, once the domain above delegates to it.

    ``domain`` has no final dot. The name servers are drawn when the zone is made: a zone that was
    lost and made again has others, and answers nobody until the delegation follows.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        domain: str,
        certificate_authorities: Sequence[str],
        incident_email: str | None,
        ttl_seconds: int,
        deletion_protection: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.zone = DnsManagedZone(
            self,
            "zone",
            name=name,
            dns_name=f"{domain}.",
            description=f"Public names below {domain}",
            visibility="public",
            dnssec_config=DnsManagedZoneDnssecConfig(state="on"),
            lifecycle=kept(deletion_protection),
            depends_on=depends_on,
        )
        issuers = tuple(f'0 issue "{authority}"' for authority in certificate_authorities)
        incidents = (f'0 iodef "mailto:{incident_email}"',) if incident_email else ()
        records = (DnsRecord("caa", f"{domain}.", "CAA", (*issuers, *incidents)),)
        add_records(self, records, zone=self.zone.name, ttl_seconds=ttl_seconds)


def add_records(
    scope: Construct,
    records: Sequence[DnsRecord],
    *,
    zone: str,
    ttl_seconds: int,
    depends_on: Sequence[ITerraformDependable] = (),
) -> None:
    """Write records into a zone of Cloud DNS, once what they lead to is there."""
    records_by_id: dict[str, DnsRecordSet] = {}
    for record in records:
        first = [records_by_id[record.after]] if record.after else []
        records_by_id[record.id] = DnsRecordSet(
            scope,
            record.id,
            managed_zone=zone,
            name=record.name,
            type=record.type,
            ttl=ttl_seconds,
            rrdatas=list(record.data),
            depends_on=[*first, *depends_on] or None,
        )


def output_records(scope: Construct, records: Sequence[DnsRecord], *, description: str) -> None:
    """Tell the records, for whoever looks after a zone elsewhere."""
    TerraformOutput(
        scope,
        "dns_records",
        value=[{"name": r.name, "type": r.type, "data": list(r.data)} for r in records],
        description=description,
    )
