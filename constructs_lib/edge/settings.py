"""How the world reaches the services: the settings of the edge, by its mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.settings.by_service import with_key_for_each, with_keys
from constructs_lib.settings.fields import Domain, WafRuleId
from constructs_lib.settings.model import StrictModel
from envschema.services import Kind, applications, only


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


class Armor(StrictModel):
    """Cloud Armor, before every service. The canary for new CVEs is always enforced."""

    waf: Literal["preview", "enforce"] = "preview"
    """Whether the OWASP rules only log what they would have denied."""
    waf_exempt_rule_ids: tuple[WafRuleId, ...] = ()
    """Rules that met legitimate requests, as the log names them."""
    requests_per_minute: Annotated[int, Field(ge=60, le=1000000)] = 1500
    """From one address to one backend, beyond which the answer is 429."""


class LoadBalancerSettings(StrictModel):
    """A global external Application Load Balancer with certificates and Cloud Armor."""

    mode: Literal["load_balancer"]
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
