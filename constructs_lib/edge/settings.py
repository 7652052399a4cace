"""How the world reaches the services: the settings of the edge, by its mode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from constructs_lib.settings.by_service import with_key_for_each, with_keys
from constructs_lib.settings.fields import WafRuleId
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import Domain, Email
from constructs_lib.settings.refusal import one_of, refuse
from envschema.services import Kind, applications, only

_NAME = r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+"
_RECORD_DATA = {
    "A": (r"\d{1,3}(?:\.\d{1,3}){3}", "an IPv4 address"),
    "AAAA": (r"[0-9a-f:]{2,39}", "an IPv6 address in lower case"),
    "CNAME": (_NAME, "a name in lower case with a dot at its end"),
    "DS": (r"\d{1,5} \d{1,3} \d{1,3} [0-9A-Fa-f]{40,128}", "TAG ALGORITHM DIGEST_TYPE DIGEST"),
    "MX": (rf"\d{{1,5}} {_NAME}", "PREFERENCE and a name with a dot at its end"),
    "NS": (_NAME, "a name in lower case with a dot at its end"),
    "SRV": (
        rf"\d{{1,5}} \d{{1,5}} \d{{1,5}} {_NAME}",
        "PRIORITY WEIGHT PORT and a name with a dot",
    ),
    "TXT": (
        r'"[ !#-\[\]-~]{1,255}"(?: "[ !#-\[\]-~]{1,255}")*',
        "texts in double quotes, up to 255 signs each",
    ),
}
"""By type: what each of its data is, as Cloud DNS takes it."""


def _record_name(text: str) -> str:
    if text != "@" and re.fullmatch(rf"(?:\*\.)?{_NAME}", f"{text}.", re.ASCII) is None:
        raise refuse(
            "is not a name below the domain",
            allowed="@ for the domain itself, or labels such as _dmarc or mail.eu",
            fix="leave out the domain and the dot at the end",
        )
    return text


class ExtraRecord(StrictModel):
    """Records of one name and type in the environment's zone, for what is run elsewhere."""

    name: Annotated[str, AfterValidator(_record_name)] = "@"
    """Below ``domain``; ``@`` is the domain itself."""
    type: Literal["A", "AAAA", "CNAME", "DS", "MX", "NS", "SRV", "TXT"]
    data: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    """As in a zone file: a name ends with a dot, an MX begins with its preference."""

    @property
    def id(self) -> str:
        """What tells it from the others, in a construct's name."""
        name = "apex" if self.name == "@" else self.name.replace("*", "any")
        return f"{re.sub(r'[._]', '-', name)}-{self.type.lower()}".lstrip("-")

    def fqdn(self, domain: str) -> str:
        """Return the whole name, without a final dot."""
        return domain if self.name == "@" else f"{self.name}.{domain}"

    @model_validator(mode="after")
    def _data_fits_the_type(self) -> ExtraRecord:
        pattern, allowed = _RECORD_DATA[self.type]
        for text in self.data:
            if re.fullmatch(pattern, text, re.ASCII) is None:
                raise refuse(
                    f"is no {self.type} record: {text}",
                    key="data",
                    allowed=allowed,
                    fix="write it as in a zone file",
                )
        if self.type == "CNAME" and (len(self.data) > 1 or self.name == "@"):
            raise refuse(
                "stands alone at a name, and never at the domain itself",
                key="type",
                allowed="one CNAME at a name below the domain",
                fix="use A and AAAA records there",
            )
        return self


class CloudDns(StrictModel):
    """A public zone for the environment's whole ``domain``, signed, with the edge's records.

    The zone answers once the domain above delegates to its name servers.
    """

    ttl_seconds: Annotated[int, Field(ge=60, le=86400)] = 300
    certificate_authorities: Annotated[tuple[Domain, ...], Field(min_length=1)] = (
        "letsencrypt.org",
        "pki.goog",
    )
    """Who may issue certificates below ``domain`` (CAA): by default the two that Google uses."""
    incident_email: Email | None = None
    """Whom a certificate authority tells of a request that it refused (CAA, iodef)."""
    records: tuple[ExtraRecord, ...] = ()
    """What else the domain needs: mail, proofs of ownership, delegations."""


