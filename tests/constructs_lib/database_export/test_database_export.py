"""What is exported each day is kept where no deployer can delete it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from environments import Configuration
from stacks.access import Access
from tests.bad_settings import Bad, assert_reported, by_name
from tests.support import Stacks, of_type, synthesized_with

BUCKET = "export_prod_bucket"
PATH = f"bootstrap/google_storage_bucket.{BUCKET}"
SHARED = "beep-shared-example"

BAD_SETTINGS = (
    Bad(
        "an export of a database on a machine",
        ("dev", "[postgres]", '[database_export]\nbucket = "beep-dev-exports"\n\n[postgres]'),
        "database_export",
        "exports Cloud SQL, and this environment has none",
        fix='set postgres.engine = "cloud_sql"',
    ),
    Bad(
        "exports that may be deleted after a day",
        ("prod", "\nretention_days = 30", "\nretention_days = 1"),
        "database_export.retention_days",
        "should be greater than or equal to 7",
        value="1",
    ),
)


@by_name(BAD_SETTINGS)
def test_a_bad_setting_is_reported_with_key_value_allowed_and_fix(bad: Bad, tmp_path: Path) -> None:
    assert_reported(bad, tmp_path)


def _workflow(stacks: Stacks) -> Any:
    workflow = of_type(stacks["bootstrap"], "google_workflows_workflow")["export_prod_workflow"]
    text = str(workflow["source_contents"])
    assert "${" not in text.replace("$${", ""), "Terraform would take it for its own"
    return json.loads(text.replace("$${", "${"))["main"]["steps"][0]["export"]


def test_each_export_is_a_file_of_its_own_in_the_bucket_that_keeps_it(
    stacks: Stacks, configuration: Configuration
) -> None:
    environment = configuration.environment("prod")
    call = _workflow(stacks)
    assert call["call"] == "googleapis.sqladmin.v1.instances.export"
    assert call["args"]["project"] == environment.settings.project_id
    assert call["args"]["instance"] == environment.names.postgres
    context = call["args"]["body"]["exportContext"]
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")[BUCKET]
    [expression] = re.findall(r"\$\{(.*)\}", context["uri"])
    assert expression.startswith(f'"gs://{bucket["name"]}/')
    # A file cannot be overwritten while the policy retains it.
    assert "time.format(sys.now())" in expression
    policy = bucket["retention_policy"]
    assert policy == {"is_locked": False, "retention_period": 30 * 86400}
    [rule] = bucket["lifecycle_rule"]
    assert rule["condition"]["age"] == 30
    assert bucket["lifecycle"]["prevent_destroy"] is True
    assert bucket["public_access_prevention"] == "enforced"


def test_nobody_of_the_pipeline_reaches_an_export(stacks: Stacks) -> None:
    access = Access(stacks)
    on_bucket = [grant for grant in access.grants if grant.on == PATH]
    assert [grant.role for grant in on_bucket] == ["roles/storage.objectCreator"]
    assert "gcp-sa-cloud-sql" in on_bucket[0].member
    assert not {p for p in on_bucket[0].permissions if re.search("objects.(delete|get|list)", p)}
    on_shared = {p for grant in access.grants if grant.on == SHARED for p in grant.permissions}
    assert not {p for p in on_shared if p.startswith("storage.")}


def test_who_starts_the_exports_may_do_nothing_else(stacks: Stacks) -> None:
    member = f"serviceAccount:export-prod@{SHARED}.iam.gserviceaccount.com"
    held = {
        grant.on: grant.permissions for grant in Access(stacks).grants if grant.member == member
    }
    assert held == {
        "beep-prod-example": {"cloudsql.instances.export", "cloudsql.instances.get"},
        SHARED: {"workflows.executions.create"},
    }
    job = of_type(stacks["bootstrap"], "google_cloud_scheduler_job")["export_prod_schedule"]
    assert job["http_target"]["uri"] == (
        "https://workflowexecutions.googleapis.com/v1/"
        "${google_workflows_workflow.export_prod_workflow.id}/executions"
    )


def test_an_environment_without_the_table_has_no_export(stacks: Stacks) -> None:
    buckets = of_type(stacks["bootstrap"], "google_storage_bucket")
    assert {name for name in buckets if name.startswith("export_")} == {BUCKET}


ALERT = "google_monitoring_alert_policy"


def _condition(stacks: Stacks, alert: str) -> Any:
    policy = of_type(stacks["bootstrap"], ALERT)[f"export_prod_alerts_{alert}"]
    [condition] = policy["conditions"]
    return condition["condition_threshold"]


def test_an_export_that_fails_is_told_to_those_of_its_environment(
    stacks: Stacks, configuration: Configuration
) -> None:
    workflow = of_type(stacks["bootstrap"], "google_workflows_workflow")["export_prod_workflow"]
    failed = _condition(stacks, "failed")
    assert f'resource.labels.workflow_id = "{workflow["name"]}"' in failed["filter"]
    assert 'metric.labels.status = one_of("FAILED", "CANCELLED")' in failed["filter"]
    assert (failed["comparison"], failed["threshold_value"]) == ("COMPARISON_GT", 0)
    assert failed["duration"] == "0s"
    channels = of_type(stacks["bootstrap"], "google_monitoring_notification_channel")
    emails = configuration.environment("prod").settings.notification_emails
    assert sorted(c["labels"]["email_address"] for c in channels.values()) == sorted(emails)
    # Every alert names channels, so nothing of Monitoring is asked for before its API is on.
    for channel in channels.values():
        assert channel["depends_on"] == ["google_project_service.project_services_monitoring"]


def test_an_export_that_nobody_starts_is_missed_before_two_are(stacks: Stacks) -> None:
    missing = _condition(stacks, "missing")
    assert 'metric.labels.status = "SUCCEEDED"' in missing["filter"]
    assert (missing["comparison"], missing["threshold_value"]) == ("COMPARISON_LT", 1)
    assert missing["evaluation_missing_data"] == "EVALUATION_MISSING_DATA_ACTIVE"
    [aggregation] = missing["aggregations"]
    assert aggregation["per_series_aligner"] == "ALIGN_DELTA"
    window, held = (
        int(seconds.removesuffix("s"))
        for seconds in (aggregation["alignment_period"], missing["duration"])
    )
    # An export each day is always in the window, though it takes a little longer than the last.
    assert 86400 < window <= 90000
    assert window + held < 2 * 86400


def test_the_deployer_cannot_silence_an_alert_on_exports(stacks: Stacks) -> None:
    access = Access(stacks)
    deployers = "serviceAccount:deploy-"
    assert not {
        permission
        for grant in access.grants
        if grant.on == SHARED and grant.member.startswith(deployers)
        for permission in grant.permissions
        if permission.startswith(("monitoring.", "workflows.", "cloudscheduler."))
    }


def test_without_monitoring_nobody_is_told(tmp_path: Path) -> None:
    bootstrap = synthesized_with(
        tmp_path, ("prod", "enable_monitoring = true", "enable_monitoring = false")
    )["bootstrap"]
    assert "export_prod_workflow" in of_type(bootstrap, "google_workflows_workflow")
    assert ALERT not in bootstrap["resource"]
