"""State is kept, private, and watched."""

from __future__ import annotations

from tests.support import Stacks, of_type


def test_who_touches_state_is_logged(stacks: Stacks) -> None:
    configs = of_type(stacks["bootstrap"], "google_project_iam_audit_config").values()
    logged = {c["service"]: {log["log_type"] for log in c["audit_log_config"]} for c in configs}
    every = {"ADMIN_READ", "DATA_READ", "DATA_WRITE"}
    assert logged == {f"{api}.googleapis.com": every for api in ("iam", "storage", "sts")}


def test_old_state_is_kept_by_age_and_by_number(stacks: Stacks) -> None:
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")["state_bucket"]
    [rule] = bucket["lifecycle_rule"]
    assert rule["condition"]["num_newer_versions"] == 50
    assert rule["condition"]["days_since_noncurrent_time"] == 30
    assert rule["condition"]["with_state"] == "ARCHIVED"
    assert bucket["soft_delete_policy"]["retention_duration_seconds"] == 30 * 86400
    assert "retention_policy" not in bucket


def test_the_state_bucket_is_private_versioned_and_kept(stacks: Stacks) -> None:
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")["state_bucket"]
    assert bucket["public_access_prevention"] == "enforced"
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["versioning"]["enabled"] is True
    assert bucket["lifecycle"]["prevent_destroy"] is True
