"""Cloud Run services and jobs, each with its own identity, pinned secrets and a stated size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cdktf_cdktf_provider_google.cloud_run_v2_job import (
    CloudRunV2Job,
    CloudRunV2JobTemplate,
    CloudRunV2JobTemplateTemplate,
    CloudRunV2JobTemplateTemplateContainers,
    CloudRunV2JobTemplateTemplateContainersResources,
)
from cdktf_cdktf_provider_google.cloud_run_v2_service import (
    CloudRunV2Service,
    CloudRunV2ServiceScaling,
    CloudRunV2ServiceTemplate,
    CloudRunV2ServiceTemplateContainers,
    CloudRunV2ServiceTemplateContainersPorts,
    CloudRunV2ServiceTemplateContainersResources,
    CloudRunV2ServiceTemplateScaling,
    CloudRunV2ServiceTraffic,
)
from cdktf_cdktf_provider_google.cloud_run_v2_service_iam_member import (
    CloudRunV2ServiceIamMember,
)
from constructs import Construct

from constructs_lib.cloud_run.containers import (
    JOB_BLOCKS,
    SERVICE_BLOCKS,
    AuthProxy,
    HttpProbe,
    Resources,
    SecretFile,
    SecretVersion,
    VpcAccess,
)
from constructs_lib.terraform import kept

# What gcloud and the console write about themselves.
_CLIENT_FIELDS = ["client", "client_version"]
# `beep-infra rollout` alone shifts traffic: an apply makes a revision, and sends nobody there.
_SERVICE_FIELDS = [*_CLIENT_FIELDS, "traffic"]
_MAIN = "app"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What a service and a job have in common."""

    name: str
    image: str
    service_account: str
    resources: Resources
    timeout_seconds: int
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretVersion] = field(default_factory=dict)
    secret_file: SecretFile | None = None
    vpc_access: VpcAccess | None = None
    auth_proxy: AuthProxy | None = None
    deletion_protection: bool = True


