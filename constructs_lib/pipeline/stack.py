"""How the pipeline is added to the bootstrap stack: state, images, and who may deploy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable, TerraformOutput

from constructs_lib.database_export.alerts import export_failed, export_is_missing
from constructs_lib.database_export.database_export import DatabaseExport
from constructs_lib.environment.names import (
    AUDIT_LOGS,
    DRIFT_DETECTOR,
    FEDERATION_POOL,
    IMAGE_BUILDER,
    JOB_LOGS,
    PLANNER,
    deployer_account,
    exporter_account,
    federation_provider,
)
from constructs_lib.environment.stack import EnvironmentStack, Stack
from constructs_lib.monitoring.monitoring import Monitoring
from constructs_lib.pipeline.access import (
    GRANTABLE_ROLES,
    GRANTS_ROLES,
    PLANNED_PARTS,
    WATCHED_PARTS,
    CustomRole,
    deployer_roles,
    drift_roles,
    planner_roles,
)
from constructs_lib.pipeline.account import PipelineAccount
from constructs_lib.pipeline.alerts import (
    CHANGES,
    CLOUD_SQL_CHANGE,
    access_is_changed,
    audit_configuration_is_changed,
    infrastructure_is_changed,
    log_sinks_are_changed,
)
from constructs_lib.pipeline.artifact_registry import ArtifactRegistry
from constructs_lib.pipeline.github_federation import GithubFederation, TrustedJob
from constructs_lib.pipeline.job_log_view import JobLogView
from constructs_lib.pipeline.log_archive import LogArchive
from constructs_lib.pipeline.settings import (
    IMAGES_JOB,
    PULL_REQUEST_JOB,
    SCHEDULE_JOB,
    BootstrapSettings,
    Target,
)
from constructs_lib.pipeline.state_bucket import StateBucket
from constructs_lib.postgres.settings import CloudSqlPostgres
from constructs_lib.project.data_access_logs import DataAccessLogs
from constructs_lib.project.project_services import ProjectServices
from constructs_lib.project.stack import APIS as ENVIRONMENT_APIS

_APIS = (
    "artifactregistry",
    "cloudresourcemanager",
    "cloudscheduler",
    # Scans each image that is pushed; the repository only says that it may be scanned.
    "containeranalysis",
    "containerscanning",
    "iam",
    "iamcredentials",
    "storage",
    "sts",
    "workflowexecutions",
    "workflows",
)
_CALLED_APIS = tuple(api for api in ENVIRONMENT_APIS if api not in {*_APIS, "compute"})
"""Google asks whether an API is on in the project of the account that calls it, which is this one,
unless the API asks the project of the resource, as Compute Engine does; switching that on makes a
network and an account that nobody wants. Sources: Google Cloud documentation, about the quota
project; for Cloud SQL hashicorp/terraform-provider-google issue 21869."""


def bootstrap_labels(settings: BootstrapSettings) -> dict[str, str]:
    """Return the labels of everything that all environments share."""
    return {**settings.labels, "managed-by": "terraform"}


def add_pipeline(stack: Stack, settings: BootstrapSettings, targets: Sequence[Target]) -> None:
    """Add the state bucket, the image repository, and the accounts that GitHub acts as."""
    apis = ProjectServices(stack, "project-services", apis=(*_APIS, *_CALLED_APIS))
    state = StateBucket(
        stack,
        "state",
        name=settings.state_bucket,
        location=settings.state_location,
        versions_kept=settings.state_versions_kept,
        depends_on=apis.of("storage"),
    )
    # Who read and wrote state, and who acted as which account. Logs of the bucket itself would need
    # a second bucket, and come hours late.
    DataAccessLogs(
        stack,
        "access-log",
        project_id=settings.project_id,
        apis=("iam", "storage", "sts"),
        depends_on=apis.of("cloudresourcemanager"),
    )
    _add_log_archive(stack, settings, targets, apis)
    for target in targets:
        _add_database_export(stack, settings, target, apis)
    images = ArtifactRegistry(
        stack,
        "artifact-registry",
        name=settings.artifact_repository,
        region=settings.region,
        untagged_image_days=settings.untagged_image_days,
        kept_image_versions=settings.kept_image_versions,
        kept_tag_prefixes=[f"{name}-" for name in settings.environments],
        depends_on=apis.of("artifactregistry", "containeranalysis", "containerscanning"),
    )
    jobs = {
        target.environment: TrustedJob(
            federation_provider(target.environment),
            "environment",
            settings.github.environment(target.environment),
        )
        for target in targets
    }
    jobs |= {
        # Not pull_request_target: such a workflow runs with the secrets of the base.
        PULL_REQUEST_JOB: TrustedJob(
            federation_provider(PULL_REQUEST_JOB), "event_name", "pull_request"
        ),
        # GitHub starts it for the default branch alone. A job in an environment would wait for its
        # reviewers each night.
        SCHEDULE_JOB: TrustedJob(federation_provider(SCHEDULE_JOB), "event_name", "schedule"),
        IMAGES_JOB: TrustedJob(federation_provider(IMAGES_JOB), "environment", IMAGES_JOB),
    }
    identity_apis = apis.of("iam", "iamcredentials", "sts")
    federation = GithubFederation(
        stack,
        "github",
        pool_id=FEDERATION_POOL,
        owner_id=settings.github.owner_id,
        repository_id=settings.github.repository_id,
        jobs=jobs,
        depends_on=identity_apis,
    )
    accounts = _Accounts(stack, federation, state, jobs, identity_apis)
    for target in targets:
        _add_deployer(accounts, images, target)
    _add_reader(
        accounts,
        targets,
        construct_id="plan",
        account_id=PLANNER,
        job=PULL_REQUEST_JOB,
        description="Plans what pull requests would change, and reads no secret",
        roles=planner_roles(),
        parts=PLANNED_PARTS,
    )
    _add_reader(
        accounts,
        targets,
        construct_id="drift",
        account_id=DRIFT_DETECTOR,
        job=SCHEDULE_JOB,
        description="Plans every stack of an environment, to see what differs, and changes nothing",
        roles=drift_roles(),
        parts=WATCHED_PARTS,
    )
    builder = accounts.add(
        "build",
        account_id=IMAGE_BUILDER,
        job=IMAGES_JOB,
        description="Pushes images, and reaches nothing else",
    )
    images.allow_push("build", member=builder.member)


def _add_log_archive(
    stack: Stack,
    settings: BootstrapSettings,
    targets: Sequence[Target],
    apis: ProjectServices,
) -> None:
    """Keep audit logs and errors of all projects; the deployers may change no part of it.

    That is why the sinks are here, though each is in its environment's project.
    """
    archive = LogArchive(
        stack,
        "log-archive",
        project_id=settings.project_id,
        location=settings.region,
        name=AUDIT_LOGS,
        retention_days=settings.audit_logs.retention_days,
        locked=settings.audit_logs.locked,
        depends_on=apis.of("logging"),
    )
    archive.keep_own("shared")
    for target in targets:
        archive.keep(target.environment, project_id=target.project_id)


def _add_database_export(
    stack: Stack, settings: BootstrapSettings, target: Target, apis: ProjectServices
) -> None:
    """Copy a database into this project, where its environment's deployer may do nothing."""
    exported = target.export
    if exported is None:
        return
    name = exporter_account(target.environment)
    DatabaseExport(
        stack,
        f"export-{target.environment}",
        name=name,
        project_id=settings.project_id,
        source_project_id=target.project_id,
        region=exported.region,
        instance=exported.instance,
        database=exported.database,
        bucket=exported.settings.bucket,
        writer=exported.settings.writer,
        hour=exported.settings.hour,
        retention_days=exported.settings.retention_days,
        locked=exported.settings.locked,
        depends_on=apis.of("cloudscheduler", "iam", "storage", "workflowexecutions", "workflows"),
    )
    if not exported.notification_emails:
        return
    # Here, and not in the environment's project: an alert sees the metrics of its own project, and
    # the deployer of the environment cannot silence this one.
    monitoring = Monitoring(
        stack,
        f"export-{target.environment}-alerts",
        project_id=settings.project_id,
        region=settings.region,
        emails=exported.notification_emails,
        # The channels of the environment's file are in the environment's project.
        channels=lambda severity: (),
        user_labels=bootstrap_labels(settings),
        depends_on=apis.of("monitoring"),
    )
    monitoring.alert(export_failed(name))
    monitoring.alert(export_is_missing(name))


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Makes the pipeline's accounts, and says what a workflow must know to act as each."""

    stack: Stack
    federation: GithubFederation
    state: StateBucket
    jobs: dict[str, TrustedJob]
    depends_on: Sequence[ITerraformDependable]

    def add(
        self, construct_id: str, *, account_id: str, job: str, description: str
    ) -> PipelineAccount:
        trusted = self.jobs[job]
        account = PipelineAccount(
            self.stack,
            construct_id,
            account_id=account_id,
            description=description,
            principal=self.federation.principal(trusted),
            depends_on=self.depends_on,
        )
        TerraformOutput(
            self.stack,
            f"{construct_id}_workload_identity_provider".replace("-", "_"),
            value=self.federation.providers[job].name,
            description="workload_identity_provider of jobs whose "
            f"{trusted.claim} is {trusted.value}",
        )
        return account


