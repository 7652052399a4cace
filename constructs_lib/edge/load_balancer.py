"""The edge: one global load balancer before the public Cloud Run services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_google.compute_backend_service import (
    ComputeBackendService,
    ComputeBackendServiceBackend,
    ComputeBackendServiceCdnPolicy,
    ComputeBackendServiceCdnPolicyCacheKeyPolicy,
    ComputeBackendServiceLogConfig,
)
from cdktf_cdktf_provider_google.compute_global_address import ComputeGlobalAddress
from cdktf_cdktf_provider_google.compute_global_forwarding_rule import (
    ComputeGlobalForwardingRule,
)
from cdktf_cdktf_provider_google.compute_region_network_endpoint_group import (
    ComputeRegionNetworkEndpointGroup,
    ComputeRegionNetworkEndpointGroupCloudRun,
)
from cdktf_cdktf_provider_google.compute_ssl_policy import ComputeSslPolicy
from cdktf_cdktf_provider_google.compute_target_http_proxy import ComputeTargetHttpProxy
from cdktf_cdktf_provider_google.compute_target_https_proxy import ComputeTargetHttpsProxy
from cdktf_cdktf_provider_google.compute_url_map import (
    ComputeUrlMap,
    ComputeUrlMapDefaultUrlRedirect,
    ComputeUrlMapHostRule,
    ComputeUrlMapPathMatcher,
    ComputeUrlMapPathMatcherDefaultUrlRedirect,
    ComputeUrlMapPathMatcherPathRule,
    ComputeUrlMapPathMatcherPathRuleRouteAction,
    ComputeUrlMapPathMatcherPathRuleRouteActionUrlRewrite,
    ComputeUrlMapTest,
)
from constructs import Construct

from constructs_lib.edge.armor import Armor, Policy
from constructs_lib.edge.dns import DnsRecord, host_record
from constructs_lib.terraform import kept

# Stated wherever it can be: the provider's default is the load balancer of the generation before.
_SCHEME = "EXTERNAL_MANAGED"
# What another resource uses is replaced before it is removed; Google refuses the other order.
_REPLACED_FIRST = TerraformResourceLifecycle(create_before_destroy=True)
_IP_VERSIONS = {"ipv4": "IPV4", "ipv6": "IPV6"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """A Cloud Run service behind the load balancer; with a tag, only the revision tagged so.

    Its parts are called ``name``, which follows the target: a new one exists beside the old.
    ``policy`` is the id of what refuses requests before it. ``headers`` are added to each answer.
    """

    id: str
    name: str
    service: str
    policy: str
    headers: tuple[str, ...] = ()
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path with ``/*`` at its end, and the id of the backend that answers below it.

    ``prefix_rewrite`` replaces the path up to its ``*`` in what the backend is sent. The host stays
    that of the request: a serverless backend is chosen by its group, whatever the host.
    """

    path: str
    backend: str
    prefix_rewrite: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A host that leads to the load balancer. ``id`` begins the names of what is made for it."""

    id: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site(Host):
    """What answers at a host: a backend, and others at some of its paths.

    The order of ``routes`` does not matter: Google takes the longest path that matches. The answers
    of the backend below ``cached_path`` are kept in Google's caches as long as they say.
    """

    backend: str
    routes: tuple[Route, ...] = ()
    cached_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect(Host):
    """A host at which nothing answers: every path of it leads to the same path of another."""

    to: str


class LoadBalancer(Construct):
    """IPv4 and IPv6 addresses, TLS, redirect to https, and routes by host and path.

    ``certificate_map`` is a full name: projects/P/locations/global/certificateMaps/M. A request
    for a host that is no site is sent to ``default_host``. Timeouts are those of Cloud Run: before
    a serverless backend the load balancer's own is 60 minutes and cannot be set.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        region: str,
        backends: Sequence[Backend],
        sites: Sequence[Site],
        redirects: Sequence[Redirect],
        default_host: str,
        certificate_map: str,
        log_sample_rate: float,
        policies: Sequence[Policy],
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        self._region = region
        self._log_sample_rate = log_sample_rate
        self._policies = Armor(self, "armor", name=name, policies=policies).policies
        self._backends: dict[str, ComputeBackendService] = {}
        cached = {site.backend for site in sites if site.cached_path}
        for backend in backends:
            self._add_backend(backend, cached=backend.id in cached)
        self.addresses = self._addresses(deletion_protection)
        self.listeners = self._listen_https(
            self._routes(sites, redirects, default_host), certificate_map
        )
        """Once these are there, hosts may lead here."""
        self._listen_http()

    def records(self, host: Host) -> Iterator[DnsRecord]:
        """Yield the records that make a host lead here."""
        name, first = f"{host.host}.", host_record(host.id)
        ipv4, ipv6 = (self.addresses[version].address for version in _IP_VERSIONS)
        yield DnsRecord(first, name, "A", (ipv4,))
        # A host that was mapped before has a CNAME, beside which nothing else may stand.
        yield DnsRecord(f"{host.id}-ipv6", name, "AAAA", (ipv6,), after=first)

    def _add_backend(self, backend: Backend, *, cached: bool) -> None:
        group = ComputeRegionNetworkEndpointGroup(
            self,
            f"{backend.id}-group",
            name=backend.name,
            region=self._region,
            network_endpoint_type="SERVERLESS",
            cloud_run=ComputeRegionNetworkEndpointGroupCloudRun(
                service=backend.service, tag=backend.tag
            ),
            lifecycle=_REPLACED_FIRST,
        )
        self._backends[backend.id] = self._backend_service(backend.id, backend.name, backend, group)
        if cached:
            # Of its own, so that nothing but immutable files ever meets a cache.
            static = static_backend(backend.id)
            self._backends[static] = self._backend_service(
                static, static_backend(backend.name), backend, group, cache=_CACHE
            )

    def _backend_service(
        self,
        construct_id: str,
        name: str,
        backend: Backend,
        group: ComputeRegionNetworkEndpointGroup,
        *,
        cache: ComputeBackendServiceCdnPolicy | None = None,
    ) -> ComputeBackendService:
        return ComputeBackendService(
            self,
            construct_id,
            name=name,
            load_balancing_scheme=_SCHEME,
            protocol="HTTPS",
            backend=[ComputeBackendServiceBackend(group=group.id)],
            security_policy=self._policies[backend.policy].id,
            custom_response_headers=list(backend.headers) or None,
            enable_cdn=cache is not None,
            cdn_policy=cache,
            log_config=ComputeBackendServiceLogConfig(
                enable=True, sample_rate=self._log_sample_rate
            ),
            lifecycle=_REPLACED_FIRST,
        )

    def _addresses(self, deletion_protection: bool) -> dict[str, ComputeGlobalAddress]:
        return {
            version: ComputeGlobalAddress(
                self,
                f"{version}-address",
                name=f"{self._name}-{version}",
                address_type="EXTERNAL",
                ip_version=kind,
                # DNS elsewhere, and the allow-lists of others, hold these addresses.
                lifecycle=kept(deletion_protection),
            )
            for version, kind in _IP_VERSIONS.items()
        }

    def _routes(
        self, sites: Sequence[Site], redirects: Sequence[Redirect], default_host: str
    ) -> ComputeUrlMap:
        hosts: tuple[Host, ...] = (*sites, *redirects)
        return ComputeUrlMap(
            self,
            "routes",
            name=self._name,
            # Met only by a client that names one host in TLS and another in the request.
            default_url_redirect=ComputeUrlMapDefaultUrlRedirect(
                host_redirect=default_host,
                path_redirect="/",
                https_redirect=True,
                redirect_response_code="FOUND",
                strip_query=True,
            ),
            host_rule=[
                ComputeUrlMapHostRule(hosts=[host.host], path_matcher=host.id) for host in hosts
            ],
            path_matcher=[
                ComputeUrlMapPathMatcher(
                    name=site.id,
                    default_service=self._backends[site.backend].id,
                    path_rule=[
                        ComputeUrlMapPathMatcherPathRule(
                            paths=[route.path],
                            service=self._backends[route.backend].id,
                            route_action=_rewrite(route),
                        )
                        for route in _routes(site)
                    ],
                )
                for site in sites
            ]
            + [
                ComputeUrlMapPathMatcher(
                    name=redirect.id,
                    default_url_redirect=ComputeUrlMapPathMatcherDefaultUrlRedirect(
                        host_redirect=redirect.to,
                        https_redirect=True,
                        redirect_response_code="MOVED_PERMANENTLY_DEFAULT",
                        strip_query=False,
                    ),
                )
                for redirect in redirects
            ],
            # Google refuses a map that fails these, and keeps the one before.
            test=[
                ComputeUrlMapTest(
                    host=site.host,
                    path=route.path.replace("*", "test"),
                    service=self._backends[route.backend].id,
                    expected_output_url=_rewritten(site, route),
                )
                for site in sites
                for route in (Route(path="/", backend=site.backend), *_routes(site))
            ]
            + [
                ComputeUrlMapTest(
                    host=redirect.host,
                    path="/test",
                    expected_output_url=f"https://{redirect.to}/test",
                    expected_redirect_response_code=301,
                )
                for redirect in redirects
            ],
            lifecycle=_REPLACED_FIRST,
        )

    def _listen_https(
        self, routes: ComputeUrlMap, certificate_map: str
    ) -> list[ComputeGlobalForwardingRule]:
        ssl_policy = ComputeSslPolicy(
            self,
            "ssl-policy",
            name=self._name,
            profile="MODERN",
            min_tls_version="TLS_1_2",
            lifecycle=_REPLACED_FIRST,
        )
        proxy = ComputeTargetHttpsProxy(
            self,
            "https-proxy",
            name=self._name,
            url_map=routes.id,
            certificate_map=f"//certificatemanager.googleapis.com/{certificate_map}",
            ssl_policy=ssl_policy.id,
        )
        return self._forward("https", proxy.id, port=443)

    def _listen_http(self) -> None:
        redirect = ComputeUrlMap(
            self,
            "redirect",
            name=f"{self._name}-redirect",
            default_url_redirect=ComputeUrlMapDefaultUrlRedirect(
                https_redirect=True,
                redirect_response_code="MOVED_PERMANENTLY_DEFAULT",
                strip_query=False,
            ),
            lifecycle=_REPLACED_FIRST,
        )
        proxy = ComputeTargetHttpProxy(
            self, "http-proxy", name=f"{self._name}-redirect", url_map=redirect.id
        )
        self._forward("http", proxy.id, port=80)

    def _forward(self, scheme: str, target: str, *, port: int) -> list[ComputeGlobalForwardingRule]:
        return [
            ComputeGlobalForwardingRule(
                self,
                f"{scheme}-{version}",
                name=f"{self._name}-{scheme}-{version}",
                target=target,
                ip_address=address.address,
                ip_protocol="TCP",
                port_range=str(port),
                load_balancing_scheme=_SCHEME,
            )
            for version, address in self.addresses.items()
        ]


