"""Environments differ by their files and by nothing else."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from environments import Configuration, load
from tests.support import (
    ROOT,
    Stacks,
    edited,
    of_type,
    synthesized,
)


def test_prod_and_staging_differ_only_where_their_files_differ(tmp_path: Path) -> None:
    """Staging with the file of production is production under another name."""

    def as_staging(text: str) -> str:
        text = re.sub(r"(?<![a-z])(?<!robot-)prod(?![a-z])", "staging", text)
        text = re.sub(r"example([._-])com", r"example\1net", text)
        return text.replace("000003", "000002")

    folder = edited(tmp_path)
    (folder / "staging.toml").write_text(as_staging((folder / "prod.toml").read_text()))
    stacks = synthesized(load(folder), tmp_path / "out")
    for part in ("foundation", "data", "migrations", "services", "monitoring", "budget"):
        assert (
            json.loads(as_staging(json.dumps(stacks[f"prod-{part}"]))) == stacks[f"staging-{part}"]
        )


def test_no_construct_and_no_stack_knows_the_name_of_an_environment() -> None:
    for folder in ("constructs_lib", "stacks"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant):
                    assert node.value not in {"dev", "staging", "prod"}, f"{path}:{node.lineno}"


def test_the_provider_is_imported_in_constructs_lib_only() -> None:
    importing = {
        path.relative_to(ROOT).as_posix()
        for folder in ("environments", "envschema", "stacks")
        for path in (ROOT / folder).rglob("*.py")
        if "from cdktf_cdktf_provider_google" in path.read_text()
    }
    assert importing == set()


def test_everything_carries_the_labels_of_its_environment(stacks: Stacks) -> None:
    for stack in stacks.values():
        labels = stack["provider"]["google"][0]["default_labels"]
        assert labels["managed-by"] == "terraform"
        assert "team" in labels


def test_the_state_of_each_stack_has_a_place_of_its_own(stacks: Stacks) -> None:
    places = {
        (backend["bucket"], backend["prefix"])
        for backend in (stack["terraform"]["backend"]["gcs"] for stack in stacks.values())
    }
    assert len(places) == len(stacks) == 19


def test_the_state_bucket_is_private_versioned_and_kept(stacks: Stacks) -> None:
    bucket = of_type(stacks["bootstrap"], "google_storage_bucket")["state_bucket"]
    assert bucket["public_access_prevention"] == "enforced"
    assert bucket["uniform_bucket_level_access"] is True
    assert bucket["versioning"]["enabled"] is True
    assert bucket["lifecycle"]["prevent_destroy"] is True


def test_cloud_run_of_every_environment_may_pull_the_shared_images(
    stacks: Stacks, configuration: Configuration
) -> None:
    grants = of_type(stacks["bootstrap"], "google_artifact_registry_repository_iam_member")
    assert {grant["role"] for grant in grants.values()} == {"roles/artifactregistry.reader"}
    agents = {
        f"serviceAccount:service-{target.project_number}@serverless-robot-prod.iam.gserviceaccount.com"
        for target in configuration.targets
    }
    # Machines pull as accounts of their own.
    accounts = {
        "principalSet://cloudresourcemanager.googleapis.com/projects/"
        f"{target.project_number}/type/ServiceAccount"
        for target in configuration.targets
    }
    assert agents | accounts <= {grant["member"] for grant in grants.values()}
