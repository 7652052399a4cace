"""Uploads: kept when lost, closed to the world, and reachable by an unchanged S3 client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rehearsal.secrecy import ALLOWED
from tests.support import (
    SERVICE,
    Stacks,
    addresses,
    app_container,
    of_type,
    resources,
    secret_ids,
    synthesized_with,
)

BUCKET = "google_storage_bucket"
MANAGED_ON_AWS = '[storage.aws]\naccount_id = "123456789012"\n'
S3_CLIENT_SERVICES = ("api", "web", "todox")


def _bucket(stacks: Stacks) -> dict[str, Any]:
    return of_type(stacks["staging-data"], BUCKET)["storage_bucket"]


def _variables(stacks: Stacks, name: str, service: str) -> dict[str, str]:
    services = of_type(stacks[f"{name}-services"], SERVICE)
    container = app_container(services[f"cloud_run_beep_{service}"])
    return {v["name"]: v["value"] for v in container["env"] if "value" in v}


def test_a_lost_upload_can_be_brought_back(stacks: Stacks) -> None:
    bucket = _bucket(stacks)
    assert bucket["versioning"]["enabled"] is True
    assert bucket["soft_delete_policy"]["retention_duration_seconds"] >= 7 * 86400
    assert bucket["lifecycle"]["prevent_destroy"] is True
    assert bucket["force_destroy"] is False
    deletes = [r for r in bucket["lifecycle_rule"] if r["action"]["type"] == "Delete"]
    assert deletes
    for rule in deletes:
        assert rule["condition"]["with_state"] == "ARCHIVED"
        assert rule["condition"]["days_since_noncurrent_time"] >= 1
        assert "age" not in rule["condition"]


def test_what_nobody_finished_uploading_does_not_stay(stacks: Stacks) -> None:
    actions = [rule["action"]["type"] for rule in _bucket(stacks)["lifecycle_rule"]]
    assert "AbortIncompleteMultipartUpload" in actions


def test_the_bucket_cannot_be_made_public(stacks: Stacks) -> None:
    bucket = _bucket(stacks)
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["public_access_prevention"] == "enforced"


def test_a_browser_uploads_from_the_origins_that_the_api_trusts_and_no_others(
    stacks: Stacks,
) -> None:
    (cors,) = _bucket(stacks)["cors"]
    trusted = _variables(stacks, "staging", "api")["SECURITY_TRUSTED_ORIGINS"]
    assert cors["origin"] == trusted.split(",")
    assert "*" not in cors["origin"]
    assert set(cors["method"]) == {"GET", "HEAD", "PUT"}
    assert "Content-Type" in cors["response_header"]


def test_one_account_uses_objects_of_this_bucket_and_may_do_nothing_else(stacks: Stacks) -> None:
    account = "serviceAccount:beep-storage@beep-staging-example.iam.gserviceaccount.com"
    grants = [
        (kind, arguments["role"])
        for stack in (s for name, s in stacks.items() if name.startswith("staging-"))
        for kind, _, arguments in resources(stack)
        if "beep_storage" in str(arguments.get("member")) or arguments.get("member") == account
    ]
    assert grants == [("google_storage_bucket_iam_member", "roles/storage.objectUser")]
    assert of_type(stacks["staging-data"], "google_storage_bucket_iam_member").keys() == {
        "storage_object_user"
    }


def test_the_key_of_the_bucket_is_never_made_by_terraform(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert not of_type(stack, "google_storage_hmac_key")
        assert not of_type(stack, "google_service_account_key")
    assert "google_storage_hmac_key" not in Path(ALLOWED).read_text()


def test_the_s3_client_is_led_to_cloud_storage_and_kept_from_its_new_checksums(
    stacks: Stacks,
) -> None:
    for service in S3_CLIENT_SERVICES:
        variables = _variables(stacks, "staging", service)
        assert variables["AWS_ENDPOINT_URL_S3"] == "https://storage.googleapis.com"
        assert variables["AWS_REGION"] == variables["CLOUD_AWS_REGION"] == "auto"
        assert variables["AWS_REQUEST_CHECKSUM_CALCULATION"] == "WHEN_REQUIRED"
        assert variables["AWS_RESPONSE_CHECKSUM_VALIDATION"] == "WHEN_REQUIRED"
        assert variables["CLOUD_AWS_S3_BUCKET_NAME"] == _bucket(stacks)["name"]


def test_on_aws_the_client_finds_its_own_endpoint(stacks: Stacks) -> None:
    for service in S3_CLIENT_SERVICES:
        variables = _variables(stacks, "prod", service)
        assert not {name for name in variables if "ENDPOINT" in name or "CHECKSUM" in name}
        assert variables["AWS_REGION"] == "us-east-1"


def test_the_key_has_the_same_two_names_and_secrets_in_both_modes(stacks: Stacks) -> None:
    for name in ("staging", "prod"):
        services = of_type(stacks[f"{name}-services"], SERVICE)
        for service in S3_CLIENT_SERVICES:
            container = app_container(services[f"cloud_run_beep_{service}"])
            read = {v["name"] for v in container["env"] if "value_source" in v}
            halves = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")
            assert {f"{p}{h}" for p in ("AWS_", "CLOUD_AWS_") for h in halves} <= read
            assert {
                "beep-cloud-aws-access-key-id",
                "beep-cloud-aws-secret-access-key",
            } <= secret_ids(container)


def test_the_bucket_of_another_cloud_is_a_table_away(stacks: Stacks, tmp_path: Path) -> None:
    after = synthesized_with(
        tmp_path,
        ("prod", 'mode = "aws_s3"\nbucket', 'mode = "gcs"\nlocation = "us"\nbucket'),
        ("prod", MANAGED_ON_AWS, ""),
    )
    assert "prod-aws" not in after
    changed = {name for name in after if after[name] != stacks[name]}
    assert changed == {"prod-foundation", "prod-data", "prod-services"}
    added = {name: addresses(after[name]) - addresses(stacks[name]) for name in changed}
    assert added == {
        "prod-foundation": {
            "google_service_account.service_accounts_beep_storage",
        },
        "prod-data": {
            "google_storage_bucket.storage_bucket",
            "google_storage_bucket_iam_member.storage_object_user",
        },
        "prod-services": set(),
    }
    assert not [n for n in changed if addresses(stacks[n]) - addresses(after[n])]
    assert of_type(after["prod-data"], BUCKET)["storage_bucket"]["location"] == "US"