def _routes(site: Site) -> Iterator[Route]:
    yield from site.routes
    if site.cached_path is not None:
        yield Route(path=site.cached_path, backend=static_backend(site.backend))


def _rewrite(route: Route) -> ComputeUrlMapPathMatcherPathRuleRouteAction | None:
    if route.prefix_rewrite is None:
        return None
    return ComputeUrlMapPathMatcherPathRuleRouteAction(
        url_rewrite=ComputeUrlMapPathMatcherPathRuleRouteActionUrlRewrite(
            path_prefix_rewrite=route.prefix_rewrite
        )
    )


def _rewritten(site: Site, route: Route) -> str | None:
    """Return the URL that the backend must be sent for the path that a test asks for."""
    if route.prefix_rewrite is None:
        return None
    return f"https://{site.host}{route.prefix_rewrite}test"


def static_backend(name: str) -> str:
    """Return the id or name of the backend that holds the cached files of another."""
    return f"{name}-static"


_CACHE = ComputeBackendServiceCdnPolicy(
    # Next.js says how long; what has a cookie or says nothing is not kept.
    cache_mode="USE_ORIGIN_HEADERS",
    # A file that the newest release does not have yet must not stay missing.
    negative_caching=False,
    request_coalescing=True,
    cache_key_policy=ComputeBackendServiceCdnPolicyCacheKeyPolicy(
        include_host=True,
        include_protocol=False,
        # Names of files change with their content: a query could only fill the cache with copies.
        include_query_string=False,
    ),
)
