"""The bucket on AWS: closed, encrypted, kept when lost, and used by one identity below a prefix."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cdktf import App

from environments import load
from stacks.aws import AwsStack
from tests.support import SERVICE, Stacks, app_container, edited, of_type, read, resources

ACCOUNT = 'account_id = "123456789012"\n'
UNIQUE_ID = "100000000000000000001"
NAME = "beep-prod-example"


def synthesized_aws(folder: Path, *lines: str) -> dict[str, Any]:
    """Return prod's stack on AWS, with these lines more in its table."""
    files = edited(folder, ("prod", ACCOUNT, "\n".join([ACCOUNT, *lines, ""])))
    environment = load(files).environments[-1]
    storage = environment.settings.managed_aws_storage
    assert storage is not None
    assert storage.aws is not None
    app = App(outdir=str(folder / "out"))
    AwsStack(app, environment, storage, storage.aws)
    app.synth()
    return read(folder / "out")["prod-aws"]


@pytest.fixture(scope="module")
def aws(stacks: Stacks) -> dict[str, Any]:
    return stacks["prod-aws"]


@pytest.fixture(scope="module")
def with_role(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("role")
    return synthesized_aws(folder, f'api_account_unique_id = "{UNIQUE_ID}"')


def _one(stack: dict[str, Any], kind: str) -> dict[str, Any]:
    [resource] = of_type(stack, kind).values()
    return resource


def _statements(document: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(document)["Statement"]
    return statements


def test_only_an_environment_that_asks_for_it_has_a_stack_on_aws(stacks: Stacks) -> None:
    assert [name for name in stacks if name.endswith("-aws")] == ["prod-aws"]
    for name, stack in stacks.items():
        kinds = {kind for kind, _, _ in resources(stack)}
        on_aws = {kind for kind in kinds if kind.startswith("aws_")}
        assert on_aws == (kinds if name == "prod-aws" else set())


def test_the_state_is_in_the_bucket_of_all_others_and_credentials_are_in_no_file(
    aws: dict[str, Any],
) -> None:
    assert aws["terraform"]["backend"]["gcs"]["prefix"] == "prod/aws"
    [provider] = aws["provider"]["aws"]
    assert provider.keys() == {"allowed_account_ids", "default_tags", "region"}
    assert provider["allowed_account_ids"] == ["123456789012"]


def test_the_bucket_is_the_one_that_the_applications_use(stacks: Stacks) -> None:
    services = of_type(stacks["prod-services"], SERVICE)
    container = app_container(services["cloud_run_beep_api"])
    variables = {v["name"]: v.get("value") for v in container["env"]}
    assert _one(stacks["prod-aws"], "aws_s3_bucket")["bucket"] == NAME
    assert variables["CLOUD_AWS_S3_BUCKET_NAME"] == NAME
    [provider] = stacks["prod-aws"]["provider"]["aws"]
    assert provider["region"] == variables["AWS_REGION"]
    [rule] = _one(stacks["prod-aws"], "aws_s3_bucket_cors_configuration")["cors_rule"]
    assert rule["allowed_origins"] == str(variables["SECURITY_TRUSTED_ORIGINS"]).split(",")
    assert "*" not in rule["allowed_origins"]
    assert rule["allowed_methods"] == ["GET", "HEAD", "PUT"]


def test_a_browser_may_send_what_the_applications_sign_on_both_clouds(stacks: Stacks) -> None:
    """Upload.service.ts signs the type and the MD5 of a file: the browser has to send both."""
    [on_aws] = _one(stacks["prod-aws"], "aws_s3_bucket_cors_configuration")["cors_rule"]
    [on_google] = _one(stacks["staging-data"], "google_storage_bucket")["cors"]
    for headers in (on_aws["allowed_headers"], on_google["response_header"]):
        assert {"Content-MD5", "Content-Type"} <= set(headers)


def test_data_and_what_decrypts_it_are_protected(aws: dict[str, Any]) -> None:
    for kind in ("aws_s3_bucket", "aws_kms_key"):
        assert _one(aws, kind)["lifecycle"]["prevent_destroy"] is True
    assert _one(aws, "aws_kms_key")["deletion_window_in_days"] == 30
    assert _one(aws, "aws_kms_key")["enable_key_rotation"] is True
    assert "force_destroy" not in _one(aws, "aws_s3_bucket")


def test_only_versions_that_are_no_longer_current_expire(tmp_path: Path) -> None:
    stack = synthesized_aws(tmp_path, "noncurrent_version_days = 90", "incomplete_upload_days = 3")
    old, incomplete = _one(stack, "aws_s3_bucket_lifecycle_configuration")["rule"]
    assert old["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert old["expiration"] == [{"expired_object_delete_marker": True}]
    assert incomplete["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 3}]
    assert "expiration" not in incomplete
    assert {rule["status"] for rule in (old, incomplete)} == {"Enabled"}


def test_the_user_uses_objects_of_the_applications_prefix_and_nothing_else(
    aws: dict[str, Any],
) -> None:
    objects, key = _statements(_one(aws, "aws_iam_policy")["policy"])
    assert objects["Action"] == ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    # The key of an object begins with a slash: UploadKey.ts of the applications.
    assert objects["Resource"] == [
        f"arn:aws:s3:::{NAME}//prod/tenants/*",
        f"arn:aws:s3:::{NAME}/prod/tenants/*",
    ]
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert key["Resource"] == "${aws_kms_key.storage_key.arn}"
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    assert key["Condition"] == via
    assert {"aws_iam_access_key", "aws_iam_role"}.isdisjoint(aws["resource"])


def test_one_setting_adds_a_role_with_the_policy_of_the_user(
    aws: dict[str, Any], with_role: dict[str, Any]
) -> None:
    before, after = ({f"{k}.{n}": a for k, n, a in resources(s)} for s in (aws, with_role))
    role, attachment = "aws_iam_role.storage_role", "aws_iam_role_policy_attachment"
    assert after.keys() - before.keys() == {role, f"{attachment}.storage_role_object_user"}
    assert {name: after[name] for name in before} == before
    attached = _one(with_role, attachment)["policy_arn"]
    assert attached == _one(with_role, "aws_iam_user_policy_attachment")["policy_arn"]
    assert attached == "${aws_iam_policy.storage_object_user.arn}"


def test_the_role_is_taken_by_one_google_account_that_asks_for_this_audience(
    with_role: dict[str, Any],
) -> None:
    [statement] = _statements(_one(with_role, "aws_iam_role")["assume_role_policy"])
    assert statement["Principal"] == {"Federated": "accounts.google.com"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Condition"] == {
        "StringEquals": {
            "accounts.google.com:aud": UNIQUE_ID,
            "accounts.google.com:oaud": "beep-prod-storage",
            "accounts.google.com:sub": UNIQUE_ID,
        }
    }
