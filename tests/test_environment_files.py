"""Bad input: one message for each fault, with file, key, value, what is allowed, and the cure."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from environments import load
from problems import Problem
from tests.support import ROOT, Edit, edited, refused


@dataclass(frozen=True)
class Bad:
    """A fault, and what its message must say."""

    name: str
    edit: Edit
    key: str
    says: str
    value: str | None = None
    allowed: str | None = None
    fix: str = ""
    also: Edit | None = None
    """A second edit, where the fault needs one."""


DIGEST = "sha256:" + "0" * 64
REGION = 'region = "us-central1"\ndomain'

BAD = (
    Bad(
        "a repository without its owner",
        ("bootstrap", '"example-org/beep-infra"', '"beep-infra"'),
        "github.repository",
        "is not a repository on GitHub",
        value='"beep-infra"',
        allowed="OWNER/NAME",
        fix="example-org/beep-infra",
    ),
    Bad(
        "an owner by name instead of number",
        ("bootstrap", "owner_id = 100000001", 'owner_id = "example-org"'),
        "github.owner_id",
        "should be a valid integer",
        value='"example-org"',
    ),
    Bad(
        "a repository without its number",
        ("bootstrap", "repository_id = 200000001\n", ""),
        "github.repository_id",
        "is missing",
        fix="add repository_id",
    ),
    Bad(
        "a GitHub environment that would end the literal in the condition",
        (
            "bootstrap",
            "[labels]",
            """[github.environments]\nprod = "prod' || true || '"\n[labels]""",
        ),
        "github.environments.prod",
        "is not the name of a GitHub environment",
        allowed="letters, digits",
        fix="rename the environment",
    ),
    Bad(
        "one GitHub environment for two environments",
        ("bootstrap", "[labels]", '[github.environments]\nprod = "Staging"\n[labels]'),
        "github.environments",
        "names one GitHub environment twice",
        allowed="different names",
        fix="a GitHub environment of its own",
    ),
    Bad(
        "a subject that Google would not take",
        ("bootstrap", 'repository = "example-org/', f'repository = "{"o" * 39}/{"r" * 80}'),
        "github",
        "makes a subject of 1",
        allowed="at most 127 for repo:",
        fix="shorten repository or the names in environments",
    ),
    Bad(
        "an unknown key",
        ("prod", "allow_unauthenticated = true", 'owner = "a"\nallow_unauthenticated = true'),
        "owner",
        "is not a setting",
        allowed="environment, project_id",
        fix="remove it",
    ),
    Bad(
        "a misspelt key",
        ("prod", "enable_postgres = true", "enable_postgress = true"),
        "enable_postgress",
        "is not a setting",
        fix="rename it to enable_postgres",
    ),
    Bad(
        "a misspelt key in a table",
        ("prod", "retained_backups = 30", "retained_backup = 30"),
        "postgres.retained_backup",
        "is not a setting",
        fix="rename it to retained_backups",
    ),
    Bad(
        "an unknown table",
        ("staging", "[telemetry]", "[telemetrics]"),
        "telemetrics",
        "is not a setting",
        fix="rename it to telemetry",
    ),
    Bad(
        "a missing key",
        ("dev", "enable_redis = true\n", ""),
        "enable_redis",
        "is missing",
        fix="add enable_redis",
    ),
    Bad(
        "text for a number",
        ("prod", "max_connections = 400", 'max_connections = "400"'),
        "postgres.max_connections",
        "should be a valid integer",
        value='"400"',
    ),
    Bad(
        "a number for a switch",
        ("prod", "enable_redis = true", "enable_redis = 1"),
        "enable_redis",
        "should be a valid boolean",
        value="1",
    ),
    Bad(
        "a string for a list",
        ("dev", '["dev-alerts@example.com"]', '"dev-alerts@example.com"'),
        "notification_emails",
        "should be a valid array",
        value='"dev-alerts@example.com"',
    ),
    Bad(
        "a project id in upper case",
        ("prod", '"beep-prod-example"\nproject_number', '"Beep-Prod"\nproject_number'),
        "project_id",
        "is not a Google Cloud project id",
        value='"Beep-Prod"',
        allowed="6 to 30",
    ),
    Bad(
        "a zone for a region",
        ("prod", REGION, 'region = "us-central1-a"\ndomain'),
        "region",
        "is not a Google Cloud region",
        value='"us-central1-a"',
    ),
    Bad(
        "a URL for a host",
        ("prod", 'api = "api.example.com"', 'api = "https://api.example.com"'),
        "hosts.api",
        "is not a bare host name",
        value='"https://api.example.com"',
    ),
    Bad(
        "a host of another domain",
        ("prod", 'web = "app.example.com"', 'web = "app.example.org"'),
        "hosts.web",
        "is not within domain = example.com",
        value='"app.example.org"',
    ),
    Bad(
        "one host for two services",
        ("prod", 'web = "app.example.com"', 'web = "api.example.com"'),
        "hosts.web",
        "is also hosts.api",
    ),
    Bad(
        "a service without a host",
        ("prod", 'marketing = "www.example.com"\n', ""),
        "hosts.marketing",
        "is missing, and the service marketing is on",
        fix="enable_marketing = false",
    ),
    Bad(
        "an unknown mode of the edge",
        ("dev", 'mode = "domain_mapping"', 'mode = "domain_mappings"'),
        "edge.mode",
        "is not one of the allowed values",
        value='"domain_mappings"',
        allowed='"load_balancer", "domain_mapping"',
        fix='set it to "domain_mapping"',
    ),
    Bad(
        "an edge without a mode",
        ("dev", 'mode = "domain_mapping"\n', ""),
        "edge.mode",
        "is missing",
        fix="add mode",
    ),
    Bad(
        "a cache before domain mappings",
        ("dev", 'mode = "domain_mapping"', 'mode = "domain_mapping"\ncdn = true'),
        "edge.cdn",
        'needs mode = "load_balancer"',
        fix='or set edge.mode = "load_balancer"',
    ),
    Bad(
        "a candidate host before domain mappings",
        (
            "dev",
            'mode = "domain_mapping"',
            'mode = "domain_mapping"\ncandidate_hosts = { api = "candidate.dev.example.com" }',
        ),
        "edge.candidate_hosts",
        'needs mode = "load_balancer"',
    ),
    Bad(
        "domain mappings in a region that has none",
        ("dev", REGION, 'region = "europe-west2"\ndomain'),
        "edge.mode",
        "Cloud Run has no domain mappings in europe-west2",
        value='"domain_mapping"',
        allowed="us-central1",
        fix='set edge.mode = "load_balancer"',
    ),
    Bad(
        "a domain mapping at the top of the zone",
        ("dev", 'web = "app.dev.example.com"', 'web = "dev.example.com"'),
        "hosts.web",
        "is the domain itself",
        value='"dev.example.com"',
        fix="use www.dev.example.com",
    ),
    Bad(
        "a host that is too long for a domain mapping",
        ("dev", 'web = "app.dev.example.com"', f'web = "{"a" * 50}.dev.example.com"'),
        "hosts.web",
        "has 66 characters",
        allowed="up to 64 characters",
    ),
    Bad(
        "a load balancer with nothing behind it",
        ("prod", "allow_unauthenticated = true", "allow_unauthenticated = false"),
        "edge.mode",
        "no service that is on is public",
        fix="allow_unauthenticated = true",
    ),
    Bad(
        "a candidate at the host of a live service",
        ("prod", "candidate-api.example.com", "app.example.com"),
        "edge.candidate_hosts.api",
        "is also hosts.web",
        value='"app.example.com"',
    ),
    Bad(
        "a candidate host of another domain",
        ("prod", "candidate-api.example.com", "candidate-api.example.org"),
        "edge.candidate_hosts.api",
        "is not below domain = example.com",
        fix="use a host such as candidate-api.example.com",
    ),
    Bad(
        "a rate limit that would stop a page from loading",
        ("prod", "cdn = true", "cdn = true\narmor = { requests_per_minute = 10 }"),
        "edge.armor.requests_per_minute",
        "greater than or equal to 60",
        value="10",
    ),
    Bad(
        "a Cloud Armor rule that is not in use",
        ("prod", "cdn = true", 'cdn = true\narmor = { waf_exempt_rule_ids = ["942260"] }'),
        "edge.armor.waf_exempt_rule_ids[0]",
        "is not the id of a rule",
        value='"942260"',
        fix="preconfiguredExprIds",
    ),
    Bad(
        "a part of requests above one",
        ("prod", "cdn = true", "cdn = true\nlog_sample_rate = 50.0"),
        "edge.log_sample_rate",
        "less than or equal to 1",
        value="50.0",
    ),
    Bad(
        "a zone whose records expire at once",
        ("prod", "[edge.dns]", "[edge.dns]\nttl_seconds = 5"),
        "edge.dns.ttl_seconds",
        "greater than or equal to 60",
        value="5",
    ),
    Bad(
        "an image without a digest in prod",
        ("prod", "[labels]", 'image_api = "example.com/beep/beep-api:v1"\n[labels]'),
        "image_api",
        "is not pinned by its digest",
        value='"example.com/beep/beep-api:v1"',
        allowed="@sha256:",
    ),
    Bad(
        "an image with half a digest",
        ("prod", "[labels]", 'image_web = "example.com/beep/web@sha256:abc"\n[labels]'),
        "image_web",
        "is not a container image reference",
    ),
    Bad(
        "the demand for digests dropped in prod",
        ("prod", "[labels]", "require_image_digest = false\n[labels]"),
        "require_image_digest",
        "only a disposable environment may deploy an image by its tag",
        value="false",
    ),
    Bad(
        "replicas on the BASIC tier",
        ("prod", 'tier = "STANDARD_HA"', 'tier = "BASIC"'),
        "redis.tier",
        "cannot have 1 replicas",
        value='"BASIC"',
        allowed='"STANDARD_HA"',
    ),
    Bad(
        "replicas on too little memory",
        ("prod", "memory_size_gb = 5", "memory_size_gb = 1"),
        "redis.memory_size_gb",
        "read replicas need 5 GiB",
        value="1",
    ),
    Bad(
        "a Redis tier that does not exist",
        ("dev", 'tier = "BASIC"', 'tier = "STANDARD"'),
        "redis.tier",
        "is not one of the allowed values",
        value='"STANDARD"',
        allowed='"BASIC" or "STANDARD_HA"',
    ),
    Bad(
        "a custom tier on Enterprise Plus",
        ("prod", 'edition = "ENTERPRISE"', 'edition = "ENTERPRISE_PLUS"'),
        "postgres.tier",
        "does not fit edition ENTERPRISE_PLUS",
        value='"db-custom-4-15360"',
        allowed="db-perf-optimized-N-2",
    ),
    Bad(
        "a performance tier on Enterprise",
        ("prod", '"db-custom-4-15360"', '"db-perf-optimized-N-4"'),
        "postgres.tier",
        "does not fit edition ENTERPRISE",
        value='"db-perf-optimized-N-4"',
    ),
    Bad(
        "a machine that does not exist",
        ("prod", '"db-custom-4-15360"', '"db-custom-3-15000"'),
        "postgres.tier",
        "is not a machine that Cloud SQL makes",
        value='"db-custom-3-15000"',
    ),
    Bad(
        "high availability on a shared core",
        (
            "staging",
            'tier = "db-custom-1-3840"\navailability_type = "ZONAL"',
            'tier = "db-g1-small"\navailability_type = "REGIONAL"',
        ),
        "postgres.availability_type",
        "not offered on db-g1-small",
        value='"REGIONAL"',
    ),
    Bad(
        "a log kept longer than the edition keeps it",
        ("prod", "log_retention_days = 7", "log_retention_days = 14"),
        "postgres.transaction_log_retention_days",
        "7 days at most",
        value="14",
        allowed="1 to 7",
    ),
    Bad(
        "the schema's owner as the applications' role",
        ("prod", "max_connections = 400", 'app_user = "beep_owner"\nmax_connections = 400'),
        "postgres.app_user",
        "row-level security does not bind",
        value='"beep_owner"',
    ),
    Bad(
        "more instances than connections",
        ("prod", "max_connections = 400", "max_connections = 200"),
        "postgres.max_connections",
        "36 instances with a pool of 10 each, and 15 reserved, need 375 connections",
        value="200",
        fix="375 or more",
    ),
    Bad(
        "a database without its engine",
        ("prod", 'engine = "cloud_sql"\n', ""),
        "postgres.engine",
        "is missing",
        fix="add engine",
    ),
    Bad(
        "an engine that is not offered",
        ("prod", 'engine = "cloud_sql"', 'engine = "cloud-sql"'),
        "postgres.engine",
        "is not one of the allowed values",
        value='"cloud-sql"',
        fix="cloud_sql",
    ),
    Bad(
        "a setting of the other engine",
        ("dev", "disk_size_gb = 20", "disk_size_gb = 20\nretained_backups = 7"),
        "postgres.retained_backups",
        'needs engine = "cloud_sql"',
        fix='or set postgres.engine = "cloud_sql"',
    ),
    Bad(
        "a machine in another region",
        ("dev", '"us-central1-b"', '"europe-west1-b"'),
        "postgres.zone",
        "is not in region = us-central1",
        value='"europe-west1-b"',
    ),
    Bad(
        "a machine that is not offered",
        ("dev", '"e2-medium"', '"e2-micro"'),
        "postgres.machine_type",
        "is not a machine type that is offered here",
        value='"e2-micro"',
    ),
    Bad(
        "more connections than the machine's memory",
        (
            "dev",
            '"e2-medium"\ndisk_size_gb = 20\nmax_connections = 100',
            '"e2-small"\ndisk_size_gb = 20\nmax_connections = 110',
        ),
        "postgres.max_connections",
        "e2-small has 2048 MiB, enough for 102 connections",
        value="110",
    ),
    Bad(
        "a daily snapshot at an hour of no daily snapshot",
        (
            "dev",
            "snapshot_interval_hours = 24",
            'snapshot_interval_hours = 24\nsnapshot_start_time = "03:00"',
        ),
        "postgres.snapshot_start_time",
        "is not when Google takes daily snapshots",
        value='"03:00"',
    ),
    Bad(
        "a restored disk without a name",
        ("dev", "disk_size_gb = 20", 'disk_size_gb = 20\ndisk_snapshot = "beep-postgres-data-1"'),
        "postgres.disk_name",
        "is missing",
    ),
    Bad(
        "the superuser as owner",
        ("dev", "disk_size_gb = 20", 'disk_size_gb = 20\nowner_user = "postgres"'),
        "postgres.owner_user",
        "cannot sign in over the network",
        value='"postgres"',
    ),
    Bad(
        "an image that the machine cannot pull",
        (
            "dev",
            '"us-central1-docker.pkg.dev/beep-shared-example/beep/pgvector:0.8.1-pg17"',
            '"docker.io/pgvector/pgvector:0.8.1-pg17"',
        ),
        "image_postgres",
        "is not in Artifact Registry",
        value='"docker.io/pgvector/pgvector:0.8.1-pg17"',
    ),
    Bad(
        "ranges that overlap",
        ("prod", '"10.20.0.0/20"', '"10.10.0.0/20"'),
        "network.service_range_cidr",
        "overlaps network.subnet_cidr",
        value='"10.10.0.0/20"',
    ),
    Bad(
        "a range with host bits",
        ("prod", '"10.10.0.0/23"', '"10.10.0.1/23"'),
        "network.subnet_cidr",
        "has host bits set",
        value='"10.10.0.1/23"',
    ),
    Bad(
        "a public range",
        ("prod", '"10.10.0.0/23"', '"8.8.8.0/24"'),
        "network.subnet_cidr",
        "is not a private range",
    ),
    Bad(
        "a subnet too small for all instances",
        ("prod", '"10.10.0.0/23"', '"10.10.0.0/26"'),
        "network.subnet_cidr",
        "has 60 usable addresses; 36 instances need 72",
        fix="use a /25",
    ),
    Bad(
        "a connector without a range",
        ("dev", 'connector_cidr = "10.8.0.0/28"\n', ""),
        "network.connector_cidr",
        'is missing, and network.egress is "connector"',
    ),
    Bad(
        "a range without a connector",
        ("dev", 'egress = "connector"\n', ""),
        "network.connector_cidr",
        "has no use",
    ),
    Bad(
        "a minimum above the maximum",
        ("prod", "min_instance_count_web = 1", "min_instance_count_web = 9"),
        "min_instance_count_web",
        "is above services.web.max_instance_count = 8",
        value="9",
        allowed="up to 8",
    ),
    Bad(
        "memory that needs more CPU",
        ("prod", "memory_mib = 2048", "memory_mib = 16384"),
        "services.api.memory_mib",
        "needs 4 CPUs or more",
        value="16384",
    ),
    Bad(
        "a timeout that Cloud Run does not have",
        ("prod", "cpu = 2", "cpu = 2\ntimeout_seconds = 7200"),
        "services.api.timeout_seconds",
        "less than or equal to 3600",
        value="7200",
    ),
    Bad(
        "a log level that the server refuses",
        ("prod", 'log_level = "Error"', 'log_level = "Warning"'),
        "log_level",
        "APP_LOG_LEVEL is not a server log level as the server reads it",
        value='"Warning"',
        allowed="All, Trace, Debug, Info, Warn, Error, Fatal, Off",
    ),
    Bad(
        "a log level that the client refuses",
        ("prod", 'log_level = "Error"', 'log_level = "Warn"'),
        "log_level",
        "NEXT_PUBLIC_LOG_LEVEL is not a literal as the client reads it",
        value='"Warn"',
        allowed="All, Debug, Error",
    ),
    Bad(
        "no OAuth provider",
        ("prod", 'oauth_providers = ["github", "google"]', "oauth_providers = []"),
        "features.oauth_providers",
        "should have at least 1 item",
        value="[]",
    ),
    Bad(
        "an OAuth provider that the code does not have",
        ("prod", '["github", "google"]', '["github", "facebook"]'),
        "features.oauth_providers[1]",
        "is not one of the allowed values",
        value='"facebook"',
        allowed='"github"',
    ),
    Bad(
        "a name prefix that makes names too long",
        ("prod", "[labels]", 'name_prefix = "beep-infrastructure-prod"\n[labels]'),
        "name_prefix",
        "which has 39 characters",
        value='"beep-infrastructure-prod"',
        allowed="at most 30 characters for a service account",
    ),
    Bad(
        "a service switched off while its URL is needed",
        ("prod", "enable_web = true", "enable_web = false"),
        "variables.APP_CLIENT_URL",
        'client_service is "web" and enable_web is false',
    ),
    Bad(
        "Postgres switched off while the API needs it",
        ("prod", "enable_postgres = true", "enable_postgres = false"),
        "secret_versions.DB_PG_PASSWORD",
        "enable_postgres is false",
        fix="turn the switch back on",
    ),
    Bad(
        "Postgres switched off without saying where the database is",
        ("prod", "enable_postgres = true", "enable_postgres = false"),
        "variables.DB_PG_HOST",
        "enable_postgres is false",
        allowed="text that is not empty",
    ),
    Bad(
        "Redis switched off while the API needs it",
        ("prod", "enable_redis = true", "enable_redis = false"),
        "secret_versions.KV_REDIS_URL",
        "enable_redis is false",
    ),
    Bad(
        "a switch on without its table",
        (
            "dev",
            '[redis]\ntier = "BASIC"\nmemory_size_gb = 1\n'
            'transit_encryption = false\npersistence = "DISABLED"\n',
            "",
        ),
        "redis",
        "the table is missing, and enable_redis is true",
        fix="add [redis], or set enable_redis = false",
    ),
    Bad(
        "alerts that reach nobody",
        ("dev", '["dev-alerts@example.com"]', "[]"),
        "notification_emails",
        "no alert would reach anybody",
    ),
    Bad(
        "a required variable left out",
        ("prod", 'NEXT_PUBLIC_ENABLE_GEO_TRACKING = "true"\n', ""),
        "variables.NEXT_PUBLIC_ENABLE_GEO_TRACKING",
        "required by todox, web",
        allowed="true, false",
    ),
    Bad(
        "an empty variable",
        (
            "prod",
            '"user__00000000-0000-4000-8000-000000000001"',
            '""',
        ),
        "variables.APP_ADMIN_USER_IDS",
        "must not be empty",
        value='""',
    ),
    Bad(
        "a variable of the wrong kind",
        ("prod", 'GEO_TRACKING = "true"', 'GEO_TRACKING = "yes"'),
        "variables.NEXT_PUBLIC_ENABLE_GEO_TRACKING",
        "NEXT_PUBLIC_ENABLE_GEO_TRACKING is not a literal as the client",
        value='"yes"',
    ),
    Bad(
        "a variable that nobody reads",
        ("prod", "APP_ADMIN_USER_IDS =", "APP_ADMIN_USERS_IDS ="),
        "variables.APP_ADMIN_USERS_IDS",
        "no application reads APP_ADMIN_USERS_IDS",
        fix="rename it to APP_ADMIN_USER_IDS",
    ),
    Bad(
        "the legacy name of the auth secret",
        ("prod", "[variables]", '[variables]\nAUTH_SECRET = "x"'),
        "variables.AUTH_SECRET",
        "it is now BETTER_AUTH_SECRET",
    ),
    Bad(
        "the legacy name of the Redis URL",
        ("prod", "[secret_versions]", "[secret_versions]\nREDIS_URL = 1"),
        "secret_versions.REDIS_URL",
        "it is now KV_REDIS_URL and KV_REDIS_PASSWORD",
    ),
    Bad(
        "a variable of a feature that is off",
        ("dev", "[variables]", '[variables]\nEMAIL_FROM = "a@example.com"'),
        "variables.EMAIL_FROM",
        "belongs to the feature email, which is off",
    ),
    Bad(
        "a variable that follows from something else",
        ("prod", "[variables]", '[variables]\nAPP_DOMAIN = "example.com"'),
        "variables.APP_DOMAIN",
        "is already computed from domain",
        fix="change domain instead",
    ),
    Bad(
        "a pin of a secret that is not used",
        ("dev", "[variables]", "[secret_versions]\nPAYMENT_STRIPE_KEY = 2\n[variables]"),
        "secret_versions.PAYMENT_STRIPE_KEY",
        "belongs to the feature payments, which is off",
    ),
    Bad(
        "a pin of a misspelt secret",
        ("prod", "BETTER_AUTH_SECRET = 2", "BETTER_AUTH_SECRETS = 2"),
        "secret_versions.BETTER_AUTH_SECRETS",
        "no application reads",
        fix="rename it to BETTER_AUTH_SECRET",
    ),
    Bad(
        "a version by name",
        ("prod", "BETTER_AUTH_SECRET = 2", 'BETTER_AUTH_SECRET = "latest"'),
        "secret_versions.BETTER_AUTH_SECRET",
        "should be a valid integer",
        value='"latest"',
    ),
    Bad(
        "a new password without a new URL",
        ("prod", "BETTER_AUTH_SECRET = 2", "DB_PG_PASSWORD = 2"),
        "secret_versions.DB_PG_URL",
        "holds the password of before: DB_PG_PASSWORD = 2",
        value="1",
        fix="set secret_versions.DB_PG_URL = 2",
    ),
    Bad(
        "the MCP server's URL where it no longer stands",
        ("prod", "[variables]", '[variables]\nAPP_MCP_URL = "https://mcp.example.com"'),
        "variables.APP_MCP_URL",
        "is already computed from mcp.url",
        fix="change mcp.url instead",
    ),
    Bad(
        "an MCP server at no URL",
        ("prod", '"https://mcp.example.com"', '"mcp.example.com"'),
        "mcp.url",
        "is not an https URL",
        value='"mcp.example.com"',
    ),
    Bad(
        "an internal MCP server behind a connector",
        ("dev", 'ingress = "all"\n', ""),
        "mcp.ingress",
        "cannot be met through the connector",
        value='"internal"',
        allowed='"all"',
        fix='network.egress = "direct"',
    ),
    Bad(
        "a public MCP server that is closed to the outside",
        ("dev", 'ingress = "all"', "allow_unauthenticated = true"),
        "hosts.mcp",
        "is missing, and mcp.allow_unauthenticated is true",
        fix='hosts.mcp = "mcp.dev.example.com"',
    ),
    Bad(
        "a host for an MCP server that is not public",
        ("prod", 'web = "app.example.com"', 'web = "app.example.com"\nmcp = "mcp.example.com"'),
        "hosts.mcp",
        "is not a public service of this environment",
        value='"mcp.example.com"',
    ),
    Bad(
        "a caller of the MCP server that does not run",
        ("dev", "enable_todox = true", "enable_todox = false"),
        "mcp.callers[1]",
        "the service todox is off",
        value='"todox"',
        fix="set enable_todox = true",
        also=("dev", 'ingress = "all"', 'ingress = "all"\ncallers = ["api", "todox"]'),
    ),
    Bad(
        "a caller of the MCP server that nobody knows",
        ("dev", 'ingress = "all"', 'ingress = "all"\ncallers = ["marketing"]'),
        "mcp.callers[0]",
        "is not one of the allowed values",
        value='"marketing"',
    ),
    Bad(
        "more kept instances of the MCP server than it may have",
        ("dev", 'ingress = "all"', 'ingress = "all"\nmin_instance_count = 3'),
        "mcp.min_instance_count",
        "is above mcp.max_instance_count = 2",
        value="3",
    ),
    Bad(
        "an MCP server with more memory than its CPU allows",
        ("dev", 'ingress = "all"', 'ingress = "all"\nmemory_mib = 8192'),
        "mcp.memory_mib",
        "needs 2 CPUs or more",
        fix="set mcp.cpu = 2",
    ),
    Bad(
        "Pub/Sub on without topics",
        ("prod", "enable_monitoring = true", "enable_monitoring = true\nenable_pubsub = true"),
        "pubsub",
        "the table is missing, and enable_pubsub is true",
        fix="add [pubsub], or set enable_pubsub = false",
    ),
    Bad(
        "a topic with a name that Pub/Sub refuses",
        ("staging", "[pubsub.topics.jobs]", "[pubsub.topics.Jobs]"),
        "pubsub.topics.Jobs",
        "is not the name of a topic",
        value='"Jobs"',
    ),
    Bad(
        "a topic with the name of another's dead letters",
        ("staging", "[pubsub.topics.events]", "[pubsub.topics.jobs-dead-letter]"),
        "pubsub.topics.jobs-dead-letter",
        "is not the name of a topic",
        allowed="not ending in -dead-letter",
    ),
    Bad(
        "a misspelt setting of a topic",
        ("staging", "ordered = true", "order = true"),
        "pubsub.topics.events.order",
        "is not a setting",
        fix="rename it to ordered",
    ),
    Bad(
        "a URL for the path of a push",
        ("staging", '"/v1/jobs"', '"https://api.staging.example.com/v1/jobs"'),
        "pubsub.topics.jobs.push_path",
        "is not the path of a URL",
        fix="/v1/health",
    ),
    Bad(
        "a pause between deliveries that shrinks",
        ("staging", "ordered = true", "ordered = true\nmax_backoff_seconds = 5"),
        "pubsub.topics.events.min_backoff_seconds",
        "is above max_backoff_seconds = 5",
        value="10",
    ),
    Bad(
        "fewer attempts than Pub/Sub counts",
        ("staging", "ordered = true", "ordered = true\nmax_delivery_attempts = 3"),
        "pubsub.topics.events.max_delivery_attempts",
        "greater than or equal to 5",
        value="3",
    ),
    Bad(
        "a replica of another edition",
        ("prod", 'region = "us-east1"', 'region = "us-east1"\ntier = "db-perf-optimized-N-2"'),
        "postgres.read_replica.tier",
        "does not fit edition ENTERPRISE",
        value='"db-perf-optimized-N-2"',
    ),
    Bad(
        "a zone for the region of a replica",
        ("prod", 'region = "us-east1"', 'region = "us-east1-b"'),
        "postgres.read_replica.region",
        "is not a Google Cloud region",
        value='"us-east1-b"',
    ),
    Bad(
        "backups nowhere",
        ("prod", 'backup_location = "us"', 'backup_location = "US"'),
        "postgres.backup_location",
        "is not a location",
        value='"US"',
        allowed="the multi-region us, eu or asia",
    ),
    Bad(
        "half a rotation of the storage key",
        ("prod", "BETTER_AUTH_SECRET = 2", "CLOUD_AWS_ACCESS_KEY_ID = 2"),
        "secret_versions.CLOUD_AWS_SECRET_ACCESS_KEY",
        "is not of the same key as the other half",
        value="1",
        fix="set secret_versions.CLOUD_AWS_SECRET_ACCESS_KEY = 2",
    ),
    Bad(
        "a storage mode that does not exist",
        ("staging", 'mode = "gcs"', 'mode = "gcss"'),
        "storage.mode",
        "is not one of the allowed values",
        value='"gcss"',
        allowed='"aws_s3", "gcs"',
        fix='set it to "gcs"',
    ),
    Bad(
        "a storage without a mode",
        ("staging", 'mode = "gcs"\n', ""),
        "storage.mode",
        "is missing",
        fix="add mode",
    ),
    Bad(
        "a setting of another storage mode",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nregion = "us-east-1"'),
        "storage.region",
        'needs mode = "aws_s3"',
        allowed="mode, bucket, location",
    ),
    Bad(
        "a zone for the location of a bucket",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nlocation = "us-central1-a"'),
        "storage.location",
        "is not a location",
        value='"us-central1-a"',
        allowed="the multi-region us, eu or asia",
    ),
    Bad(
        "soft delete shorter than Cloud Storage has it",
        ("staging", 'mode = "gcs"', 'mode = "gcs"\nsoft_delete_days = 1'),
        "storage.soft_delete_days",
        "greater than or equal to 7",
        value="1",
    ),
    Bad(
        "a bucket that two environments share",
        ("prod", '"beep-prod-example"\n\n[telemetry]', '"beep-staging-example"\n\n[telemetry]'),
        "storage.bucket",
        "is also the bucket of staging",
        value='"beep-staging-example"',
    ),
    Bad(
        "uploads in the bucket of Terraform's state",
        (
            "staging",
            '"beep-staging-example"\n\n[telemetry]',
            '"beep-terraform-state-example"\n\n[telemetry]',
        ),
        "storage.bucket",
        "is also the state_bucket of bootstrap.toml",
    ),
    Bad(
        "a telemetry mode that does not exist",
        ("prod", 'mode = "grafana_cloud"', 'mode = "grafana_clod"'),
        "telemetry.mode",
        "is not one of the allowed values",
        value='"grafana_clod"',
        allowed='"external", "grafana_cloud", "self_hosted"',
        fix='set it to "grafana_cloud"',
    ),
    Bad(
        "a setting of another telemetry mode",
        ("prod", "instance_id = 100000", "instance_id = 100000\nretention_days = 7"),
        "telemetry.retention_days",
        'needs mode = "self_hosted"',
    ),
    Bad(
        "a token where the number of the instance belongs",
        ("prod", "instance_id = 100000", 'instance_id = "glc_0123"'),
        "telemetry.instance_id",
        "should be a valid integer",
        value='"glc_0123"',
    ),
    Bad(
        "a gateway without https",
        ("prod", '"https://otlp-gateway.example.net/otlp"', '"otlp-gateway.example.net"'),
        "telemetry.otlp_gateway",
        "is not an https URL",
        value='"otlp-gateway.example.net"',
    ),
    Bad(
        "a collector outside of the domain",
        ("prod", "min_instance_count = 2 }", 'host = "otlp.example.org" }'),
        "telemetry.collector.host",
        "is not within domain = example.com",
        value='"otlp.example.org"',
    ),
    Bad(
        "a collector at the host of a service",
        ("prod", "min_instance_count = 2 }", 'host = "api.example.com" }'),
        "telemetry.collector.host",
        "is also hosts.api",
        value='"api.example.com"',
    ),
    Bad(
        "a collector that nobody may call",
        ("prod", "min_instance_count = 2 }", "allow_unauthenticated = false }"),
        "telemetry.collector.allow_unauthenticated",
        "nobody could send",
        value="false",
        fix="set telemetry.collector.allow_unauthenticated = true",
    ),
    Bad(
        "a collector that a flood would kill",
        ("prod", "min_instance_count = 2 }", "max_request_kib = 4096 }"),
        "telemetry.collector.max_request_kib",
        "40 requests of this size at once are more than the 102 MiB",
        value="4096",
        allowed="up to 2611",
        fix="set 2611 or less",
    ),
    Bad(
        "a collector with more instances than it may have",
        ("prod", "min_instance_count = 2 }", "min_instance_count = 5 }"),
        "telemetry.collector.min_instance_count",
        "is above telemetry.collector.max_instance_count = 4",
        value="5",
        allowed="up to 4",
    ),
    Bad(
        "a collector that scales to nothing",
        ("prod", "min_instance_count = 2 }", "min_instance_count = 0 }"),
        "telemetry.collector.min_instance_count",
        "greater than or equal to 1",
        value="0",
    ),
    Bad(
        "a telemetry server in another region",
        ("staging", 'zone = "us-central1-b"', 'zone = "europe-west1-b"'),
        "telemetry.zone",
        "is not in region = us-central1",
        value='"europe-west1-b"',
    ),
    Bad(
        "a region for the zone of the telemetry server",
        ("staging", 'zone = "us-central1-b"', 'zone = "us-central1"'),
        "telemetry.zone",
        "is not a Google Cloud zone",
        value='"us-central1"',
    ),
    Bad(
        "a restored telemetry disk under its old name",
        (
            "staging",
            'zone = "us-central1-b"',
            'zone = "us-central1-b"\ndisk_snapshot = "beep-telemetry-data-20260101"',
        ),
        "telemetry.disk_name",
        "is missing, and telemetry.disk_snapshot is set",
    ),
    Bad(
        "an image of the telemetry server from outside of Google",
        (
            "staging",
            'client_service = "web"',
            f'image_lgtm = "docker.io/grafana/otel-lgtm@{DIGEST}"\nclient_service = "web"',
        ),
        "image_lgtm",
        "is not in Artifact Registry",
    ),
    Bad(
        "an image of the collector by its tag",
        (
            "prod",
            'client_service = "web"',
            'image_otel_collector = "registry.example/otelcol:latest"\nclient_service = "web"',
        ),
        "image_otel_collector",
        "is not pinned by its digest",
    ),
    Bad(
        "a pin for a token that nobody uses",
        ("staging", "[variables]", "[secret_versions]\nGRAFANA_CLOUD_TOKEN = 2\n\n[variables]"),
        "secret_versions.GRAFANA_CLOUD_TOKEN",
        "no application reads GRAFANA_CLOUD_TOKEN",
    ),
    Bad(
        "a promise that nobody can keep",
        ("prod", "availability_goal = 0.999", "availability_goal = 1.0"),
        "slo.availability_goal",
        "should be less than or equal to 0.9999",
        value="1.0",
    ),
    Bad(
        "a promise in percent",
        ("prod", "availability_goal = 0.999", "availability_goal = 99.9"),
        "slo.availability_goal",
        "should be less than or equal to 0.9999",
        value="99.9",
    ),
    Bad(
        "a goal so low that its fast alert cannot fire",
        ("prod", "latency_goal = 0.95", "latency_goal = 0.93"),
        "slo.latency_goal",
        "with every request bad, the budget burns 14.3 times too fast, and it takes 14.4",
        value="0.93",
        allowed="above 0.9306, with rolling_days = 30",
        fix="raise the goal, or lower slo.rolling_days",
    ),
    Bad(
        "the same for one service",
        ("prod", "latency_ms = 500", "latency_goal = 0.91"),
        "slo.api.latency_goal",
        "is so low that the fast alert cannot fire",
        value="0.91",
    ),
    Bad(
        "a promise over more days than Google counts",
        ("prod", "[slo]\n", "[slo]\nrolling_days = 90\n"),
        "slo.rolling_days",
        "should be less than or equal to 30",
        value="90",
    ),
    Bad(
        "a promise of an unknown service",
        ("prod", "[slo.api]", "[slo.apis]"),
        "slo.apis",
        "is not a setting",
        fix="rename it to api",
    ),
    Bad(
        "a billing account by its name",
        ("prod", '"000000-000000-000000"', '"Example Billing"'),
        "budget.billing_account",
        "is not the id of a billing account",
        value='"Example Billing"',
        allowed="three groups of six digits",
    ),
    Bad(
        "a currency by its sign",
        ("prod", "amount = 2500", 'amount = 2500\ncurrency = "$"'),
        "budget.currency",
        "is not a currency code",
        value='"$"',
        allowed="ISO 4217",
    ),
    Bad(
        "an amount of nothing",
        ("prod", "amount = 2500", "amount = 0"),
        "budget.amount",
        "should be greater than or equal to 1",
        value="0",
    ),
    Bad(
        "thresholds in percent",
        ("prod", "amount = 2500", "amount = 2500\nthresholds = [50.0]"),
        "budget.thresholds[0]",
        "should be less than or equal to 10",
        value="50.0",
    ),
    Bad(
        "a budget that nobody hears of",
        (
            "prod",
            "enable_monitoring = true\nenable_web = true\nenable_todox = true\n"
            "enable_marketing = true\n\nmin_instance_count_api = 2\nmin_instance_count_web = 1\n"
            'min_instance_count_todox = 1\n\nclient_service = "web"\nlog_level = "Error"\n'
            'notification_emails = ["oncall@example.com", "platform@example.com"]',
            'enable_monitoring = false\nenable_marketing = true\nclient_service = "web"',
        ),
        "notification_emails",
        "is empty, and there is a budget",
        fix="or remove [budget]",
    ),
    Bad(
        "more people than a budget can tell",
        (
            "prod",
            '"platform@example.com"]',
            ", ".join(f'"p{n}@example.com"' for n in range(5)) + "]",
        ),
        "notification_emails",
        "has 6 addresses; a budget notifies 5 at most",
        allowed="1 to 5 addresses",
        fix="use a mailing list",
    ),
    Bad(
        "a warning of a certificate before Google renews",
        ("prod", "latency_p95_ms = 3000", "latency_p95_ms = 3000\ncertificate_days = 90"),
        "alerts.certificate_days",
        "should be less than or equal to 28",
        value="90",
    ),
    Bad(
        "the file of another environment",
        ("prod", 'environment = "prod"', 'environment = "staging"'),
        "environment",
        "does not match the name of the file",
        value='"staging"',
    ),
    Bad(
        "a project that two environments share",
        ("prod", '"beep-prod-example"\nproject_number', '"beep-dev-example"\nproject_number'),
        "project_id",
        "is also the project_id of dev",
    ),
    Bad(
        "an invalid label",
        ("prod", 'cost-center = "beep-prod"', 'Cost = "beep-prod"'),
        "labels.Cost",
        "is not a label key",
    ),
    Bad(
        "a setting that bootstrap does not have",
        ("bootstrap", "state_versions_kept", "state_version_kept"),
        "state_version_kept",
        "is not a setting",
        fix="rename it to state_versions_kept",
    ),
)


def _only(problems: tuple[Problem, ...], key: str) -> Problem:
    found = [problem for problem in problems if problem.key == key]
    assert len(found) == 1, [str(problem) for problem in problems]
    return found[0]


@pytest.mark.parametrize("bad", BAD, ids=lambda bad: bad.name)
def test_a_bad_file_is_told_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    problems = refused(edited(tmp_path, *filter(None, (bad.edit, bad.also)))).problems
    problem = _only(problems, bad.key)
    assert problem.where == f"environments/{bad.edit[0]}.toml"
    assert bad.says in problem.what
    assert bad.fix in problem.fix
    assert problem.fix
    if bad.value is not None:
        assert problem.value == bad.value
    if bad.allowed is not None:
        assert bad.allowed in (problem.allowed or "")


def test_the_environment_files_of_this_repository_are_good(tmp_path: Path) -> None:
    assert len(load(edited(tmp_path)).environments) == 3


def test_invalid_toml_is_told_with_its_line(tmp_path: Path) -> None:
    error = refused(edited(tmp_path, ("prod", "cpu = 2", "cpu = = 2")))
    assert "environments/prod.toml: 1 problem" in str(error)
    assert "is not valid TOML: Invalid value (at line" in str(error)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "staging.toml").unlink()
    assert "environments/staging.toml: 1 problem" in str(refused(folder))
    assert "the file is missing" in str(refused(folder))


def test_a_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "dev.toml").write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in str(refused(folder))


def test_a_file_of_no_environment_is_told(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    shutil.copy(ROOT / "environments" / "prod.toml", folder / "production.toml")
    assert "environments/production.toml: 1 problem" in str(refused(folder))


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    error = refused(
        edited(
            tmp_path,
            ("prod", "enable_redis = true", "enable_redis = 1"),
            ("prod", '"db-custom-4-15360"', '"db-custom-3-15000"'),
            ("prod", "min_instance_count_web = 1", "min_instance_count_web = 9"),
            ("staging", 'log_level = "Info"', 'log_level = "Warning"'),
            ("dev", "[hosts]", "[host]"),
        )
    )
    told = {(problem.where, problem.key) for problem in error.problems}
    assert {
        ("environments/prod.toml", "enable_redis"),
        ("environments/prod.toml", "postgres.tier"),
        ("environments/prod.toml", "min_instance_count_web"),
        ("environments/staging.toml", "log_level"),
        ("environments/dev.toml", "hosts"),
        ("environments/dev.toml", "host"),
    } <= told


def test_a_public_service_that_is_off_gives_the_load_balancer_nothing(tmp_path: Path) -> None:
    private = ("staging", "allow_unauthenticated = true", "allow_unauthenticated = false")
    public = ("[services.marketing]\n", "[services.marketing]\nallow_unauthenticated = true\n")
    off = ("staging", "enable_marketing = true", "enable_marketing = false")
    (tmp_path / "on").mkdir()
    collector = ("staging", "{ max_instance_count = 2 }", "{ allow_unauthenticated = true }")
    assert load(edited(tmp_path / "on", private, ("staging", *public), collector))
    error = refused(edited(tmp_path, private, ("staging", *public), collector, off))
    assert [problem.key for problem in error.problems] == ["edge.mode"]


def test_a_fault_that_three_applications_meet_is_told_once(tmp_path: Path) -> None:
    ids = '"user__00000000-0000-4000-8000-000000000001"'
    error = refused(edited(tmp_path, ("prod", ids, '""')))
    assert len(error.problems) == 1


def test_the_value_of_a_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    error = refused(
        edited(tmp_path, ("prod", "[variables]", '[variables]\nPAYMENT_STRIPE_KEY = "canary"'))
    )
    assert "PAYMENT_STRIPE_KEY is a secret and must not stand in a file" in str(error)
    assert "canary" not in str(error)
