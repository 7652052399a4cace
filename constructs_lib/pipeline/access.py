"""Which role lets the pipeline manage, and which lets it read, each type of resource.

Predefined roles, the narrowest that covers the type. Source: IAM documentation, roles and
permissions; for what a refresh reads, the provider at v6.50.0. A type may stand here before a stack
makes it. The roles that are granted are the lists below: they hold what the types in use need, and
nothing else, which ``tests/constructs_lib/pipeline/test_access.py`` checks.
"""

from __future__ import annotations

from dataclasses import dataclass

PROJECT = "the environment's project"
BILLING = "the billing account"
SHARED = "the shared project"


@dataclass(frozen=True, slots=True)
class Access:
    """The roles for one type of resource."""

    manage: str
    read: str | None
    """What a refresh needs; None where reading gives away a secret."""
    on: str = PROJECT


def _role(name: str) -> str:
    return f"roles/{name}"


def _rows(manage: str, read: str | None, *types: str, on: str = PROJECT) -> dict[str, Access]:
    access = Access(_role(manage), read and _role(read), on)
    return {f"google_{kind}": access for kind in types}


_POLICIES = "iam.securityReviewer"
"""Reads who has which role, of anything."""

ACCESS: dict[str, Access] = {
    **_rows(
        "compute.networkAdmin", "compute.networkViewer",
        "compute_address", "compute_global_address", "compute_network", "compute_route",
        "compute_router", "compute_router_nat", "compute_subnetwork",
        "service_networking_connection",
    ),
    **_rows(
        "compute.securityAdmin", "compute.networkViewer",
        "compute_firewall", "compute_security_policy",
    ),
    **_rows(
        "compute.loadBalancerAdmin", "compute.networkViewer",
        "compute_backend_bucket", "compute_backend_service", "compute_global_forwarding_rule",
        "compute_region_network_endpoint_group", "compute_ssl_policy", "compute_target_http_proxy",
        "compute_target_https_proxy", "compute_url_map",
    ),
    **_rows(
        "compute.instanceAdmin.v1", "compute.viewer",
        "compute_attached_disk", "compute_disk", "compute_disk_resource_policy_attachment",
        "compute_instance", "compute_resource_policy", "compute_snapshot",
    ),
    **_rows(
        "certificatemanager.owner", "certificatemanager.viewer",
        "certificate_manager_certificate", "certificate_manager_certificate_map",
        "certificate_manager_certificate_map_entry", "certificate_manager_dns_authorization",
    ),
    **_rows("iap.admin", _POLICIES, "iap_tunnel_instance_iam_member"),
    **_rows("vpcaccess.admin", "vpcaccess.viewer", "vpc_access_connector"),
    **_rows("dns.admin", "dns.reader", "dns_managed_zone", "dns_policy", "dns_record_set"),
    **_rows(
        "run.admin", "run.viewer",
        "cloud_run_domain_mapping", "cloud_run_v2_job", "cloud_run_v2_job_iam_member",
        "cloud_run_v2_service", "cloud_run_v2_service_iam_member",
    ),
    **_rows(
        "cloudsql.admin", "cloudsql.viewer",
        "sql_database", "sql_database_instance", "sql_user",
    ),
    # A refresh of the instance reads its AUTH string (resourceRedisInstanceDecoder).
    **_rows("redis.admin", None, "redis_instance"),
    **_rows(
        "secretmanager.admin", "secretmanager.viewer",
        "secret_manager_secret", "secret_manager_secret_iam_member",
        "secret_manager_secret_version",
    ),
    **_rows(
        "storage.admin", "storage.bucketViewer",
        "storage_bucket", "storage_managed_folder",
    ),
    **_rows("storage.admin", _POLICIES, "storage_bucket_iam_member"),
    **_rows("storage.hmacKeyAdmin", None, "storage_hmac_key"),
    **_rows("pubsub.admin", "pubsub.viewer", "pubsub_subscription", "pubsub_topic"),
    **_rows(
        "pubsub.admin", _POLICIES,
        "pubsub_subscription_iam_member", "pubsub_topic_iam_member",
    ),
    **_rows(
        "iam.serviceAccountAdmin", _POLICIES,
        "service_account", "service_account_iam_member",
    ),
    **_rows("resourcemanager.projectIamAdmin", _POLICIES, "project_iam_member"),
    **_rows(
        "serviceusage.serviceUsageAdmin", "serviceusage.serviceUsageViewer", "project_service"
    ),
    **_rows("logging.configWriter", "logging.viewer", "logging_metric", "logging_project_sink"),
    **_rows("monitoring.alertPolicyEditor", "monitoring.viewer", "monitoring_alert_policy"),
    **_rows("monitoring.dashboardEditor", "monitoring.viewer", "monitoring_dashboard"),
    **_rows(
        "monitoring.notificationChannelEditor", "monitoring.viewer",
        "monitoring_notification_channel",
    ),
    **_rows(
        "monitoring.servicesEditor", "monitoring.viewer",
        "monitoring_custom_service", "monitoring_service", "monitoring_slo",
    ),
    **_rows(
        "monitoring.uptimeCheckConfigEditor", "monitoring.viewer",
        "monitoring_uptime_check_config",
    ),
    **_rows("billing.costsManager", "billing.viewer", "billing_budget", on=BILLING),
    # Of an environment's stacks only: that of people, who apply the bootstrap, is in its page.
    **_rows(
        "artifactregistry.admin", "artifactregistry.reader",
        "artifact_registry_repository", "artifact_registry_repository_iam_member", on=SHARED,
    ),
}  # fmt: skip

DEPLOYER_ROLES = tuple(
    map(
        _role,
        (
            "certificatemanager.owner",
            "cloudsql.admin",
            "compute.instanceAdmin.v1",
            "compute.loadBalancerAdmin",
            "compute.networkAdmin",
            "compute.securityAdmin",
            "dns.admin",
            "iam.serviceAccountAdmin",
            "logging.configWriter",
            "monitoring.alertPolicyEditor",
            "monitoring.dashboardEditor",
            "monitoring.notificationChannelEditor",
            "monitoring.servicesEditor",
            "monitoring.uptimeCheckConfigEditor",
            "pubsub.admin",
            "redis.admin",
            "resourcemanager.projectIamAdmin",
            "run.admin",
            "secretmanager.admin",
            "serviceusage.serviceUsageAdmin",
            "storage.admin",
            "vpcaccess.admin",
        ),
    )
)
"""What an environment's deployer may do in the environment's project."""

GRANTABLE_ROLES = (
    "roles/cloudsql.client",
    "roles/logging.logWriter",
    "roles/monitoring.metricWriter",
)
"""The roles on the whole project that a deployer may give, and take."""

PLANNED_PARTS = ("foundation", "migrations", "services", "monitoring")
"""The stacks that a pull request may plan. The state of the others holds secrets."""

PLANNER_ROLES = tuple(
    map(
        _role,
        (
            "certificatemanager.viewer",
            "compute.networkViewer",
            "dns.reader",
            "iam.securityReviewer",
            "logging.viewer",
            "monitoring.viewer",
            "run.viewer",
            "secretmanager.viewer",
            "serviceusage.serviceUsageViewer",
            "vpcaccess.viewer",
        ),
    )
)
"""What the account of pull requests may do in each environment's project."""
