"""The runbook's way from a promoted replica to an empty plan, with real Terraform.

Google's part is played here: the promotion itself, and what an import reads of the instance.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import textwrap
import tomllib
from pathlib import Path
from typing import Any

from environments import load
from provider_schema.blocks import ProviderSchema
from rehearsal.codec import Object
from rehearsal.provider import Provider
from rehearsal.run import COMMANDS, PLAN, Session, Terraform
from rehearsal.terraform import environment
from rehearsal.workspace import prepare
from terraform_json import STACK_FILE
from tests.rehearsal.conftest import write_stack
from tests.support import ROOT, Stacks, edited, synthesized, toml

DATA = "prod-data"
INSTANCE = "google_sql_database_instance"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
SECTION = RUNBOOK.partition("\n## Give Terraform another instance\n")[2].partition("\n## ")[0]
TF = next(line for line in RUNBOOK.splitlines() if line.startswith("tf() {"))


class Google(Provider):
    """Keeps the databases; an import finds there what it names, and nothing else."""

    def __init__(self, schema: ProviderSchema) -> None:
        super().__init__(schema)
        self.kept: dict[tuple[str, str], Object] = {}

    def apply(self, type_name: str, planned: Object | None, config: Object | None) -> Object | None:
        state = super().apply(type_name, planned, config)
        if state is not None and type_name.startswith("google_sql_"):
            self.kept[type_name, _import_id(type_name, state)] = state
        return state

    def import_state(self, type_name: str, identifier: str) -> Object:
        return copy.deepcopy(self.kept[type_name, identifier])

    def promote(self, replica: str, primary: str) -> None:
        """Make an instance of a replica; it has had the users and the databases all along."""
        for (kind, identifier), state in list(self.kept.items()):
            if state.get("instance") == primary:
                own = {**state, "instance": replica}
                own["id"] = str(state["id"]).replace(primary, replica)
                if "password_wo_version" in own:
                    # Google does not tell which version of a password Terraform wrote.
                    own["password_wo_version"] = None
                self.kept[kind, identifier.replace(f"/{primary}/", f"/{replica}/")] = own
            elif state["name"] == replica:
                state |= {"master_instance_name": "", "instance_type": "CLOUD_SQL_INSTANCE"}


def _import_id(kind: str, state: Object) -> str:
    """Return what an import calls a resource (provider documentation, Import)."""
    project, name = state["project"], state["name"]
    if kind == INSTANCE:
        return f"projects/{project}/instances/{name}"
    if kind == "google_sql_database":
        return f"projects/{project}/instances/{state['instance']}/databases/{name}"
    return f"{project}/{state['instance']}/{name}"


def _last_block(language: str) -> str:
    body = SECTION.rpartition(f"```{language}\n")[2].partition("```")[0]
    return textwrap.dedent(body)


def _promoted(tmp_path: Path) -> dict[str, Any]:
    """Return the data stack with the runbook's lines for a promoted replica."""
    lines = tomllib.loads(_last_block("toml"))["postgres"]
    environments = edited(tmp_path)
    document = tomllib.loads((environments / "prod.toml").read_text())
    document["postgres"] |= lines
    (environments / "prod.toml").write_text(toml(document))
    return synthesized(load(environments), tmp_path / "out")[DATA]


def _changes(terraform: Terraform, folder: Path) -> dict[str, list[str]]:
    """Plan; return what would be done to each resource that does not stay as it is."""
    _run(terraform, folder, *COMMANDS["plan"])
    plan = json.loads(_run(terraform, folder, "show", "-json", PLAN))
    changes = {c["address"]: c["change"]["actions"] for c in plan["resource_changes"]}
    return {address: actions for address, actions in changes.items() if actions != ["no-op"]}


def _run(terraform: Terraform, folder: Path, *arguments: str) -> str:
    code, output = terraform.run(folder, *arguments)
    assert code == 0, output
    return output


def test_terraform_takes_a_promoted_replica_and_then_has_nothing_to_do(
    session: Session, stacks: Stacks, tmp_path: Path
) -> None:
    (tmp_path / "promoted").mkdir()
    before = write_stack(tmp_path, DATA, stacks[DATA])
    after = write_stack(tmp_path / "promoted", DATA, _promoted(tmp_path))
    folder = tmp_path / "cdktf.out" / "stacks" / DATA
    prepare(before, folder, {})
    attachment = session.attach(before, after, make=Google)
    google = attachment.providers["google"]
    assert isinstance(google, Google)
    variables = session.inputs(before, after)
    terraform = Terraform(session, attachment, variables)
    for phase in ("init", "plan", "apply"):
        _run(terraform, folder, *COMMANDS[phase])

    google.promote("beep-prod-replica", "beep-prod")
    (folder / STACK_FILE).write_text(json.dumps(after.configuration))
    # Whoever forgets the commands is stopped: the old instance would go.
    code, output = terraform.run(folder, *COMMANDS["plan"])
    assert code != 0
    assert f"{INSTANCE}.postgres_instance has lifecycle.prevent_destroy" in " ".join(output.split())

    done = subprocess.run(
        ["bash", "-euc", f"{TF}\n{_last_block('sh')}"],
        cwd=tmp_path,
        env={
            **environment(attachment.reattach, variables, session.home),
            "PATH": f"{Path(session.binary).parent}:{os.environ['PATH']}",
            "project": "beep-prod-example",
            "env": "prod",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    changes = _changes(terraform, folder)
    assert changes == {
        f"{INSTANCE}.postgres_instance": ["update"],
        f"{INSTANCE}.postgres_replica": ["create"],
        "google_sql_user.postgres_owner": ["update"],
    }
    _run(terraform, folder, *COMMANDS["apply"])
    assert _changes(terraform, folder) == {}
