"""Terraform first removes all references to a resource: Google refuses to delete it otherwise."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from environments import load
from rehearsal.run import Session, StackRehearsal
from tests.rehearsal.conftest import write_stack
from tests.support import Edit, Stacks, edited, synthesized

ORDER = ("init", "plan", "apply")
TODOX: Edit = ("prod", "enable_todox = true", "enable_todox = false")
HOST: Edit = ("prod", 'todox = "todox.example.com"', 'todox = "do.example.com"')
EDGE = ("google_compute_", "google_certificate_manager_", "google_monitoring_uptime")


def _edge_only(stacks: Stacks, name: str) -> dict[str, object]:
    """Return a stack's resources of the edge only, with references to services as names."""
    reference = r"\$\{google_cloud_run_v2_service\.cloud_run_(\w+)\.name\}"
    configuration = json.loads(re.sub(reference, r"\1", json.dumps(stacks[name])))
    for kind in [k for k in configuration["resource"] if not k.startswith(EDGE)]:
        del configuration["resource"][kind]
    for resource in (r for k in configuration["resource"].values() for r in k.values()):
        resource["depends_on"] = [d for d in resource.get("depends_on", []) if d.startswith(EDGE)]
    return {k: v for k, v in configuration.items() if k != "output"}


@pytest.mark.parametrize(
    ("name", "edit", "first", "last"),
    [
        pytest.param(
            "prod-services",
            TODOX,
            "google_compute_url_map.edge_routes: Modifications complete",
            "google_compute_backend_service.edge_todox: Destroying",
            id="a service is switched off",
        ),
        pytest.param(
            "prod-foundation",
            HOST,
            "google_certificate_manager_certificate_map_entry.certificates_todox_entry: "
            "Creation complete",
            "google_certificate_manager_certificate.certificates_todox (deposed object",
            id="a host gets another name",
        ),
    ],
)
def test_references_are_removed_before_the_resource(
    name: str,
    edit: Edit,
    first: str,
    last: str,
    session: Session,
    stacks: Stacks,
    tmp_path: Path,
) -> None:
    configuration = load(edited(tmp_path, edit))
    prod = tuple(e for e in configuration.environments if e.settings.environment == "prod")
    after = synthesized(replace(configuration, environments=prod), tmp_path / "out")
    rehearsal = StackRehearsal(session, write_stack(tmp_path, name, _edge_only(stacks, name)))
    assert rehearsal.run(ORDER), rehearsal.result.failed
    (rehearsal.folder / "cdk.tf.json").write_text(json.dumps(_edge_only(after, name)))
    assert rehearsal.run(ORDER[1:]), rehearsal.result.failed
    output = rehearsal.result.phases[-1].output
    assert first in output, output
    assert last in output, output
    assert output.index(first) < output.index(last)