def _add_deployer(accounts: _Accounts, images: ArtifactRegistry, target: Target) -> None:
    name = target.environment
    deployer = accounts.add(
        f"deploy-{name}",
        account_id=deployer_account(name),
        job=name,
        description=f"Deploys {name} from GitHub",
    )
    for role in deployer_roles():
        deployer.allow_on_project(
            role.construct_id,
            project_id=target.project_id,
            role_id=role.role_id,
            description=role.description,
            permissions=role.permissions,
        )
    deployer.allow_granting(
        "project-resourcemanager-projectIamAdmin",
        project_id=target.project_id,
        role=GRANTS_ROLES,
        grantable=GRANTABLE_ROLES,
    )
    deployer.allow_listing_of_state("state-names", state=accounts.state)
    deployer.allow_state(
        "state",
        state=accounts.state,
        role="roles/storage.objectUser",
        prefixes=(f"{name}/",),
    )
    view = JobLogView(
        accounts.stack, f"job-logs-{name}", name=JOB_LOGS, project_id=target.project_id
    )
    deployer.allow_log_view("job-logs", view=view)
    # Cloud Run asks whether whoever deploys an image may read it, and pulls it as its own agent,
    # which Google makes when the API is switched on.
    images.allow_pull(f"deploy-{name}", member=deployer.member)
    images.allow_pull(
        f"cloud-run-{name}",
        member=f"serviceAccount:service-{target.project_number}"
        "@serverless-robot-prod.iam.gserviceaccount.com",
    )
    # A machine pulls as its own account, which is not there yet when this is applied.
    images.allow_pull(
        f"accounts-{name}",
        member="principalSet://cloudresourcemanager.googleapis.com/projects/"
        f"{target.project_number}/type/ServiceAccount",
    )


