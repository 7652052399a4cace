"""A switch that is off removes exactly its own; one that is on adds exactly its own."""

from __future__ import annotations

from pathlib import Path

from tests.support import (
    PROD_PROMISES_NOTHING,
    ZONE_OF_PROD,
    Stacks,
    addresses,
    app_container,
    of_type,
    synthesized_with,
)

WITHOUT_POSTGRES = (
    ("prod", "enable_postgres = true", "enable_postgres = false"),
    (
        "prod",
        "[secret_versions]",
        "[secret_versions]\nDB_PG_URL = 1\nDB_PG_PASSWORD = 1",
    ),
    ("prod", "[variables]", '[variables]\nDB_PG_HOST = "db.example.com"'),
)
WITHOUT_REDIS = (
    ("prod", "enable_redis = true", "enable_redis = false"),
    (
        "prod",
        "[secret_versions]",
        "[secret_versions]\nKV_REDIS_URL = 1\nKV_REDIS_PASSWORD = 1",
    ),
)


def _removed(before: Stacks, after: Stacks, *moved: str) -> dict[str, set[str]]:
    assert after.keys() == {name for name in before if name.startswith(("bootstrap", "prod-"))}
    for name in after:
        assert addresses(after[name]) - {*moved} <= addresses(before[name]), name
    return {
        name: gone for name in after if (gone := addresses(before[name]) - addresses(after[name]))
    }


def _variables(stacks: Stacks) -> set[str]:
    service = of_type(stacks["prod-services"], "google_cloud_run_v2_service")["cloud_run_beep_api"]
    return {variable["name"] for variable in app_container(service)["env"]}


def test_without_postgres_its_resources_variables_and_alerts_are_gone(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, *WITHOUT_POSTGRES)
    # The URL that comes from outside is then the migration's too.
    moved = "google_secret_manager_secret_iam_member.secrets_beep_db_pg_url_beep_migrate"
    removed = _removed(stacks, after, moved)
    assert removed.keys() == {
        "prod-foundation",
        "prod-data",
        "prod-migrations",
        "prod-monitoring",
        # Its bucket has prevent_destroy: the exports stay until a person decides.
        "bootstrap",
    }
    assert all("export_prod" in address for address in removed["bootstrap"])
    assert removed["prod-data"] == {
        "google_sql_database_instance.postgres_instance",
        "google_sql_database_instance.postgres_replica",
        "google_sql_database.postgres_database",
        "google_sql_user.postgres_owner",
        "google_sql_user.postgres_readers_database_readers_example_com",
        "google_secret_manager_secret_version.postgres_app_url",
        "google_secret_manager_secret_version.postgres_owner_url",
    }
    assert removed["prod-migrations"] == {"google_cloud_run_v2_job.cloud_run_beep_db_bootstrap"}
    assert removed["prod-monitoring"] == {
        f"google_monitoring_alert_policy.monitoring_{alert}"
        for alert in (
            "cloud_sql_changed",
            "postgres_down",
            "postgres_memory",
            "postgres_wraparound",
            "postgres_cpu",
            "postgres_disk",
            "postgres_connections",
            "postgres_replica_lag",
            "postgres_deleted",
            "postgres_backup",
            "beep_db_bootstrap_failed",
        )
    }
    for address in removed["prod-foundation"]:
        assert "db" in address or "cloudsql" in address
    gone = _variables(stacks) - _variables(after)
    assert gone == {"DB_PG_PORT", "DB_PG_USER", "DB_PG_DATABASE", "DB_PG_SSL"}
    assert after["prod-data"].get("variable") is None
    assert "image_auth_proxy" not in after["prod-services"]["variable"]


def test_without_redis_its_resources_variables_and_alerts_are_gone(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, *WITHOUT_REDIS)
    removed = _removed(stacks, after)
    assert removed["prod-data"] == {
        "google_redis_instance.redis_instance",
        "google_secret_manager_secret_version.redis_url",
        "google_secret_manager_secret_version.redis_password",
        "google_secret_manager_secret_version.redis_server_ca",
    }
    assert removed["prod-monitoring"] == {
        "google_monitoring_alert_policy.monitoring_redis_evictions",
        "google_monitoring_alert_policy.monitoring_redis_memory",
        "google_monitoring_alert_policy.monitoring_redis_down",
        "google_monitoring_alert_policy.monitoring_redis_rejects",
    }
    assert all("redis_server_ca" in address for address in removed["prod-foundation"])
    assert removed.keys() == {"prod-foundation", "prod-data", "prod-monitoring"}
    assert _variables(stacks) - _variables(after) == {"KV_REDIS_PORT", "NODE_EXTRA_CA_CERTS"}


