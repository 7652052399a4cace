"""The stand-in for the aws provider, beside that for google."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provider_schema.store import load_aws
from rehearsal.codec import UNKNOWN, Object
from rehearsal.provider import Provider
from rehearsal.run import FORWARD, Session, StackRehearsal
from tests.rehearsal.conftest import Stack

TAGS = {"environment": "qa"}
AWS: dict[str, Any] = {
    "aws_kms_key": {"key": {"enable_key_rotation": True, "lifecycle": {"prevent_destroy": True}}},
    "aws_s3_bucket": {"uploads": {"bucket": "acme-uploads", "tags": {"of": "acme"}}},
    "aws_s3_bucket_server_side_encryption_configuration": {
        "uploads": {
            "bucket": "${aws_s3_bucket.uploads.bucket}",
            "rule": [
                {
                    "apply_server_side_encryption_by_default": [
                        {
                            "sse_algorithm": "aws:kms",
                            "kms_master_key_id": "${aws_kms_key.key.arn}",
                        }
                    ],
                    "bucket_key_enabled": True,
                }
            ],
        }
    },
    "google_storage_bucket": {"exports": {"name": "acme-exports", "location": "EU"}},
}
SECTIONS: dict[str, Any] = {
    "terraform": {
        "required_providers": {
            "aws": {"source": "aws", "version": "6.25.0"},
            "google": {"source": "google", "version": "6.50.0"},
        }
    },
    "provider": {
        "aws": [{"region": "eu-west-1", "default_tags": [{"tags": TAGS}]}],
        "google": [{"project": "acme", "region": "europe-west1"}],
    },
}


def test_a_stack_on_two_clouds_goes_through_its_whole_life(session: Session, stack: Stack) -> None:
    rehearsal = StackRehearsal(session, stack(AWS, **SECTIONS))
    assert rehearsal.run(FORWARD), rehearsal.result.failed
    state = json.loads((rehearsal.folder / "terraform.tfstate").read_text())
    of = {r["type"]: r["instances"][0]["attributes"] for r in state["resources"]}
    assert of.keys() == AWS.keys()
    assert of["aws_s3_bucket"]["arn"] == "arn:aws:s3:::acme-uploads"
    assert of["aws_s3_bucket"]["tags_all"] == {"of": "acme", **TAGS}
    assert of["aws_kms_key"]["tags_all"] == TAGS
    assert of["aws_kms_key"]["region"] == "eu-west-1"
    assert of["google_storage_bucket"]["project"] == "acme"
    assert rehearsal.run(["destroy"]), rehearsal.result.failed


def _provider() -> Provider:
    provider = Provider(load_aws())
    provider.configure({"region": "eu-west-1", "default_tags": [{"tags": dict(TAGS)}]})
    return provider


def _empty(kind: str, **values: Any) -> Object:
    block = load_aws([kind]).resources[kind]
    empty: Object = dict.fromkeys(block.attributes)
    empty.update({name: None if b.nesting == "single" else [] for name, b in block.blocks.items()})
    return {**empty, **values}


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        ("aws_kms_key", {"deletion_window_in_days": 3}, "in the range (7 - 30), got 3"),
        ("aws_kms_key", {"rotation_period_in_days": 365}, "enable_key_rotation"),
        ("aws_kms_alias", {"name": "uploads", "target_key_id": "k"}, "doesn't match regexp"),
        ("aws_iam_policy", {"policy": "{"}, "is not a valid json"),
        (
            "aws_s3_bucket_versioning",
            {"bucket": "b", "versioning_configuration": [{"status": "On", "mfa_delete": None}]},
            'expected versioning_configuration.0.status to be one of ["Enabled" "Suspended"',
        ),
    ],
)
def test_what_the_provider_refuses_is_refused(kind: str, values: dict[str, Any], says: str) -> None:
    findings = _provider().validate(kind, _empty(kind, **values))
    assert any(says in f"{f.summary} {f.detail}" for f in findings), findings


def test_another_name_of_a_bucket_is_another_bucket() -> None:
    provider, before = _provider(), _empty("aws_s3_bucket", bucket="a")
    plan = provider.plan("aws_s3_bucket", before, None, before)
    assert plan.planned is not None
    assert plan.planned["tags_all"] == TAGS
    assert plan.planned["arn"] is UNKNOWN
    state = provider.apply("aws_s3_bucket", plan.planned, before)
    assert state is not None
    after = {**state, "bucket": "b"}
    again = provider.plan("aws_s3_bucket", _empty("aws_s3_bucket", bucket="b"), state, after)
    assert again.requires_replace == [("bucket",)]


def test_the_stand_in_has_rules_for_every_type_in_use() -> None:
    schema = load_aws()
    assert schema.resources.keys() <= Provider(schema).rules.keys()
