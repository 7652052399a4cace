"""What changes with each release: the Cloud Run services, and the edge before them."""

from __future__ import annotations

from cdktf import TerraformOutput
from constructs import Construct

from constructs_lib.cloud_run.cloud_run import CloudRun, Invoker, Service
from constructs_lib.cloud_run.containers import AuthProxy, Resources, SecretFile
from constructs_lib.edge.hosts import only_through_load_balancer
from constructs_lib.edge.stack import add_edge
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import MCP, PUBSUB_PUSH
from constructs_lib.environment.settings import McpService, ServiceName
from constructs_lib.environment.stack import EnvironmentStack, secret_versions
from constructs_lib.environment.wiring import (
    API_PORT,
    REDIS_CA,
    REDIS_CA_DIRECTORY,
    REDIS_CA_FILE,
    WEB_PORT,
)
from constructs_lib.telemetry.stack import add_collector
from envschema import App

HEALTH_PATHS = {ServiceName.API: "/v1/health"}
"""Where a service says that it is well; of a web application, its first page."""


class Services(EnvironmentStack):
    """The API and the web applications that are switched on."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "services", environment)
        settings = environment.settings
        self._cloud_run = CloudRun(self, "cloud-run", region=settings.region)
        self._proxy = self.auth_proxy()
        for service in settings.services_on():
            self._service(service)
        if mcp := settings.mcp_service:
            self._mcp(mcp)
        add_collector(self, self._cloud_run)
        add_edge(self, self._cloud_run)

    def _service(self, service: ServiceName) -> None:
        settings, names = self.environment.settings, self.environment.names
        size = getattr(settings.services, service)
        bound = self.environment.apps[App(service)]
        is_api = service is ServiceName.API
        made = self._cloud_run.service(
            Service(
                name=names.workload(service),
                image=self.image(f"image_{service}"),
                service_account=names.account_email(service),
                port=API_PORT if is_api else WEB_PORT,
                startup_path=health_path(service),
                # Shallow by design: a database outage must not restart every instance.
                liveness_path=HEALTH_PATHS.get(service),
                variables=bound.runtime_values(),
                secrets=secret_versions(bound.secrets),
                secret_file=self._redis_ca() if "NODE_EXTRA_CA_CERTS" in bound.bindings else None,
                resources=Resources(size.cpu, size.memory_mib),
                timeout_seconds=size.timeout_seconds,
                concurrency=size.concurrency,
                min_instance_count=getattr(settings, f"min_instance_count_{service}"),
                max_instance_count=size.max_instance_count,
                cpu_idle=size.cpu_idle,
                startup_cpu_boost=size.startup_cpu_boost,
                public=settings.is_public(service),
                invokers=self._push_invokers() if is_api else (),
                only_through_load_balancer=only_through_load_balancer(settings, service),
                vpc_access=self.vpc_access() if bound.secrets else None,
                auth_proxy=self._proxy_for(service),
                deletion_protection=settings.deletion_protection,
            )
        )
        TerraformOutput(
            self,
            f"{service}_url",
            value=made.uri,
            description=f"Google's own address of {names.workload(service)}",
        )
        if build_arguments := bound.build_arguments():
            TerraformOutput(
                self,
                f"{service}_build_arguments",
                value=build_arguments,
                description=f"What the image of {names.workload(service)} must be built with",
            )

    def _push_invokers(self) -> list[Invoker]:
        settings, names = self.environment.settings, self.environment.names
        if settings.pubsub_on is None or not settings.pubsub_on.pushes:
            return []
        member = f"serviceAccount:{names.account_email(PUBSUB_PUSH)}"
        return [Invoker(names.workload(PUBSUB_PUSH), member)]

    def _mcp(self, mcp: McpService) -> None:
        settings, names = self.environment.settings, self.environment.names
        made = self._cloud_run.service(
            Service(
                name=names.workload(MCP),
                image=self.image("image_mcp"),
                service_account=names.account_email(MCP),
                port=mcp.port,
                startup_path=mcp.health_path,
                liveness_path=mcp.health_path,
                resources=Resources(mcp.cpu, mcp.memory_mib),
                timeout_seconds=mcp.timeout_seconds,
                concurrency=mcp.concurrency,
                min_instance_count=mcp.min_instance_count,
                max_instance_count=mcp.max_instance_count,
                cpu_idle=mcp.cpu_idle,
                startup_cpu_boost=mcp.startup_cpu_boost,
                public=mcp.allow_unauthenticated,
                invokers=[
                    Invoker(names.workload(caller), f"serviceAccount:{names.account_email(caller)}")
                    for caller in mcp.callers
                ],
                only_through_vpc=mcp.ingress == "internal",
                only_through_load_balancer=only_through_load_balancer(settings, MCP),
                deletion_protection=settings.deletion_protection,
            )
        )
        TerraformOutput(
            self,
            "mcp_url",
            value=made.uri,
            description=f"Google's own address of {names.workload(MCP)}",
        )

    def _proxy_for(self, service: ServiceName) -> AuthProxy | None:
        bound = self.environment.apps[App(service)]
        return self._proxy if "DB_PG_PASSWORD" in bound.secrets else None

    def _redis_ca(self) -> SecretFile:
        return SecretFile(REDIS_CA_DIRECTORY, REDIS_CA_FILE, self.secret(REDIS_CA))


def health_path(service: ServiceName) -> str:
    """Return the path at which a service answers 200 when it is well."""
    return HEALTH_PATHS.get(service, "/")