class HostByService(StrictModel):
    """A host for each service, by the service's name."""

    def of(self, service: str) -> str | None:
        """Return the host of a service, where there is one."""
        host: str | None = getattr(self, service, None)
        return host

    def items(self) -> Iterator[tuple[str, str]]:
        """Yield the service and the host of each that is set."""
        for service, host in self:
            if host is not None:
                yield service, host


@with_keys(
    {
        **{
            service.name: (Domain | None, None) if service.is_optional else (Domain, ...)
            for service in applications()
        },
        # Only where ``mcp`` is a service that anybody may call.
        only(Kind.MCP).name: (Domain | None, None),
    }
)
class Hosts(HostByService):
    """The public host of each service; that of a service which is off is not used."""


@with_key_for_each(applications(), Domain | None, None)
class CandidateHosts(HostByService):
    """Hosts at which the revision tagged ``candidate`` answers, before it gets traffic.

    That of a service which is off or not public is not used.
    """


_SITES = tuple(service.name for service in applications() if service.kind.is_web)


class Armor(StrictModel):
    """Cloud Armor, before every service. The canary for new CVEs is always enforced, except before
    the collector, whose spans contain what attacks look like."""

    waf: Literal["preview", "enforce"] = "preview"
    """Whether the OWASP rules, before pages and the API, only log what they would have denied."""
    waf_enforced_by: date | None = None
    """The last day of the preview, such as 2027-01-31: after it ``beep-infra preflight`` fails.
    Needed in preview where the environment is not disposable."""
    waf_exempt_rule_ids: Annotated[tuple[WafRuleId, ...], Field(max_length=20)] = ()
    """Rules that met legitimate requests, as the log names them. More do not fit into the
    expressions, which have 1024 signs for each rule set."""
    requests_per_minute: Annotated[int, Field(ge=60, le=1000000)] = 1500
    """From one address to one backend of pages or the API, beyond which the answer is 429."""
    sign_in_requests_per_minute: Annotated[int, Field(ge=10, le=10000)] = 60
    """POST requests from one address to ``/api/v1/auth/``, beyond which it is banned there."""
    sign_in_ban_seconds: Annotated[int, Field(ge=60, le=86400)] = 600
    """How long an address that was too fast can sign nobody in."""
    collector_requests_per_minute: Annotated[int, Field(ge=60, le=1000000)] = 6000
    """From one address to the collector. Servers send through a few addresses of Google's."""


class LoadBalancerSettings(StrictModel):
    """A global external Application Load Balancer with certificates and Cloud Armor."""

    mode: Literal["load_balancer"]
    apex_redirect: Annotated[str, one_of(_SITES)] | None = None
    """The web application to whose host the domain itself leads, where no service is there."""
    cdn: bool = False
    """Keep ``/_next/static/*`` of the web applications in Google's caches."""
    log_sample_rate: Annotated[float, Field(ge=0, le=1)] = 1.0
    """The part of requests that is logged."""
    restrict_ingress: bool = True
    """Refuse what does not come through the load balancer; off only while moving to it."""
    same_origin: bool = True
    """Pages call the API and the collector at their own host. Off: at the hosts of those, which
    the pages' content security policy must then allow."""
    candidate_hosts: CandidateHosts = CandidateHosts()
    armor: Armor = Armor()
    dns: CloudDns | None = None


class DomainMappingSettings(StrictModel):
    """Cloud Run's own domain mappings: free, in few regions, and a preview at Google."""

    mode: Literal["domain_mapping"]
    dns: CloudDns | None = None


Edge = Annotated[LoadBalancerSettings | DomainMappingSettings, Field(discriminator="mode")]
