"""Folders of Terraform that were not made here: they pass, and a fault in each is reported."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from problems import ConfigurationError
from rehearsal import __main__ as command
from rehearsal import root_module
from rehearsal.run import PHASES, Result, Session, StackRehearsal
from rehearsal.versions import admits

SHAPES = Path(__file__).with_name("shapes")


@dataclass(frozen=True)
class Shape:
    """A folder of ``shapes``, the root module in it, and an edit that makes a fault."""

    name: str
    file: str
    edit: Mapping[str, str]
    phase: str
    message: str
    root: str = "."


FAULTS = (
    Shape(
        "gke",
        "main.tf",
        {"google_compute_subnetwork.nodes.self_link": "google_compute_subnetwork.node.self_link"},
        "validate",
        'managed resource "google_compute_subnetwork" "node" has not been declared',
    ),
    Shape(
        "static_site",
        "edge.tf.json",
        {"MOVED_PERMANENTLY_DEFAULT": "MOVED_PERMANENTLY"},
        "validate",
        "expected default_url_redirect.0.redirect_response_code to be one of",
    ),
    Shape(
        "pubsub_bigquery",
        "main.tf.json",
        {'"max_delivery_attempts": 10': '"max_delivery_attemps": 10'},
        "validate",
        'No argument or block type is named "max_delivery_attemps"',
    ),
    Shape(
        "scheduled_function",
        "main.tf",
        {
            "ephemeral   = true": "",
            "secret_data_wo         =": "secret_data =",
            "secret_data_wo_version = 1": "",
        },
        "secrets",
        "api_token is in terraform.tfstate, google_secret_manager_secret_version.token secret_data",
    ),
    Shape(
        "cloud_sql",
        "modules/network/main.tf",
        {'address_type  = "INTERNAL"': 'address_type  = "PRIVATE"'},
        "validate",
        "expected address_type to be one of",
        root="root",
    ),
)


@pytest.mark.parametrize("shape", FAULTS, ids=lambda shape: shape.name)
def test_a_folder_passes_and_a_fault_in_it_is_reported(
    shape: Shape, session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / shape.name
    shutil.copytree(SHAPES / shape.name, folder)
    before = changed(folder)
    result = rehearsed(session, folder / shape.root)
    assert result.failed is None, result.failed
    assert [phase.name for phase in result.phases] == list(PHASES)
    assert changed(folder) == before, "the folder itself was touched"

    file = folder / shape.file
    text = file.read_text()
    for right, wrong in shape.edit.items():
        assert right in text
        text = text.replace(right, wrong)
    file.write_text(text)
    failed = rehearsed(session, folder / shape.root).failed
    assert failed is not None
    message = " ".join(failed.output.replace("│", " ").split())
    assert (failed.name, shape.message in message) == (shape.phase, True), message


def test_a_secret_that_a_file_sets_keeps_that_value(session: Session, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "token" {\n  type      = string\n  sensitive = true\n}\n'
        'output "length" {\n  value = nonsensitive(length(var.token))\n}\n'
    )
    (tmp_path / "terraform.tfvars").write_text('token = "four"\n')
    rehearsal = StackRehearsal(session, root_module.read(tmp_path))
    assert rehearsal.run(["init", "plan", "apply"]), rehearsal.result.failed
    assert rehearsal.command("output", "-raw", "length") == (0, "4")


def rehearsed(session: Session, folder: Path) -> Result:
    rehearsal = StackRehearsal(session, root_module.read(folder))
    rehearsal.run(PHASES)
    return rehearsal.result


def changed(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


UNAVAILABLE = """\
terraform {
  required_providers {
    random = { source = "hashicorp/random" }
    google = { source = "hashicorp/google" }
  }
}
variable "region" {}
variable "zone" {}
variable "tier" { default = "f1" }
variable "password" { sensitive = true }
variable "accounts" {
  type      = map(string)
  sensitive = true
}
module "bucket" {
  source  = "terraform-google-modules/cloud-storage/google"
  version = "~> 5.0"
}
module "gone" { source = "./gone" }
data "terraform_remote_state" "base" { backend = "gcs" }
resource "random_id" "suffix" { byte_length = 4 }
resource "cloudflare_record" "www" { name = "www" }
resource "google_compute_network" "this" {
  name = "this"
  provisioner "local-exec" { command = "touch harm" }
}
"""


def test_everything_that_is_not_to_be_had_is_reported_at_once_with_its_line(
    tmp_path: Path,
) -> None:
    (tmp_path / "main.tf").write_text(UNAVAILABLE)
    (tmp_path / "terraform.tfvars").write_text('zone = "a"\n')
    with pytest.raises(ConfigurationError) as refusal:
        root_module.read(tmp_path)
    assert [(p.where, p.key, p.value) for p in refusal.value.problems] == [
        ("main.tf:15", "module.bucket.source", "terraform-google-modules/cloud-storage/google"),
        ("main.tf:19", "module.gone.source", "./gone"),
        ("main.tf:1", "required_providers.random", "hashicorp/random"),
        ("main.tf:20", "data.terraform_remote_state.base", None),
        ("main.tf:22", "cloudflare_record.www", "hashicorp/cloudflare"),
        ("main.tf:23", "google_compute_network.this", None),
        ("main.tf:7", "variable.region", None),
        ("main.tf:11", "variable.accounts", None),
    ]
    assert all(problem.fix for problem in refusal.value.problems)


def test_the_command_says_so_and_rehearses_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path)]) == 2
    assert "has no *.tf and no *.tf.json" in capsys.readouterr().err
    (tmp_path / "main.tf").write_text('variable "region" {}\n')
    assert command.main([str(tmp_path)]) == 2
    errors = capsys.readouterr().err
    assert "variable.region\n    has no default, and no file sets it\n    fix: set it in" in errors
    assert errors.endswith("Nothing was rehearsed.\n")


def test_the_command_takes_values_from_a_file_and_names_what_it_checks_less(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As with the bindings of another version of the provider: those here have rules for each type.
    monkeypatch.setattr("rehearsal.__main__.load_rules", lambda _: {})
    (tmp_path / "main.tf.json").write_text(
        json.dumps(
            {
                "terraform": {"required_providers": {"google": {"version": "~> 7.1"}}},
                "provider": {"google": {"project": "example-project"}},
                "variable": {"size": {"type": "number"}},
                "resource": {
                    "google_filestore_instance": {
                        "files": {
                            "name": "files",
                            "tier": "BASIC_HDD",
                            "location": "europe-west1-b",
                            "file_shares": {"capacity_gb": "${var.size}", "name": "share"},
                            "networks": {"network": "default", "modes": ["MODE_IPV4"]},
                        }
                    }
                },
            }
        )
    )
    values = tmp_path / "values" / "prod.tfvars"
    values.parent.mkdir()
    values.write_text("size = 1024\n")
    assert command.main([str(tmp_path), "--no-destroy", "--var-file", str(values)]) == 0
    output = capsys.readouterr().out
    assert "main.tf.json: asks for google ~> 7.1; the stand-in is google 6.50.0" in output
    assert "without further rules: google_filestore_instance" in output
    assert output.splitlines()[-1].split()[-2:] == ["-", "ok"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--env", "prod"), "PATH is a folder of Terraform"),
        (("--from", "main"), "--from is for the stacks of this project"),
    ],
)
def test_options_that_do_not_fit_a_folder_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main([str(tmp_path), *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("constraint", "version", "expected"),
    [
        ("~> 6.0", "6.50.0", True),
        ("~> 6.0", "7.0.0", False),
        ("~> 6.50.0", "6.51.0", False),
        ("~> 6", "7.0.0", True),
        (">= 6, < 6.50", "6.50.0", False),
        ("6.50.0", "6.50.0", True),
        ("!= 6.50", "6.50.0", False),
        ("> 6.49.1, <= 6.50.0", "6.50.0", True),
    ],
)
def test_a_constraint_admits_what_terraform_admits(
    constraint: str, version: str, expected: bool
) -> None:
    assert admits(constraint, version) is expected
