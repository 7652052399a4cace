"""What the checks ask about, and with what."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.edge.hosts import (
    ApexRedirect,
    PublicHost,
    apex_redirect,
    candidate_hosts,
    public_hosts,
)
from constructs_lib.edge.settings import LoadBalancerSettings
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.settings import EnvironmentSettings
from envschema.services import Kind
from google_api import Google
from verify.web import Web


@dataclass(frozen=True)
class Context:
    """An environment, and the ways to ask it."""

    environment: Environment
    web: Web
    google: Google
    of_candidate: bool
    """Whether the candidate hosts are asked instead of the live ones."""
    asked: tuple[PublicHost, ...] | None = None
    """The hosts that are asked, where they are not those of the settings."""

    @property
    def settings(self) -> EnvironmentSettings:
        """The settings of the environment."""
        return self.environment.settings

    @property
    def name(self) -> str:
        """The name of the environment."""
        return self.settings.environment

    @property
    def hosts(self) -> tuple[PublicHost, ...]:
        """The hosts that are asked."""
        if self.asked is not None:
            return self.asked
        return (candidate_hosts if self.of_candidate else public_hosts)(self.settings)

    @property
    def apex(self) -> ApexRedirect | None:
        """The domain itself, where it leads to one of the hosts; a candidate has none."""
        return None if self.of_candidate else apex_redirect(self.settings)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that answers, also of what only leads elsewhere."""
        apex = self.apex
        return (*(host.host for host in self.hosts), *([apex.host] if apex else []))

    @property
    def web_hosts(self) -> tuple[PublicHost, ...]:
        """Those of the hosts that people open in a browser."""
        return tuple(host for host in self.hosts if host.service.entry.kind.is_web)

    @property
    def api_hosts(self) -> tuple[PublicHost, ...]:
        """Those of the hosts that are the API's."""
        return tuple(host for host in self.hosts if host.service.entry.kind is Kind.API)

    @property
    def has_load_balancer(self) -> bool:
        """Whether the edge is ours, and not Cloud Run's domain mappings."""
        return isinstance(self.settings.edge, LoadBalancerSettings)


def path_of(host: PublicHost) -> str:
    """Return the path that is asked for from outside, or that an instance is known by."""
    return host.service.uptime_path or host.service.startup_path
