"""Certificates that Google issues and renews, one for each host, before the host points here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_google.certificate_manager_certificate import (
    CertificateManagerCertificate,
    CertificateManagerCertificateManaged,
)
from cdktf_cdktf_provider_google.certificate_manager_certificate_map import (
    CertificateManagerCertificateMap,
)
from cdktf_cdktf_provider_google.certificate_manager_certificate_map_entry import (
    CertificateManagerCertificateMapEntry,
)
from cdktf_cdktf_provider_google.certificate_manager_dns_authorization import (
    CertificateManagerDnsAuthorization,
)
from constructs import Construct

from constructs_lib.edge.dns import DnsRecord
from constructs_lib.terraform import kept

# A certificate cannot be taken from a map while it serves. Names follow the host, so that the
# certificate of a new host can exist beside that of the old one.
_REPLACED_FIRST = TerraformResourceLifecycle(create_before_destroy=True)


@dataclass(frozen=True, slots=True)
class CertifiedHost:
    """A host, and the name of everything that is made for its certificate."""

    id: str
    host: str
    name: str


class Certificates(Construct):
    """A certificate map with an entry for each host; any other host gets no TLS at all.

    Each host has a certificate of its own: one that cannot be authorized holds up no other.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        map_name: str,
        hosts: Sequence[CertifiedHost],
        deletion_protection: bool,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, construct_id)
        self.map = CertificateManagerCertificateMap(
            self,
            "map",
            name=map_name,
            description="The certificate of each public host",
            lifecycle=kept(deletion_protection),
            depends_on=depends_on,
        )
        self.records = [self._certificate(host, depends_on) for host in hosts]
        """The CNAMEs that prove, now and at each renewal, that the hosts are ours."""

    def _certificate(
        self, host: CertifiedHost, depends_on: Sequence[ITerraformDependable]
    ) -> DnsRecord:
        authorization = CertificateManagerDnsAuthorization(
            self,
            f"{host.id}-authorization",
            name=host.name,
            domain=host.host,
            type="FIXED_RECORD",
            lifecycle=_REPLACED_FIRST,
            depends_on=depends_on,
        )
        certificate = CertificateManagerCertificate(
            self,
            host.id,
            name=host.name,
            scope="DEFAULT",
            managed=CertificateManagerCertificateManaged(
                domains=[host.host], dns_authorizations=[authorization.id]
            ),
            lifecycle=_REPLACED_FIRST,
        )
        CertificateManagerCertificateMapEntry(
            self,
            f"{host.id}-entry",
            name=host.name,
            map=self.map.name,
            hostname=host.host,
            certificates=[certificate.id],
            lifecycle=_REPLACED_FIRST,
        )
        record = authorization.dns_resource_record.get(0)
        return DnsRecord(f"{host.id}-authorization", record.name, record.type, (record.data,))