def _add_reader(
    accounts: _Accounts,
    targets: Sequence[Target],
    *,
    construct_id: str,
    account_id: str,
    job: str,
    description: str,
    roles: Sequence[CustomRole],
    parts: Sequence[str],
) -> None:
    """Add an account that plans some parts of every environment, and changes none."""
    reader = accounts.add(construct_id, account_id=account_id, job=job, description=description)
    reader.allow_listing_of_state("state-names", state=accounts.state)
    for target in targets:
        name = target.environment
        for role in roles:
            reader.allow_on_project(
                f"{name}-{role.construct_id}",
                project_id=target.project_id,
                role_id=role.role_id,
                description=role.description,
                permissions=role.permissions,
            )
        reader.allow_state(
            f"state-{name}",
            state=accounts.state,
            role="roles/storage.objectViewer",
            prefixes=[f"{name}/{part}/" for part in parts],
        )


def add_access_alerts(stack: EnvironmentStack, monitoring: Monitoring) -> None:
    """Notify when somebody other than the pipeline changes who may do what, or what is there."""
    environment = stack.environment
    deployers = [environment.names.deployer_email]
    monitoring.alert(access_is_changed(deployers))
    changes = list(CHANGES)
    if isinstance(environment.settings.enabled_postgres, CloudSqlPostgres):
        changes.append(CLOUD_SQL_CHANGE)
    for change in changes:
        monitoring.alert(infrastructure_is_changed(change, deployers))
    monitoring.alert(log_sinks_are_changed())
    monitoring.alert(audit_configuration_is_changed())
