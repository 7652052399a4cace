"""Audit logs and errors leave the environment's project, for a year and more."""

from __future__ import annotations

import re
from pathlib import Path

from environments import Configuration, load
from stacks.access import Access
from tests.support import EVERY_ENVIRONMENT, Stacks, edited, of_type

SINK = "google_logging_project_sink"
BUCKET = "google_logging_project_bucket_config"


@EVERY_ENVIRONMENT
def test_a_sink_may_write_to_the_one_bucket_of_the_shared_project(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    text = stacks["bootstrap"]
    bucket = of_type(text, BUCKET)["log_archive_bucket"]
    assert bucket["retention_days"] == 400
    assert bucket["project"] == "beep-shared-example"
    sink = of_type(text, SINK)[f"log_archive_{name}"]
    assert sink["project"] == configuration.environment(name).settings.project_id
    assert sink["destination"] == f"logging.googleapis.com/${{{BUCKET}.log_archive_bucket.id}}"
    grant = of_type(text, "google_project_iam_member")[f"log_archive_{name}_writer"]
    assert grant["member"] == f"${{{SINK}.log_archive_{name}.writer_identity}}"
    assert grant["project"] == bucket["project"]
    [path] = re.findall(r'endsWith\("([^"]+)"\)', grant["condition"]["expression"])
    assert path == f"locations/{bucket['location']}/buckets/{bucket['bucket_id']}"


def test_what_is_kept_are_audit_logs_of_every_kind_and_errors(stacks: Stacks) -> None:
    sinks = of_type(stacks["bootstrap"], SINK).values()
    assert {sink["filter"] for sink in sinks} == {
        'logName:"cloudaudit.googleapis.com" OR severity >= ERROR'
    }
    assert {sink["project"] for sink in sinks} >= {"beep-shared-example"}
    assert not [sink for sink in sinks if sink.get("exclusions") or sink.get("disabled")]


def test_nobody_in_the_pipeline_writes_to_the_bucket_or_changes_it(stacks: Stacks) -> None:
    on_shared = [g for g in Access(stacks).grants if g.on == "beep-shared-example"]
    writers = {g.member for g in on_shared if "logging.buckets.write" in g.permissions}
    assert writers == {
        f"the writer of bootstrap/{SINK}.log_archive_{name}" for name in ("dev", "staging", "prod")
    }
    assert not [g for g in on_shared if "logging.buckets.update" in g.permissions]


@EVERY_ENVIRONMENT
def test_who_reads_what_is_logged_where_the_environment_is_not_disposable(
    name: str, stacks: Stacks, configuration: Configuration
) -> None:
    settings = configuration.environment(name).settings
    configs = of_type(stacks[f"{name}-foundation"], "google_project_iam_audit_config").values()
    logged = {c["service"]: {log["log_type"] for log in c["audit_log_config"]} for c in configs}
    if settings.disposable:
        assert logged == {}
        return
    apis = {"cloudsql", "iam", "secretmanager", "storage", "sts"}
    # Somebody tunnels to a machine only where there is one.
    apis |= {"iap"} if settings.postgres_machine or settings.telemetry_server else set()
    every = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
    assert logged == {f"{api}.googleapis.com": every for api in apis}


def test_a_file_may_say_otherwise(tmp_path: Path) -> None:
    folder = edited(
        tmp_path, ("dev", "disposable = true", "disposable = true\ndata_access_logs = true")
    )
    assert load(folder).environment("dev").settings.logs_data_access
