"""The seeded faults: the edit of a synthesized stack, and the phase and message that report it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Edit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Fault:
    """A fault of a stack; ``variables`` override the rehearsal's own values."""

    name: str
    stack: str
    edit: Edit
    phase: str
    message: str
    variables: Mapping[str, str] = field(default_factory=dict)


def put(path: str, value: Any) -> Edit:
    """Set the value at a path of keys, separated by slashes; create missing parents."""

    def edit(configuration: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        target: Any = configuration
        for step in parents:
            target = target[int(step)] if step.isdigit() else target.setdefault(step, {})
        target[last] = value

    return edit


def drop(path: str) -> Edit:
    """Remove the value at a path; it must exist."""

    def edit(configuration: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        target: Any = configuration
        for step in parents:
            target = target[int(step)] if step.isdigit() else target[step]
        del target[last]

    return edit


def all_of(*edits: Edit) -> Edit:
    """Combine several edits."""

    def apply_all(configuration: dict[str, Any]) -> None:
        for edit in edits:
            edit(configuration)

    return apply_all


def nothing(_: dict[str, Any]) -> None:
    """Change nothing: the fault is in the variables."""


DATA, FOUNDATION = "prod-data", "prod-foundation"
SERVICES, MONITORING = "prod-services", "prod-monitoring"
SQL = "resource/google_sql_database_instance/postgres_instance"
OWNER = "resource/google_sql_user/postgres_owner"
REDIS = "resource/google_redis_instance/redis_instance"
URL = "resource/google_secret_manager_secret_version/redis_url"
DATABASE = "resource/google_sql_database/postgres_database"
SECRET = "resource/google_secret_manager_secret/secrets_beep_ai_anthropic_api_key"
SUBNET = "resource/google_compute_subnetwork/network_subnet"
ACCOUNT = "resource/google_service_account/service_accounts_beep_api"
GRANT = "resource/google_project_iam_member/service_accounts_beep_api_cloudsql_client"
RANGE = "resource/google_compute_global_address/network_service_range"
API = "resource/google_cloud_run_v2_service/cloud_run_beep_api"
UPTIME = "resource/google_monitoring_uptime_check_config/monitoring_beep_api_uptime"
ALERT = "resource/google_monitoring_alert_policy/monitoring_beep_api_down"
PLAIN_PASSWORD = all_of(
    drop("variable/db_owner_password/ephemeral"),
    drop(f"{OWNER}/password_wo"),
    drop(f"{OWNER}/password_wo_version"),
    put(f"{OWNER}/password", "${var.db_owner_password}"),
)

FAULTS = (
    # ------------------------------------------------ what the schema knows
    Fault(
        "a misspelt argument",
        DATA,
        put(f"{SQL}/databse_version", "POSTGRES_17"),
        "validate",
        'No argument or block type is named "databse_version".',
    ),
    Fault(
        "a misspelt argument inside a block",
        DATA,
        put(f"{SQL}/settings/insights_config/query_insight_enabled", True),
        "validate",
        'No argument or block type is named "query_insight_enabled".',
    ),
    Fault(
        "a required argument left out",
        DATA,
        drop(f"{REDIS}/memory_size_gb"),
        "validate",
        'The argument "memory_size_gb" is required, but no definition was found.',
    ),
    Fault(
        "a required block left out",
        FOUNDATION,
        drop(f"{SECRET}/replication"),
        "validate",
        'At least 1 "replication" blocks are required.',
    ),
    Fault(
        "a block one level too high",
        DATA,
        put(f"{SQL}/backup_configuration", {"enabled": True}),
        "validate",
        'No argument or block type is named "backup_configuration".',
    ),
    Fault(
        "a block twice where one may be",
        DATA,
        put(f"{REDIS}/maintenance_policy", [{}, {}]),
        "validate",
        'No more than 1 "maintenance_policy" blocks are allowed',
    ),
    Fault(
        "a text where a number belongs",
        DATA,
        put(f"{REDIS}/memory_size_gb", "much"),
        "validate",
        "a number is required",
    ),
    Fault(
        "a list where a text belongs",
        DATA,
        put(f"{REDIS}/name", ["beep"]),
        "validate",
        "string required",
    ),
    Fault(
        "a value for what only the cloud decides",
        DATA,
        put(f"{REDIS}/host", "10.0.0.1"),
        "validate",
        "Value for unconfigurable attribute",
    ),
    Fault(
        "a resource type that does not exist",
        DATA,
        put("resource/google_redis_instanze/cache", {"name": "cache"}),
        "validate",
        'does not support resource type "google_redis_instanze".',
    ),
    Fault(
        "a data source that does not exist",
        DATA,
        put("data/google_redis/cache", {"name": "cache"}),
        "validate",
        'does not support data source "google_redis".',
    ),
    Fault(
        "a misspelt argument of the provider",
        DATA,
        put("provider/google/0/projekt", "beep"),
        "validate",
        'No argument or block type is named "projekt".',
    ),
    Fault(
        "an ignored change of an argument that does not exist",
        SERVICES,
        put(f"{API}/lifecycle/ignore_changes", ["klient"]),
        "validate",
        'This object has no argument, nested block, or exported attribute named "klient".',
    ),
    # ------------------------------------------------ how parts refer to each other
    Fault(
        "a reference to an attribute that does not exist",
        DATA,
        put(f"{DATABASE}/instance", "${google_sql_database_instance.postgres_instance.nam}"),
        "validate",
        'This object has no argument, nested block, or exported attribute named "nam".',
    ),
    Fault(
        "a reference to a resource that does not exist",
        DATA,
        put(f"{DATABASE}/instance", "${google_sql_database_instance.other.name}"),
        "validate",
        '"google_sql_database_instance" "other" has not been declared in the root module.',
    ),
    Fault(
        "an order after a resource that does not exist",
        FOUNDATION,
        put(f"{ACCOUNT}/depends_on", ["google_project_service.iamm"]),
        "validate",
        '"google_project_service" "iamm" has not been declared in the root module.',
    ),
    Fault(
        "a variable that is not declared",
        DATA,
        put(f"{REDIS}/display_name", "${var.nothing}"),
        "validate",
        "Reference to undeclared input variable",
    ),
    Fault(
        "two resources that need each other",
        DATA,
        all_of(
            put(f"{REDIS}/display_name", "${google_sql_database_instance.postgres_instance.id}"),
            put(f"{SQL}/master_instance_name", "${google_redis_instance.redis_instance.id}"),
        ),
        "validate",
        "Cycle: ",
    ),
    Fault(
        "a resource that needs itself",
        DATA,
        put(f"{REDIS}/display_name", "${google_redis_instance.redis_instance.host}"),
        "plan",
        "Self-referential block",
    ),
    Fault(
        "a provider configuration that does not exist",
        DATA,
        put(f"{REDIS}/provider", "google.replica"),
        "validate",
        "Provider configuration not present",
    ),
    Fault(
        "an expression that does not close",
        DATA,
        put(f"{REDIS}/display_name", "${google_redis_instance.redis_instance.host"),
        "validate",
        "Unclosed template interpolation sequence",
    ),
    Fault(
        "a function that does not exist",
        DATA,
        put(f"{REDIS}/display_name", '${uppper("beep")}'),
        "validate",
        "There is no function named",
    ),
    Fault(
        "a Terraform that is too old",
        DATA,
        put("terraform/required_version", ">= 99.0"),
        "init",
        "Unsupported Terraform Core version",
    ),
    Fault(
        "as many resources as only the cloud knows",
        DATA,
        put(f"{DATABASE}/count", "${google_redis_instance.redis_instance.port}"),
        "plan",
        "Invalid count argument",
    ),
    # ------------------------------------------------ what the provider's own code demands
    Fault(
        "a value outside an enumeration",
        DATA,
        put(f"{REDIS}/tier", "STANDARD"),
        "validate",
        'expected tier to be one of ["BASIC" "STANDARD_HA"], got STANDARD',
    ),
    Fault(
        "a value outside an enumeration of an inner block",
        SERVICES,
        put(f"{API}/template/vpc_access/egress", "ALL"),
        "validate",
        'expected template.0.vpc_access.0.egress to be one of ["ALL_TRAFFIC"',
    ),
    Fault(
        "two of exactly one",
        FOUNDATION,
        put(f"{SECRET}/replication/user_managed", {"replicas": [{"location": "us-central1"}]}),
        "validate",
        "only one of `replication.auto,replication.user_managed` can be specified",
    ),
    Fault(
        "an argument without the one that it needs",
        DATA,
        drop(f"{OWNER}/password_wo"),
        "validate",
        "all of `password_wo,password_wo_version` must be specified",
    ),
    Fault(
        "two arguments that exclude each other",
        DATA,
        put(f"{OWNER}/password", "x" * 24),
        "plan",
        "Conflicting configuration arguments",
    ),
    Fault(
        "a number out of its range",
        DATA,
        put(f"{SQL}/settings/maintenance_window/hour", 24),
        "validate",
        "to be in the range (0 - 23), got 24",
    ),
    Fault(
        "a name with characters that Google refuses",
        FOUNDATION,
        put(f"{ACCOUNT}/account_id", "Beep_API"),
        "validate",
        "doesn't match regexp",
    ),
    Fault(
        "a member without its kind",
        FOUNDATION,
        put(f"{GRANT}/member", "somebody@example.com"),
        "validate",
        "doesn't match regexp",
    ),
    Fault(
        "a network range that is none",
        FOUNDATION,
        put(f"{SUBNET}/ip_cidr_range", "10.10.0.0/33"),
        "validate",
        "is not a valid cidr",
    ),
    # ------------------------------------------------ what Google's API demands
    Fault(
        "two Cloud Armor rules of one priority, one of them by an expression",
        SERVICES,
        put(
            "resource/google_compute_security_policy/edge_armor_api_policy"
            "/dynamic/rule/content/priority",
            "${200 + checkers.key}",
        ),
        "plan",
        'two rule blocks have the priority "200"',
    ),
    # ------------------------------------------------ what variables may hold
    Fault(
        "an image without a digest",
        SERVICES,
        nothing,
        "plan",
        "image_api must end in @sha256: and 64 hexadecimal digits.",
        {"image_api": "registry.example/beep/api:latest"},
    ),
    Fault(
        "a password that is too short",
        DATA,
        nothing,
        "plan",
        "db_owner_password must have 24 to 128 characters",
        {"db_owner_password": "canary-short"},
    ),
    Fault(
        "a variable that nobody gives a value",
        SERVICES,
        put("variable/image_api/nullable", True),
        "plan",
        "No value for required variable",
        {"image_api": ""},
    ),
    # ------------------------------------------------ where secrets may be
    Fault(
        "an ephemeral value in a stored argument",
        DATA,
        all_of(
            drop(f"{OWNER}/password_wo"),
            drop(f"{OWNER}/password_wo_version"),
            put(f"{OWNER}/password", "${var.db_owner_password}"),
        ),
        "validate",
        "Ephemeral values are not valid for",
    ),
    Fault(
        "an ephemeral value in an output",
        DATA,
        put("output/password", {"value": "${var.db_owner_password}", "sensitive": True}),
        "validate",
        "phemeral value",
    ),
    Fault(
        "a secret of the cloud in an output",
        DATA,
        put("output/auth", {"value": "${google_redis_instance.redis_instance.auth_string}"}),
        "plan",
        "Output refers to sensitive values",
    ),
    Fault(
        "a secret of the cloud in an output that says so",
        DATA,
        put(
            "output/auth",
            {
                "value": "${google_redis_instance.redis_instance.auth_string}",
                "sensitive": True,
            },
        ),
        "secrets",
        "a secret of the cloud is in",
    ),
    Fault(
        "a password in a stored argument, by a variable that is only sensitive",
        DATA,
        PLAIN_PASSWORD,
        "secrets",
        "db_owner_password is in terraform.tfstate, google_sql_user.postgres_owner password",
    ),
    Fault(
        "a connection URL in a stored argument",
        DATA,
        all_of(
            drop(f"{URL}/secret_data_wo"),
            drop(f"{URL}/secret_data_wo_version"),
            put(
                f"{URL}/secret_data",
                "rediss://:${google_redis_instance.redis_instance.auth_string}@cache",
            ),
        ),
        "secrets",
        "google_secret_manager_secret_version.redis_url secret_data",
    ),
    Fault(
        "a password in base64 in a label",
        DATA,
        all_of(
            PLAIN_PASSWORD,
            put(
                f"{REDIS}/display_name",
                '${nonsensitive(base64encode("user:${var.db_owner_password}"))}',
            ),
        ),
        "secrets",
        "google_redis_instance.redis_instance display_name",
    ),
    # ------------------------------------------------ what only a run shows
    Fault(
        "a value that differs each time",
        DATA,
        put(f"{REDIS}/labels/at", '${formatdate("DDMMYYYYhhmmss", timestamp())}'),
        "replan",
        "The second plan is not empty",
    ),
    Fault(
        "an assertion about the cloud that does not hold",
        DATA,
        put(
            f"{REDIS}/lifecycle/postcondition",
            [{"condition": "${self.port == 1}", "error_message": "not the port that apps use"}],
        ),
        "apply",
        "not the port that apps use",
    ),
    Fault(
        "a file that is not there",
        SERVICES,
        put(f"{API}/description", '${file("missing.txt")}'),
        "validate",
        "no file exists at",
    ),
)