def test_without_monitoring_the_stack_is_empty_but_still_there(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(
        tmp_path, ("prod", "enable_monitoring = true", "enable_monitoring = false")
    )
    removed = _removed(stacks, after)
    # Exports of the database are watched from the shared project.
    of_exports = removed.pop("bootstrap")
    assert {address.partition(".export_prod_")[0] for address in of_exports} == {
        "google_monitoring_alert_policy",
        "google_monitoring_notification_channel",
    }
    assert removed == {"prod-monitoring": addresses(stacks["prod-monitoring"])}
    assert "backend" in after["prod-monitoring"]["terraform"]


def test_without_a_service_everything_of_its_own_is_gone(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(tmp_path, ("prod", "enable_todox = true", "enable_todox = false"))
    removed = _removed(stacks, after)
    assert removed.keys() == {"prod-foundation", "prod-services", "prod-monitoring"}
    for gone in removed.values():
        assert all("todox" in address for address in gone)
    assert "image_todox" not in after["prod-services"]["variable"]
    origins = app_container(
        of_type(after["prod-services"], "google_cloud_run_v2_service")["cloud_run_beep_api"]
    )["env"]
    trusted = next(v["value"] for v in origins if v["name"] == "SECURITY_TRUSTED_ORIGINS")
    assert "todox.example.com" not in trusted


def test_the_client_may_be_either_web_application(tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", "enable_web = true", "enable_web = false"),
        ("prod", 'client_service = "web"', 'client_service = "todox"'),
    )
    api = of_type(after["prod-services"], "google_cloud_run_v2_service")["cloud_run_beep_api"]
    client = next(v for v in app_container(api)["env"] if v["name"] == "APP_CLIENT_URL")
    assert client["value"] == "https://todox.example.com"


def test_a_feature_that_is_off_takes_its_secrets_along(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(tmp_path, ("prod", "payments = true\n", ""))
    removed = _removed(stacks, after)
    assert removed.keys() == {"prod-foundation"}
    assert all("payment_stripe" in address for address in removed["prod-foundation"])
    assert _variables(stacks) - _variables(after) == {
        "PAYMENT_STRIPE_KEY",
        "PAYMENT_STRIPE_WEBHOOK_SECRET",
    }


def test_a_rotation_is_a_change_of_one_line_and_moves_only_its_readers(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", "BETTER_AUTH_SECRET = 2", "BETTER_AUTH_SECRET = 3"))
    changed = {name for name in after if stacks[name] != after[name]}
    assert changed == {"prod-services"}


def test_a_private_ip_needs_a_name_and_no_proxy(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", "max_connections = 400", 'connection = "private-ip"\nmax_connections = 400'),
    )
    added = addresses(after["prod-data"]) - addresses(stacks["prod-data"])
    assert added == {
        "google_dns_record_set.postgres_dns_record",
        "google_dns_record_set.postgres_replica_dns_record",
    }
    zone = addresses(after["prod-foundation"]) - addresses(stacks["prod-foundation"])
    assert zone == {"google_dns_managed_zone.network_private_zone"}
    grants = of_type(after["prod-foundation"], "google_project_iam_member").values()
    assert not [grant for grant in grants if not grant["member"].startswith("group:")]
    for service in of_type(after["prod-services"], "google_cloud_run_v2_service").values():
        assert len(service["template"]["containers"]) == 1


def _changed(stacks: Stacks, after: Stacks) -> set[str]:
    return {name for name in after if stacks[name] != after[name]}


def test_the_cache_adds_a_backend_for_static_files_of_each_web_application(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", "cdn = true\n", ""))
    assert _removed(stacks, after) == {
        "prod-services": {
            f"google_compute_backend_service.edge_{name}_static"
            for name in ("web", "todox", "marketing")
        }
    }
    # An alert on what the load balancer answers names every backend.
    assert _changed(stacks, after) == {"prod-services", "prod-monitoring"}


def test_a_zone_elsewhere_takes_the_records_and_leaves_their_text(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("prod", ZONE_OF_PROD, ""))
    removed = _removed(stacks, after)
    assert removed.keys() == _changed(stacks, after) == {"prod-foundation", "prod-services"}
    for gone in removed.values():
        assert all("google_dns_" in address for address in gone)
    for name in removed:
        assert after[name]["output"]["dns_records"]["value"]


def test_a_candidate_host_brings_its_certificate_and_its_backend(
    stacks: Stacks, tmp_path: Path
) -> None:
    line = 'candidate_hosts = { api = "candidate-api.staging.example.com" }\n'
    after = synthesized_with(tmp_path, ("staging", line, ""))
    for name in ("staging-foundation", "staging-services"):
        gone = addresses(stacks[name]) - addresses(after[name])
        assert gone
        assert all("api_candidate" in address for address in gone)
        assert not addresses(after[name]) - addresses(stacks[name])


def test_a_small_environment_grows_a_load_balancer_by_one_line(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, ("dev", 'mode = "domain_mapping"', 'mode = "load_balancer"'))
    assert _changed(stacks, after) == {"dev-foundation", "dev-services", "dev-monitoring"}
    gone = addresses(stacks["dev-foundation"]) - addresses(after["dev-foundation"])
    assert not gone
    # The records stay and change their type: a host that lost its own would have no answer.
    gone = addresses(stacks["dev-services"]) - addresses(after["dev-services"])
    assert {address.partition(".")[0] for address in gone} == {"google_cloud_run_domain_mapping"}
    for name, record in of_type(after["dev-services"], "google_dns_record_set").items():
        if record["type"] == "AAAA":
            first = f"google_dns_record_set.{name.replace('_ipv6', '_host')}"
            assert first in record["depends_on"]


def test_an_slo_is_one_line_and_changes_only_monitoring(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(tmp_path, ("dev", "[variables]", "[slo]\n\n[variables]"))
    assert {name for name in after if stacks[name] != after[name]} == {"dev-monitoring"}
    before, now = addresses(stacks["dev-monitoring"]), addresses(after["dev-monitoring"])
    assert before < now
    # Of each service: itself, two objectives, and two alerts for each of them.
    assert len(now - before) == 3 * (1 + 2 + 4)


def test_an_slo_of_one_service_changes_only_that_service(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path, ("prod", "[slo.api]", "[slo.web]\nlatency_ms = 700\n\n[slo.api]")
    )
    assert {name for name in after if stacks[name] != after[name]} == {"prod-monitoring"}
    changed = {
        name
        for kind, by_name in after["prod-monitoring"]["resource"].items()
        for name, arguments in by_name.items()
        if stacks["prod-monitoring"]["resource"][kind][name] != arguments
    }
    assert changed == {
        "monitoring_beep_web_slo_latency",
        "monitoring_beep_web_latency_fast_burn",
        "monitoring_beep_web_latency_slow_burn",
    }


def test_a_budget_is_three_lines_and_changes_only_its_own_stack(
    stacks: Stacks, tmp_path: Path
) -> None:
    lines = '[budget]\nbilling_account = "000000-000000-000000"\namount = 300\n'
    after = synthesized_with(tmp_path, ("staging", "[variables]", f"{lines}\n[variables]"))
    assert {name for name in after if stacks[name] != after[name]} == {"staging-budget"}
    assert addresses(after["staging-budget"]) == {
        "google_billing_budget.budget_monthly",
        "google_monitoring_notification_channel.budget_email_staging_alerts_example_com",
    }


ON_A_MACHINE = (
    (
        "prod",
        'engine = "cloud_sql"\nedition = "ENTERPRISE"\ntier = "db-custom-4-15360"\n'
        'availability_type = "REGIONAL"',
        'engine = "compute_engine"\nzone = "us-central1-b"\nmachine_type = "e2-standard-4"\n'
        "disk_size_gb = 100",
    ),
    (
        "prod",
        "retained_backups = 30\n# Outlives the region, as the replica does.\n"
        'backup_location = "us"\ntransaction_log_retention_days = 7\n'
        "disk_size_gb = 100\n# Four weeks after staging.\n"
        'maintenance = { day = "SUNDAY", hour = 4, track = "week5" }\n'
        'reader_groups = ["database-readers@example.com"]\n\n'
        '[postgres.read_replica]\nregion = "us-east1"\n',
        "",
    ),
    (
        "prod",
        '[database_export]\nbucket = "beep-prod-exports-example"\n'
        'writer = "p100000000003-example@gcp-sa-cloud-sql.iam.gserviceaccount.com"\n'
        "retention_days = 30\nlocked = false\n",
        "",
    ),
    PROD_PROMISES_NOTHING,
)


def test_another_engine_changes_where_postgres_is_and_nothing_that_uses_it(
    stacks: Stacks, tmp_path: Path
) -> None:
    after = synthesized_with(tmp_path, *ON_A_MACHINE)
    written = of_type(stacks["prod-data"], "google_secret_manager_secret_version")
    versions = of_type(after["prod-data"], "google_secret_manager_secret_version")
    assert versions.keys() == {*written} - {"redis_server_ca"} | {"postgres_server_ca"}
    # Clients read one file: the machine's certificate, and the authorities of Redis.
    of_redis = written["redis_server_ca"]["secret_data_wo"]
    both = f"${{var.db_server_certificate}}\n{of_redis}"
    assert versions["postgres_server_ca"]["secret_data_wo"] == both
    assert _variables(after) == _variables(stacks)
    assert not of_type(after["prod-data"], "google_sql_database_instance")
    # The disk and its address are held as Cloud SQL is; the machine itself can be replaced.
    data = after["prod-data"]
    for kind in ("google_compute_disk", "google_compute_address"):
        assert all(r["lifecycle"]["prevent_destroy"] for r in of_type(data, kind).values())
    (machine,) = of_type(data, "google_compute_instance").values()
    assert "lifecycle" not in machine
    alerts = of_type(after["prod-monitoring"], "google_monitoring_alert_policy")
    assert {f"monitoring_beep_postgres_{a}" for a in ("down", "cpu", "disk")} <= alerts.keys()
    assert not [name for name in alerts if name.startswith("monitoring_postgres_")]
