"""Which hosts the world may reach, and which workload answers at each."""

from __future__ import annotations

from dataclasses import dataclass

from environments.settings import EnvironmentSettings


@dataclass(frozen=True, slots=True)
class PublicHost:
    """A host name and the workload behind it, named as for ``Names.workload``."""

    workload: str
    host: str


def public_hosts(settings: EnvironmentSettings) -> tuple[PublicHost, ...]:
    """Return the hosts of the deployed workloads that may be called without a Google identity.

    Whatever has to do with hosts follows this list: probes, certificates, routes and DNS records.
    """
    return tuple(
        PublicHost(service, host)
        for service in settings.services_on()
        if (host := settings.host(service)) is not None and settings.is_public(service)
    )