@dataclass(frozen=True, slots=True)
class Invoker:
    """Who may call a service: a short name, which becomes part of the address, and the member."""

    name: str
    member: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service(Workload):
    """A service. ``min`` holds for the service, ``max`` for each revision: both are stated,
    because the API fills in what is not and every later plan shows a change."""

    port: int
    probe_port: int | None = None
    """Where the probes go, if not to ``port``; no other than ``port`` is reached from outside."""
    args: Sequence[str] = ()
    startup_path: str
    liveness_path: str | None = None
    concurrency: int
    min_instance_count: int
    max_instance_count: int
    cpu_idle: bool
    startup_cpu_boost: bool
    public: bool
    invokers: Sequence[Invoker] = ()
    """Who may call it beside, or instead of, the world."""
    only_through_vpc: bool = False
    """Whether requests must come out of the project's VPC, or from Google's own services in it."""
    only_through_load_balancer: bool = False
    """Whether Google's own address of the service answers nobody from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Workload):
    """A job of one task that is not retried."""

    command: Sequence[str]
    args: Sequence[str]


class CloudRun(Construct):
    """The services and jobs of one stack, in one region."""

    def __init__(self, scope: Construct, construct_id: str, *, region: str) -> None:
        super().__init__(scope, construct_id)
        self._region = region
        self.services: dict[str, CloudRunV2Service] = {}
        self.jobs: dict[str, CloudRunV2Job] = {}

    def service(self, service: Service) -> CloudRunV2Service:
        """Add a service; a public one may be called without a Google identity."""
        blocks = SERVICE_BLOCKS
        template = CloudRunV2ServiceTemplate(
            service_account=service.service_account,
            execution_environment="EXECUTION_ENVIRONMENT_GEN2",
            timeout=f"{service.timeout_seconds}s",
            max_instance_request_concurrency=service.concurrency,
            scaling=CloudRunV2ServiceTemplateScaling(max_instance_count=service.max_instance_count),
            containers=_service_containers(service),
            volumes=blocks.volumes(service.secret_file),
            vpc_access=blocks.vpc_access(service.vpc_access) if service.vpc_access else None,
        )
        resource = CloudRunV2Service(
            self,
            service.name,
            name=service.name,
            location=self._region,
            ingress=_ingress(service),
            # Not a grant to allUsers, which organizations with domain restricted sharing refuse.
            invoker_iam_disabled=service.public,
            launch_stage="GA",
            deletion_protection=service.deletion_protection,
            scaling=CloudRunV2ServiceScaling(min_instance_count=service.min_instance_count),
            template=template,
            # For the creation only: the first revision has no other to wait for.
            traffic=[
                CloudRunV2ServiceTraffic(type="TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent=100)
            ],
            lifecycle=kept(False, ignore_changes=_SERVICE_FIELDS),
        )
        for invoker in service.invokers:
            CloudRunV2ServiceIamMember(
                self,
                f"{service.name}-{invoker.name}",
                name=resource.name,
                location=self._region,
                role="roles/run.invoker",
                member=invoker.member,
            )
        self.services[service.name] = resource
        return resource

    def job(self, job: Job) -> CloudRunV2Job:
        """Add a job. Declaring it runs nothing: the pipeline executes it and waits."""
        blocks = JOB_BLOCKS
        task = CloudRunV2JobTemplateTemplate(
            service_account=job.service_account,
            execution_environment="EXECUTION_ENVIRONMENT_GEN2",
            timeout=f"{job.timeout_seconds}s",
            max_retries=0,
            containers=_job_containers(job),
            volumes=blocks.volumes(job.secret_file),
            vpc_access=blocks.vpc_access(job.vpc_access) if job.vpc_access else None,
        )
        resource = CloudRunV2Job(
            self,
            job.name,
            name=job.name,
            location=self._region,
            launch_stage="GA",
            deletion_protection=job.deletion_protection,
            template=CloudRunV2JobTemplate(task_count=1, parallelism=1, template=task),
            lifecycle=kept(False, ignore_changes=_CLIENT_FIELDS),
        )
        self.jobs[job.name] = resource
        return resource


def _ingress(service: Service) -> str:
    if service.only_through_vpc:
        return "INGRESS_TRAFFIC_INTERNAL_ONLY"
    if service.only_through_load_balancer:
        return "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    return "INGRESS_TRAFFIC_ALL"


def _service_containers(service: Service) -> list[CloudRunV2ServiceTemplateContainers]:
    blocks = SERVICE_BLOCKS
    probe_port = service.probe_port or service.port
    main = CloudRunV2ServiceTemplateContainers(
        name=_MAIN,
        image=service.image,
        args=list(service.args) or None,
        ports=CloudRunV2ServiceTemplateContainersPorts(container_port=service.port, name="http1"),
        env=blocks.environment(service.variables, service.secrets),
        resources=CloudRunV2ServiceTemplateContainersResources(
            limits=service.resources.limits(),
            # Left out, Cloud Run would allocate the CPU at all times.
            cpu_idle=service.cpu_idle,
            startup_cpu_boost=service.startup_cpu_boost,
        ),
        startup_probe=blocks.startup_probe(
            HttpProbe(service.startup_path, probe_port, period_seconds=5, failures=24)
        ),
        liveness_probe=blocks.liveness_probe(
            # Patient: a busy event loop is no dead one, and a restart cuts every WebSocket.
            HttpProbe(
                service.liveness_path, probe_port, period_seconds=30, failures=4, timeout_seconds=10
            )
        )
        if service.liveness_path
        else None,
        volume_mounts=blocks.mounts(service.secret_file),
        depends_on=[AuthProxy.NAME] if service.auth_proxy else None,
    )
    if service.auth_proxy is None:
        return [main]
    return [main, blocks.auth_proxy(service.auth_proxy, cpu_idle=service.cpu_idle)]


def _job_containers(job: Job) -> list[CloudRunV2JobTemplateTemplateContainers]:
    blocks = JOB_BLOCKS
    main = CloudRunV2JobTemplateTemplateContainers(
        name=_MAIN,
        image=job.image,
        command=list(job.command),
        args=list(job.args),
        env=blocks.environment(job.variables, job.secrets),
        resources=CloudRunV2JobTemplateTemplateContainersResources(limits=job.resources.limits()),
        volume_mounts=blocks.mounts(job.secret_file),
        depends_on=[AuthProxy.NAME] if job.auth_proxy else None,
    )
    if job.auth_proxy is None:
        return [main]
    return [main, blocks.auth_proxy(job.auth_proxy)]
