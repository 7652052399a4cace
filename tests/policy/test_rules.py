"""Each rule of our own finds the fault that it is for, and nothing in a stack without faults."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from policy.exceptions import judge, read_exceptions
from policy.rule import apply
from policy.rules import RULES
from policy.stack import Stack, by_environment
from tests.support import ROOT

Text = dict[str, Any]

API = "google_cloud_run_v2_service.cloud_run_beep_api"
JOB = "google_cloud_run_v2_job.cloud_run_beep_migrate"
SQL = "google_sql_database_instance.postgres_instance"


@dataclass(frozen=True)
class Seed:
    """A fault that is put into a stack without faults, and where it must be found."""

    rule: str
    stack: str
    address: str
    edit: Callable[[Text], None]
    message: str = ""
    settings: tuple[tuple[str, Any], ...] = ()
    edited: str = ""
    """The stack that is edited, where the fault is found in another."""


def _add(address: str, **arguments: Any) -> Callable[[Text], None]:
    kind, _, name = address.partition(".")
    return lambda text: text["resource"].setdefault(kind, {}).update({name: arguments})


def _in(address: str, edit: Callable[[Text], object]) -> Callable[[Text], None]:
    kind, _, name = address.partition(".")

    def change(text: Text) -> None:
        edit(text["resource"][kind][name])

    return change


def _without(address: str) -> Callable[[Text], None]:
    kind, _, name = address.partition(".")
    return lambda text: text["resource"][kind].pop(name)


def _app(service: Text) -> Text:
    template = service["template"]
    container: Text = template.get("template", template)["containers"][0]
    return container


def _without_variable(name: str, variables: list[Text]) -> list[Text]:
    return [variable for variable in variables if variable["name"] != name]


def _secret(service: Text) -> Text:
    reference = next(v for v in _app(service)["env"] if "value_source" in v)
    secret: Text = reference["value_source"]["secret_key_ref"]
    return secret


def _probe(service: Text) -> Text:
    target: Text = _app(service)["startup_probe"]["http_get"]
    return target


def _share(percent: int) -> Text:
    return {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "percent": percent}


def _alert_on(condition_filter: str) -> Callable[[Text], None]:
    return _add(
        "google_monitoring_alert_policy.x",
        conditions=[{"condition_threshold": {"filter": condition_filter}}],
    )


def _keeping(*prefixes: str) -> list[Text]:
    """Return clean-up policies that delete old images, but none with these prefixes."""
    keep = {"tag_state": "TAGGED", "tag_prefixes": list(prefixes)}
    return [
        {"id": "keep", "action": "KEEP", "condition": keep},
        {"id": "old", "action": "DELETE", "condition": {"older_than": "86400s"}},
    ]


def _nothing(text: Text) -> None:
    """Leave the stack as it is: the fault is in the settings."""


EVERYONE = "google_cloud_run_v2_service_iam_member.x"
INVOKER = {"role": "roles/run.invoker", "member": "allUsers"}

IAM_ADMIN = "google_project_iam_member.deploy_prod_project_resourcemanager_projectIamAdmin"
PLANNER_ROLE = "google_project_iam_custom_role.plan_prod_project_role"
WRITER = "google_project_iam_member.log_archive_prod_writer"
SINK = "google_logging_project_sink.log_archive_prod"
LOG_BUCKET = "google_logging_project_bucket_config.log_archive_bucket"
DEPLOYER_ROLE = "google_project_iam_custom_role.deploy_prod_project_role"
EXPORTS = "google_storage_bucket.export_prod_bucket"
LOG_METRIC = "logging.googleapis.com/user/beep-error-logs"
REPOSITORY = "google_artifact_registry_repository.artifact_registry_repository"
SUBNET = "google_compute_subnetwork.network_subnet"
COLLECTOR = "google_cloud_run_v2_service.cloud_run_beep_otel_collector"
PROXY_JOB = "google_cloud_run_v2_job.cloud_run_beep_migrate"
REDIS_URL = "google_secret_manager_secret_version.redis_url"
BOOTSTRAP = "google_cloud_run_v2_job.cloud_run_beep_db_bootstrap"

BUDGET = "google_billing_budget.budget_monthly"
PROVIDER = "google_iam_workload_identity_pool_provider.github_prod"

ARMOR = "google_compute_security_policy.edge_armor"
BACKEND = "google_compute_backend_service.edge"


def _without_rules(action: str) -> Callable[[Text], object]:
    return lambda policy: policy.update(
        rule=[rule for rule in policy["rule"] if rule["action"] != action]
    )


def _preview(action: str) -> Callable[[Text], object]:
    return lambda policy: [
        rule.update(preview=True) for rule in policy["rule"] if rule["action"] == action
    ]


def _behind(policy: str) -> Callable[[Text], object]:
    return lambda backend: backend.update(security_policy=f"${{{ARMOR}_{policy}_policy.id}}")


EDGE_SEEDS = (
    Seed("armor-rate-limit", "prod-services", f"{BACKEND}_web",
         _in(f"{BACKEND}_web", lambda backend: backend.pop("security_policy")),
         "has no security_policy"),
    Seed("armor-rate-limit", "prod-services", f"{BACKEND}_otel_collector",
         _in(f"{ARMOR}_collector_policy", _without_rules("throttle")), "throttles nobody"),
    Seed("armor-rate-limit", "prod-services", f"{BACKEND}_otel_collector",
         _in(f"{ARMOR}_collector_policy", _preview("throttle")), "throttles nobody"),
    Seed("armor-sign-in", "prod-services", f"{BACKEND}_api",
         _in(f"{BACKEND}_api", _behind("pages")), "no rate_based_ban"),
    Seed("armor-sign-in", "prod-services", f"{BACKEND}_api_candidate",
         _in(f"{ARMOR}_api_policy", _preview("rate_based_ban")), "no rate_based_ban"),
    Seed("armor-attacks", "prod-services", f"{BACKEND}_otel_collector",
         _in(f"{BACKEND}_otel_collector", _behind("pages")), "spans are searched"),
    Seed("armor-attacks", "prod-services", f"{BACKEND}_web",
         _in(f"{BACKEND}_web", _behind("collector")), "searches for no attacks"),
    Seed("armor-attacks", "prod-services", f"{BACKEND}_web",
         _in(f"{ARMOR}_pages_policy", _preview("deny(403)")), "the canary"),
    Seed("armor-adaptive", "prod-services", f"{ARMOR}_pages_policy",
         _in(f"{ARMOR}_pages_policy", lambda policy: policy.pop("adaptive_protection_config"))),
    Seed("edge-hsts", "prod-services", f"{BACKEND}_api",
         _in(f"{BACKEND}_api", lambda backend: backend.pop("custom_response_headers"))),
    Seed("edge-hsts", "prod-services", f"{BACKEND}_otel_collector",
         _in(f"{BACKEND}_otel_collector", lambda backend: backend.update(
             custom_response_headers=["Strict-Transport-Security: max-age=300"]))),
)  # fmt: skip

WEB = "google_cloud_run_v2_service.cloud_run_beep_web"


def _egress(value: str) -> Callable[[Text], object]:
    def change(workload: Text) -> None:
        template = workload["template"]
        template.get("template", template)["vpc_access"]["egress"] = value

    return change


NETWORK_SEEDS = (
    Seed("way-out", "prod-services", WEB, _in(WEB, _egress("ALL_TRAFFIC")),
         "egress is ALL_TRAFFIC, not PRIVATE_RANGES_ONLY"),
    Seed("way-out", "staging-migrations", JOB, _in(JOB, _egress("PRIVATE_RANGES_ONLY")),
         "egress is PRIVATE_RANGES_ONLY, not ALL_TRAFFIC"),
)  # fmt: skip

BUCKET = "aws_s3_bucket.storage_bucket"
ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration.storage_encryption"


def _policy(edit: Callable[[Text], object]) -> Callable[[Text], None]:
    """Return an edit of the one statement of the bucket's policy."""

    def change(resource: Text) -> None:
        document = json.loads(resource["policy"])
        edit(document["Statement"][0])
        resource["policy"] = json.dumps(document)

    return _in("aws_s3_bucket_policy.storage_bucket_policy", change)


def _trust(**compared: str) -> Callable[[Text], None]:
    """Return an edit that adds a role which whoever has such a token may take."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": "accounts.google.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {f"accounts.google.com:{k}": v for k, v in compared.items()}},
    }
    return _add("aws_iam_role.x", assume_role_policy=json.dumps({"Statement": [statement]}))


AWS_SEEDS = (
    Seed("s3-public-access", "prod-aws", BUCKET,
         _without("aws_s3_bucket_public_access_block.storage_public_access_block"),
         "block_public_acls, block_public_policy"),
    Seed("s3-public-access", "prod-aws", BUCKET,
         _in("aws_s3_bucket_public_access_block.storage_public_access_block",
             lambda b: b.update(restrict_public_buckets=False)),
         "restrict_public_buckets not true"),
    Seed("s3-public-access", "prod-aws", "aws_s3_bucket.x", _add("aws_s3_bucket.x", bucket="x"),
         "block_public_acls"),
    Seed("s3-encryption", "prod-aws", BUCKET, _without(ENCRYPTION), "nothing sets aws:kms"),
    Seed("s3-encryption", "prod-aws", BUCKET,
         _in(ENCRYPTION, lambda e: e["rule"][0].update(
             apply_server_side_encryption_by_default=[{"sse_algorithm": "aws:kms"}])),
         "nothing sets aws:kms with a kms_master_key_id"),
    Seed("s3-encryption", "prod-aws", ENCRYPTION,
         _in(ENCRYPTION, lambda e: e["rule"][0].pop("bucket_key_enabled")),
         "bucket_key_enabled is not true"),
    Seed("s3-versioning", "prod-aws", BUCKET,
         _without("aws_s3_bucket_versioning.storage_versioning"), "versioning is not set"),
    Seed("s3-versioning", "prod-aws", BUCKET,
         _in("aws_s3_bucket_versioning.storage_versioning",
             lambda v: v["versioning_configuration"][0].update(status="Suspended")),
         "versioning is Suspended"),
    Seed("s3-tls-only", "prod-aws", BUCKET,
         _without("aws_s3_bucket_policy.storage_bucket_policy"),
         "arn:aws:s3:::beep-prod-example, arn:aws:s3:::beep-prod-example/*"),
    Seed("s3-tls-only", "prod-aws", BUCKET,
         _policy(lambda s: s.update(Resource="arn:aws:s3:::beep-prod-example")),
         "no statement denies arn:aws:s3:::beep-prod-example/* without TLS"),
    Seed("s3-tls-only", "prod-aws", BUCKET, _policy(lambda s: s.update(Effect="Allow")), "TLS"),
    Seed("s3-tls-only", "prod-aws", BUCKET,
         _policy(lambda s: s["Condition"].update(StringEquals={"aws:PrincipalAccount": "1"})),
         "TLS"),
    Seed("aws-access-key", "prod-aws", "aws_iam_access_key.x",
         _add("aws_iam_access_key.x", user="beep-prod-storage"), "in the state"),
    Seed("aws-web-identity", "prod-aws", "aws_iam_role.x", _trust(aud="1"),
         "sub, oaud of accounts.google.com not compared"),
    Seed("prevent-destroy", "prod-aws", "aws_kms_key.storage_key",
         _in("aws_kms_key.storage_key", lambda k: k.pop("lifecycle"))),
)  # fmt: skip

SEEDS = (
    *EDGE_SEEDS,
    *NETWORK_SEEDS,
    *AWS_SEEDS,
    Seed(
        "federation-by-number",
        "bootstrap",
        PROVIDER,
        _in(
            PROVIDER,
            lambda provider: provider.update(
                attribute_condition="assertion.repository_id == '200000001'"
            ),
        ),
        "the condition is assertion.repository_id",
    ),
    Seed(
        "federation-by-number",
        "bootstrap",
        PROVIDER,
        _in(PROVIDER, lambda provider: provider.pop("attribute_condition")),
        "the condition is not set",
    ),
    Seed(
        "public-access",
        "prod-services",
        "google_cloud_run_v2_service.cloud_run_beep_api",
        _nothing,
        "beep-api is not opened",
        (("allow_unauthenticated", False),),
    ),
    Seed(
        "public-access",
        "dev-services",
        "google_cloud_run_v2_service.cloud_run_beep_mcp",
        _in(
            "google_cloud_run_v2_service.cloud_run_beep_mcp",
            lambda service: service.pop("invoker_iam_disabled"),
        ),
        "beep-mcp is not opened",
    ),
    Seed(
        "public-access",
        "prod-services",
        EVERYONE,
        _add(EVERYONE, name="beep-api", **INVOKER),
        "roles/run.invoker for everyone",
    ),
    Seed(
        "public-access",
        "prod-services",
        "google_cloud_run_v2_job_iam_member.x",
        _add("google_cloud_run_v2_job_iam_member.x", **INVOKER),
        "roles/run.invoker for everyone",
    ),
    Seed(
        "public-access",
        "bootstrap",
        "google_storage_bucket_iam_member.x",
        _add(
            "google_storage_bucket_iam_member.x",
            role="roles/storage.objectViewer",
            member="allAuthenticatedUsers",
        ),
    ),
    Seed(
        "authoritative-iam",
        "prod-foundation",
        "google_project_iam_binding.x",
        _add("google_project_iam_binding.x", role="roles/run.viewer", members=[]),
    ),
    Seed(
        "basic-role",
        "prod-foundation",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/editor"),
        "roles/editor",
    ),
    Seed(
        "project-wide-secrets",
        "prod-foundation",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/secretmanager.secretAccessor"),
    ),
    Seed(
        "pipeline-role",
        "bootstrap",
        "google_project_iam_member.x",
        _add("google_project_iam_member.x", role="roles/iam.securityReviewer"),
        "roles/iam.securityReviewer",
    ),
    Seed(
        "pipeline-role",
        "bootstrap",
        IAM_ADMIN,
        _in(IAM_ADMIN, lambda grant: grant.pop("condition")),
        "without a condition",
    ),
    Seed(
        "role-reaches-inside",
        "bootstrap",
        PLANNER_ROLE,
        _in(
            PLANNER_ROLE,
            lambda role: role["permissions"].append("logging.privateLogEntries.list"),
        ),
        "logging.privateLogEntries.list",
    ),
    Seed(
        "pipeline-role",
        "bootstrap",
        WRITER,
        _in(WRITER, lambda grant: grant.pop("condition")),
        "roles/logging.bucketWriter without a condition",
    ),
    Seed(
        "data-access-logged",
        "prod-foundation",
        "google_project_iam_audit_config.secretmanager",
        _without("google_project_iam_audit_config.data_access_logs_secretmanager"),
        "data access to secretmanager is not logged",
    ),
    Seed(
        "data-access-logged",
        "bootstrap",
        "google_project_iam_audit_config.access_log_sts",
        _in(
            "google_project_iam_audit_config.access_log_sts",
            lambda config: config["audit_log_config"].pop(),
        ),
        "without DATA_WRITE",
    ),
    Seed(
        "data-access-logged",
        "staging-foundation",
        "google_project_iam_audit_config.data_access_logs_iam",
        _in(
            "google_project_iam_audit_config.data_access_logs_iam",
            lambda config: config["audit_log_config"][0].update(exempted_members=["user:a@b.c"]),
        ),
        "leaves out user:a@b.c",
    ),
    Seed(
        "audit-sink",
        "bootstrap",
        "google_logging_project_sink.beep-prod-example",
        _without(SINK),
        "no sink exports the audit log of beep-prod-example",
    ),
    Seed("audit-sink", "bootstrap", SINK, _in(SINK, lambda s: s.update(disabled=True))),
    Seed(
        "audit-sink",
        "bootstrap",
        SINK,
        _in(SINK, lambda s: s.update(filter="severity >= ERROR")),
        "filter = severity >= ERROR",
    ),
    Seed(
        "audit-sink",
        "bootstrap",
        SINK,
        _in(SINK, lambda s: s.update(exclusions=[{"name": "reads", "filter": "x"}])),
        "exclusions: reads",
    ),
    Seed(
        "audit-sink",
        "bootstrap",
        SINK,
        _in(SINK, lambda s: s.update(destination="storage.googleapis.com/x")),
        "destination = storage.googleapis.com/x",
    ),
    Seed(
        "log-retention",
        "bootstrap",
        LOG_BUCKET,
        _in(LOG_BUCKET, lambda bucket: bucket.update(retention_days=364)),
        "retention_days = 364; at least 365",
    ),
    Seed(
        "log-retention",
        "bootstrap",
        LOG_BUCKET,
        _in(LOG_BUCKET, lambda bucket: bucket.pop("retention_days")),
        "retention_days = 30",
    ),
    Seed(
        "role-destroys-backups",
        "bootstrap",
        DEPLOYER_ROLE,
        _in(DEPLOYER_ROLE, lambda role: role["permissions"].append("cloudsql.backupRuns.delete")),
        "cloudsql.backupRuns.delete",
    ),
    Seed(
        "export-retention",
        "bootstrap",
        EXPORTS,
        _in(EXPORTS, lambda bucket: bucket.pop("retention_policy")),
        "retention_period = 0",
    ),
    Seed(
        "service-account-key",
        "prod-foundation",
        "google_service_account_key.x",
        _add("google_service_account_key.x", service_account_id="a"),
    ),
    Seed(
        "own-service-account",
        "prod-services",
        API,
        _in(API, lambda s: s["template"].pop("service_account")),
        "no account",
    ),
    Seed(
        "own-service-account",
        "prod-migrations",
        JOB,
        _in(
            JOB,
            lambda j: j["template"]["template"].update(
                service_account="1-compute@developer.gserviceaccount.com"
            ),
        ),
        "is a default account",
    ),
    Seed(
        "own-service-account",
        "prod-services",
        "google_cloud_run_v2_service.cloud_run_beep_web",
        _in(
            "google_cloud_run_v2_service.cloud_run_beep_web",
            lambda s: s["template"].update(
                service_account="beep-api@beep-prod-example.iam.gserviceaccount.com"
            ),
        ),
        "is also that of",
    ),
    Seed(
        "own-service-account",
        "prod-data",
        "google_compute_instance.x",
        _add("google_compute_instance.x", name="x"),
        "no account",
    ),
    Seed(
        "pinned-secret",
        "prod-services",
        API,
        _in(API, lambda s: _secret(s).update(version="latest")),
        "at version latest",
    ),
    Seed(
        "pinned-secret",
        "prod-services",
        API,
        _in(API, lambda s: s["template"]["volumes"][0]["secret"]["items"][0].pop("version")),
        "latest, by omission",
    ),
    Seed(
        "stored-secret",
        "prod-data",
        "google_sql_user.postgres_owner",
        _in("google_sql_user.postgres_owner", lambda u: u.update(password="${var.x}")),
        "password",
    ),
    Seed(
        "stored-secret",
        "prod-data",
        "google_secret_manager_secret_version.postgres_app_url",
        _in(
            "google_secret_manager_secret_version.postgres_app_url",
            lambda v: v.update(secret_data=v.pop("secret_data_wo")),
        ),
        "secret_data",
    ),
    Seed("stored-secret", "prod-data", "random_password.x", _add("random_password.x", length=32)),
    Seed(
        "ephemeral-variable",
        "prod-data",
        "var.db_owner_password",
        lambda text: text["variable"]["db_owner_password"].pop("ephemeral"),
    ),
    Seed(
        "secret-destroy-delay",
        "prod-foundation",
        "google_secret_manager_secret.secrets_beep_db_pg_url",
        _in(
            "google_secret_manager_secret.secrets_beep_db_pg_url",
            lambda s: s.pop("version_destroy_ttl"),
        ),
    ),
    Seed(
        "readable-secret",
        "prod-services",
        API,
        _in(API, lambda s: _secret(s).update(secret="beep-db-pg-owner-url")),
        "beep-api may not read beep-db-pg-owner-url",
    ),
    Seed(
        "readable-secret",
        "prod-services",
        API,
        _in(API, lambda s: s["template"].update(service_account="beep-x@x.iam.example.com")),
        "beep-x may not read beep-ai-anthropic-api-key",
    ),
    Seed(
        "image-digest",
        "prod-services",
        API,
        _in(API, lambda s: _app(s).update(image="example.com/beep-api:main")),
        "example.com/beep-api:main",
    ),
    Seed(
        "image-digest",
        "prod-services",
        API,
        lambda text: text["variable"]["image_api"].pop("validation"),
        "var.image_api does not demand",
    ),
    Seed(
        "max-instances",
        "dev-services",
        API,
        _in(API, lambda s: s["template"].pop("scaling")),
    ),
    Seed(
        "startup-probe",
        "dev-services",
        API,
        _in(API, lambda s: _app(s).pop("startup_probe")),
    ),
    Seed(
        "job-without-retries",
        "dev-migrations",
        JOB,
        _in(JOB, lambda j: j["template"]["template"].pop("max_retries")),
        "max_retries is not set",
    ),
    Seed(
        "traffic-sum",
        "prod-services",
        API,
        _in(API, lambda s: s.update(traffic=[_share(90), _share(9)])),
        "90 + 9 = 99",
    ),
    Seed(
        "traffic-sum",
        "prod-services",
        API,
        _in(API, lambda s: s.update(traffic={"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"})),
        "0 = 0",
    ),
    Seed(
        "traffic-sum",
        "prod-services",
        API,
        _in(API, lambda s: s.update(traffic=[_share(110), _share(-10)])),
        "110 + -10",
    ),
    Seed(
        "probe-port",
        "prod-services",
        API,
        _in(API, lambda s: _probe(s).update(port=3000)),
        "startup_probe of container app asks port 3000; it states 8080",
    ),
    Seed(
        "probe-port",
        "dev-services",
        API,
        _in(API, lambda s: (_app(s).pop("ports"), _probe(s).update(port=3000))),
        "it states 8080",
    ),
    Seed(
        "probe-port",
        "prod-services",
        API,
        _in(API, lambda s: _app(s).update(liveness_probe={"grpc": {"port": 9090}})),
        "liveness_probe of container app asks port 9090",
    ),
    # The variables of an application name ports of others: DB_PG_PORT is none that it listens on.
    Seed(
        "probe-port",
        "prod-services",
        API,
        _in(API, lambda s: _probe(s).update(port=5432)),
        "asks port 5432",
    ),
    Seed(
        "probe-port",
        "prod-services",
        COLLECTOR,
        _in(COLLECTOR, lambda s: _probe(s).update(port=13134)),
        "asks port 13134; it states 4318, 13133",
    ),
    Seed(
        "probe-port",
        "prod-migrations",
        PROXY_JOB,
        _in(
            PROXY_JOB,
            lambda j: j["template"]["template"]["containers"][1]["startup_probe"][
                "http_get"
            ].update(port=9099),
        ),
        "container auth-proxy asks port 9099; it states 5432, 9090, 9091",
    ),
    Seed(
        "kept-images",
        "bootstrap",
        REPOSITORY,
        _in(REPOSITORY, lambda r: r.update(cleanup_policies=_keeping("dev-", "staging-"))),
        "nothing keeps tags that begin with prod-; kept: dev-, staging-",
    ),
    Seed(
        "kept-images",
        "bootstrap",
        REPOSITORY,
        _in(REPOSITORY, lambda r: r.update(cleanup_policies=_keeping()[1:])),
        "kept: no tag",
    ),
    Seed(
        "kept-images",
        "bootstrap",
        REPOSITORY,
        _in(
            REPOSITORY,
            lambda r: (
                r.update(cleanup_policies=_keeping("dev-", "staging-", "prod-")),
                r["cleanup_policies"][0]["condition"].update(newer_than="86400s"),
            ),
        ),
        "kept: no tag",
    ),
    Seed(
        "own-log-metric",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _alert_on(f'metric.type = "{LOG_METRIC}" AND resource.type = "cloud_run_revision"'),
        "reads beep-error-logs of google_logging_metric.monitoring_error_logs",
    ),
    Seed(
        "own-log-metric",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _alert_on(
            'metric.type = "logging.googleapis.com/user/'
            '${google_logging_metric.monitoring_error_logs.name}"'
        ),
    ),
    Seed(
        "own-log-metric",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _add(
            "google_monitoring_alert_policy.x",
            conditions=[
                {
                    "condition_prometheus_query_language": {
                        "query": "rate(logging_googleapis_com:user_beep_error_logs[5m]) > 1"
                    }
                }
            ],
        ),
    ),
    Seed(
        "own-log-metric",
        "prod-monitoring",
        "google_monitoring_slo.x",
        _add(
            "google_monitoring_slo.x",
            request_based_sli={"good_total_ratio": {"bad_service_filter": f'"{LOG_METRIC}"'}},
        ),
    ),
    Seed(
        "ranges-apart",
        "prod-foundation",
        SUBNET,
        _in(
            "google_compute_global_address.network_service_range",
            lambda r: r.update(address="10.10.0.0"),
        ),
        "10.10.0.0/23 overlaps 10.10.0.0/20 of google_compute_global_address.network_service",
    ),
    Seed(
        "ranges-apart",
        "dev-foundation",
        "google_vpc_access_connector.network_connector",
        _in(
            "google_vpc_access_connector.network_connector",
            lambda c: c.update(ip_cidr_range="10.20.1.0/28"),
        ),
    ),
    Seed(
        "ranges-apart",
        "prod-foundation",
        SUBNET,
        _in(
            SUBNET,
            lambda s: s.update(
                secondary_ip_range=[{"range_name": "x", "ip_cidr_range": "10.20.15.0/24"}]
            ),
        ),
    ),
    Seed(
        "subnet-size",
        "prod-foundation",
        SUBNET,
        _in(API, lambda s: s["template"]["scaling"].update(max_instance_count=300)),
        "10.10.0.0/23 has 508 addresses; 316 instances need 632",
        edited="prod-services",
    ),
    Seed(
        "subnet-size",
        "staging-foundation",
        SUBNET,
        _in(SUBNET, lambda s: s.update(ip_cidr_range="10.10.0.0/27")),
        "needs a /26 or larger",
    ),
    Seed(
        "redis-port",
        "prod-data",
        REDIS_URL,
        _in(REDIS_URL, lambda v: v.update(secret_data_wo="redis://:${var.x}@${var.host}:6378")),
        "a URL with redis://, not rediss://",
    ),
    Seed(
        "redis-port",
        "prod-data",
        REDIS_URL,
        _in(REDIS_URL, lambda v: v.update(secret_data_wo="rediss://:a:1@10.0.0.1:6379/0")),
        "a URL with port 6379, not 6378",
    ),
    Seed(
        "redis-port",
        "prod-data",
        REDIS_URL,
        _in(REDIS_URL, lambda v: v.update(secret_data_wo="rediss://redis.example.com")),
        "a URL with port 6379, not 6378",
    ),
    Seed(
        "redis-port",
        "dev-services",
        API,
        _in(API, lambda s: _app(s)["env"].append({"name": "KV_REDIS_PORT", "value": "6378"})),
        "KV_REDIS_PORT = 6378, not 6379",
    ),
    Seed(
        "postgres-tls",
        "dev-data",
        "google_secret_manager_secret_version.postgres_app_url",
        _in(
            "google_secret_manager_secret_version.postgres_app_url",
            lambda v: v.update(secret_data_wo=v["secret_data_wo"].partition("?")[0]),
        ),
        "a URL to postgres.dev.beep.internal without sslmode=verify-full",
    ),
    Seed(
        "postgres-tls",
        "dev-services",
        API,
        _in(
            API,
            lambda s: next(v for v in _app(s)["env"] if v["name"] == "DB_PG_SSL").update(
                value="false"
            ),
        ),
        "DB_PG_HOST = postgres.dev.beep.internal without DB_PG_SSL = true",
    ),
    Seed(
        "postgres-tls",
        "dev-migrations",
        BOOTSTRAP,
        _in(
            BOOTSTRAP,
            lambda j: _app(j).update(env=_without_variable("PGSSLMODE", _app(j)["env"])),
        ),
        "PGHOST = postgres.dev.beep.internal without PGSSLMODE = verify-full",
    ),
    Seed(
        "traffic-ignored",
        "prod-services",
        API,
        _in(API, lambda s: s["lifecycle"]["ignore_changes"].remove("traffic")),
    ),
    Seed("traffic-ignored", "dev-services", API, _in(API, lambda s: s.pop("lifecycle"))),
    Seed(
        "revision-name",
        "prod-services",
        API,
        _in(API, lambda s: s["template"].update(revision="beep-api-2")),
        "beep-api-2",
    ),
    Seed("prevent-destroy", "prod-data", SQL, _in(SQL, lambda i: i.pop("lifecycle"))),
    Seed(
        "prevent-destroy",
        "bootstrap",
        "google_storage_bucket.state_bucket",
        _in("google_storage_bucket.state_bucket", lambda b: b.pop("lifecycle")),
    ),
    Seed(
        "deletion-protection",
        "prod-data",
        SQL,
        _in(SQL, lambda i: i["settings"].update(deletion_protection_enabled=False)),
    ),
    Seed(
        "deletion-protection",
        "prod-services",
        API,
        _in(API, lambda s: s.pop("deletion_protection")),
    ),
    Seed(
        "force-destroy",
        "bootstrap",
        "google_storage_bucket.state_bucket",
        _in("google_storage_bucket.state_bucket", lambda b: b.update(force_destroy=True)),
    ),
    Seed("sql-edition", "dev-data", SQL, _add(SQL, settings={"tier": "db-f1-micro"})),
    Seed("sql-point-in-time", "dev-data", SQL, _add(SQL, settings={"edition": "ENTERPRISE"})),
    Seed(
        "sql-log-flags",
        "prod-data",
        SQL,
        _in(SQL, lambda i: i["settings"].pop("database_flags")),
        "log_lock_waits is not on",
    ),
    Seed(
        "sql-log-flags",
        "prod-data",
        SQL,
        _in(
            SQL,
            lambda i: i["settings"]["database_flags"].append(
                {"name": "log_min_duration_statement", "value": "500"}
            ),
        ),
        "log_min_duration_statement is set",
    ),
    Seed(
        "firewall-sources",
        "dev-foundation",
        "google_compute_firewall.x",
        _add(
            "google_compute_firewall.x",
            allow=[{"protocol": "tcp", "ports": ["5432"]}],
            source_ranges=["0.0.0.0/0"],
        ),
        "0.0.0.0/0",
    ),
    Seed(
        "firewall-sources",
        "dev-foundation",
        "google_compute_firewall.x",
        _add("google_compute_firewall.x", allow=[{"protocol": "tcp"}]),
        "not set",
    ),
    Seed(
        "alert-channel",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _add("google_monitoring_alert_policy.x", display_name="x"),
        "notification_channels is empty",
    ),
    Seed(
        "alert-documentation",
        "prod-monitoring",
        "google_monitoring_alert_policy.x",
        _add("google_monitoring_alert_policy.x", documentation={"content": "it is broken"}),
        "does not lead to the runbook",
    ),
    Seed(
        "labels",
        "prod-data",
        "provider.google",
        lambda text: text["provider"]["google"][0]["default_labels"].pop("environment"),
        "without environment",
    ),
    Seed(
        "budget-covers-estimate",
        "prod-budget",
        BUDGET,
        _in(BUDGET, lambda b: b["amount"]["specified_amount"].update(units="900")),
        "900 USD, and the stacks cost about 1",
    ),
    Seed(
        "budget-covers-estimate",
        "prod-budget",
        BUDGET,
        _in(
            "google_redis_instance.redis_instance",
            lambda r: r.update(tier="STANDARD_HA", memory_size_gb=100),
        ),
        "(Redis 2",
        edited="prod-data",
    ),
    Seed(
        "budget-covers-estimate",
        "prod-budget",
        BUDGET,
        _in(BUDGET, lambda b: b["amount"]["specified_amount"].update(currency_code="EUR")),
        "the budget is in EUR and the prices are in USD",
    ),
    Seed(
        "budget-covers-estimate",
        "prod-budget",
        BUDGET,
        _in("google_redis_instance.redis_instance", lambda r: r.update(region="us-west9")),
        "the price of redis STANDARD_HA M2 is known in us-central1, not in us-west9",
        edited="prod-data",
    ),
)


@pytest.mark.parametrize(
    "seed", SEEDS, ids=[f"{n} {seed.rule} {seed.address}" for n, seed in enumerate(SEEDS)]
)
def test_a_fault_is_found_by_its_rule(seed: Seed, all_stacks: tuple[Stack, ...]) -> None:
    clean = next(stack for stack in all_stacks if stack.name == (seed.edited or seed.stack))
    text = deepcopy(dict(clean.text))
    seed.edit(text)
    settings = clean.settings and clean.settings.model_copy(update=dict(seed.settings))
    faulty = replace(clean, text=text, settings=settings)
    rules = tuple(rule for rule in RULES if rule.id == seed.rule)
    environment = next(stacks for stacks in by_environment(all_stacks) if clean in stacks)
    findings = apply(rules, tuple(faulty if s is clean else s for s in environment))
    by_seed = [f for f in findings if (f.stack, f.address) == (seed.stack, seed.address)]
    assert by_seed, findings
    assert any(seed.message in finding.detail for finding in by_seed), by_seed
    assert all(finding.reason and finding.fix for finding in by_seed)


CLEAN = (
    pytest.param(
        "prod-services",
        _in(API, lambda s: s.update(traffic=[_share(60), _share(40), {"tag": "candidate"}])),
        "traffic-sum",
        id="a candidate with a tag and no traffic",
    ),
    pytest.param(
        "prod-services",
        _in(API, lambda s: _probe(s).pop("port")),
        "probe-port",
        id="a probe that names no port asks the container's",
    ),
    pytest.param(
        "prod-services",
        _in(
            API,
            lambda s: s["template"]["containers"].append(
                {"image": "x", "liveness_probe": {"tcp_socket": {"port": 9}}}
            ),
        ),
        "probe-port",
        id="a sidecar that states no port at all",
    ),
    pytest.param(
        "dev-services",
        _in(API, lambda s: _app(s).pop("ports")),
        "probe-port",
        id="a container alone, which listens on 8080 unless it says otherwise",
    ),
    pytest.param(
        "prod-monitoring",
        _alert_on('metric.type = "logging.googleapis.com/user/beep-error-logs-of-others"'),
        "own-log-metric",
        id="a log metric of another stack, whose name begins alike",
    ),
    pytest.param(
        "prod-monitoring",
        _add(
            "google_monitoring_alert_policy.x",
            documentation={"content": f"see {LOG_METRIC}"},
            conditions=[{"condition_matched_log": {"filter": "severity >= ERROR"}}],
        ),
        "own-log-metric",
        id="an alert on the log entries, whose text names the metric",
    ),
    pytest.param(
        "prod-monitoring",
        _add(
            "google_monitoring_alert_policy.x",
            conditions=[
                {
                    "condition_prometheus_query_language": {
                        "query": "rate(logging_googleapis_com:user_beep_error_logs[5m]) > 1",
                        "disable_metric_validation": True,
                    }
                }
            ],
        ),
        "own-log-metric",
        id="a query of a metric that Google does not look up when it is made",
    ),
    pytest.param(
        "bootstrap",
        _in(REPOSITORY, lambda r: r.update(cleanup_policies=_keeping("dev-", "prod", "staging-"))),
        "kept-images",
        id="a shorter prefix keeps the tags as well",
    ),
    pytest.param(
        "bootstrap",
        _in(
            REPOSITORY, lambda r: r.update(cleanup_policies=_keeping(), cleanup_policy_dry_run=True)
        ),
        "kept-images",
        id="a dry run deletes nothing",
    ),
    pytest.param(
        "prod-foundation",
        _add(
            "google_compute_subnetwork.x",
            ip_cidr_range="10.10.0.0/23",
            network="projects/x/global/networks/other",
        ),
        "ranges-apart",
        id="the same range in another network",
    ),
    pytest.param(
        "prod-foundation",
        _add("google_compute_subnetwork.x", name="unused", ip_cidr_range="10.99.0.0/29"),
        "subnet-size",
        id="a small subnet in which no instance gets an address",
    ),
)


@pytest.mark.parametrize(("name", "edit", "rule"), CLEAN)
def test_what_only_looks_like_a_fault_passes(
    name: str, edit: Callable[[Text], None], rule: str, all_stacks: tuple[Stack, ...]
) -> None:
    clean = next(stack for stack in all_stacks if stack.name == name)
    text = deepcopy(dict(clean.text))
    edit(text)
    environment = next(stacks for stacks in by_environment(all_stacks) if clean in stacks)
    edited = tuple(replace(clean, text=text) if s is clean else s for s in environment)
    rules = tuple(candidate for candidate in RULES if candidate.id == rule)
    assert [(f.stack, f.address, f.detail) for f in apply(rules, edited)] == []


def test_every_rule_has_a_seeded_fault() -> None:
    assert {seed.rule for seed in SEEDS} == {rule.id for rule in RULES}
    assert len({rule.id for rule in RULES}) == len(RULES)


def test_our_stacks_keep_our_rules(all_stacks: tuple[Stack, ...]) -> None:
    entries = [
        entry
        for entry in read_exceptions(
            ROOT / "policy" / "exceptions.toml", [rule.id for rule in RULES]
        )
        if not entry.rule.startswith("CKV")
    ]
    judgement = judge(apply(RULES, all_stacks), entries, "policy/exceptions.toml", date.min)
    assert [f"{f.rule}: {f.stack} {f.address} {f.detail}" for f in judgement.open] == []


def test_an_unprotected_environment_may_be_taken_down(all_stacks: tuple[Stack, ...]) -> None:
    dev = next(stack for stack in all_stacks if stack.name == "dev-data")
    assert dev.settings is not None
    assert not dev.settings.deletion_protection
    assert apply(RULES, (dev,)) == []


def test_a_replica_needs_no_protection_and_no_backup(all_stacks: tuple[Stack, ...]) -> None:
    prod = next(stack for stack in all_stacks if stack.name == "prod-data")
    text = deepcopy(dict(prod.text))
    _add(
        "google_sql_database_instance.replica",
        master_instance_name="beep-prod",
        settings={
            "edition": "ENTERPRISE",
            "database_flags": [{"name": "log_lock_waits", "value": "on"}],
        },
    )(text)
    assert apply(RULES, (replace(prod, text=text),)) == []
