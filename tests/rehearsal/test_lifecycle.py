"""Real Terraform against the stand-in provider, on stacks of a few resources."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from provider_schema.store import SchemaStore
from rehearsal.run import PHASES, Session, StackRehearsal, Terraform, open_session, rehearse
from tests.rehearsal.conftest import Stack

STACK: dict[str, Any] = {
    "google_compute_network": {"net": {"name": "net", "auto_create_subnetworks": False}},
    "google_sql_database_instance": {
        "db": {
            "name": "db",
            "database_version": "POSTGRES_17",
            "deletion_protection": True,
            "lifecycle": {"prevent_destroy": True},
            "settings": {
                "tier": "db-f1-micro",
                "ip_configuration": {"private_network": "${google_compute_network.net.id}"},
            },
        }
    },
    "google_sql_user": {
        "app": {
            "name": "app",
            "instance": "${google_sql_database_instance.db.name}",
            "password_wo": "${var.password}",
            "password_wo_version": 1,
        }
    },
}
PASSWORD = {"password": {"type": "string", "ephemeral": True, "sensitive": True}}
REDIS = {"name": "cache", "memory_size_gb": 1}


def attributes(rehearsal: StackRehearsal) -> dict[str, dict[str, Any]]:
    """Return the attributes in a rehearsal's state, by type."""
    state = json.loads((rehearsal.folder / "terraform.tfstate").read_text())
    return {r["type"]: r["instances"][0]["attributes"] for r in state["resources"]}


def test_a_protected_stack_goes_through_its_whole_life(session: Session, stack: Stack) -> None:
    (result,) = rehearse(session, [stack(STACK, variable=PASSWORD)])
    assert result.failed is None, result.failed
    assert [phase.name for phase in result.phases] == list(PHASES)


def test_values_of_the_cloud_are_plausible_and_the_same_in_every_run(
    session: Session, stack: Stack
) -> None:
    runs = []
    for _ in range(2):
        rehearsal = StackRehearsal(
            session, stack({"google_compute_network": {"net": {"name": "net"}}})
        )
        assert rehearsal.run(["init", "plan", "apply"])
        runs.append(attributes(rehearsal)["google_compute_network"])
    assert runs[0] == runs[1]
    assert runs[0]["id"] == "projects/acme/global/networks/net"
    assert runs[0]["self_link"].endswith("/projects/acme/global/networks/net")


def test_labels_known_only_after_apply_are_in_the_effective_labels(
    session: Session, stack: Stack
) -> None:
    rehearsal = StackRehearsal(
        session,
        stack(
            {
                "google_service_account": {"sa": {"account_id": "sa-account"}},
                "google_secret_manager_secret": {
                    "s": {
                        "secret_id": "s",
                        "labels": {"owner": "${google_service_account.sa.unique_id}"},
                        "replication": {"auto": {}},
                    }
                },
            }
        ),
    )
    assert rehearsal.run(["init", "plan", "apply", "replan"]), rehearsal.result.failed
    owner = attributes(rehearsal)["google_service_account"]["unique_id"]
    secret = attributes(rehearsal)["google_secret_manager_secret"]
    assert secret["effective_labels"] == {"owner": owner, "goog-terraform-provisioned": "true"}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {"transit_encryption_mode": "SERVER_AUTHENTICATION"}, "must be replaced"),
        ({}, {"display_name": "x"}, "will be updated in-place"),
        ({}, {"transit_encryption_mode": "DISABLED"}, "No changes."),
        ({"labels": {"a": "b"}}, {}, "will be updated in-place"),
        ({"display_name": "x"}, {"display_name": "x"}, "No changes."),
    ],
)
def test_terraform_replaces_where_the_provider_would(
    session: Session, stack: Stack, before: dict[str, Any], after: dict[str, Any], expected: str
) -> None:
    rehearsal = StackRehearsal(
        session, stack({"google_redis_instance": {"r": {**REDIS, **before}}})
    )
    assert rehearsal.run(["init", "plan", "apply"])
    changed = stack({"google_redis_instance": {"r": {**REDIS, **after}}})
    (rehearsal.folder / "cdk.tf.json").write_text((changed.folder / "cdk.tf.json").read_text())
    _, output = rehearsal.command("plan", "-no-color")
    assert expected in output, output


def test_a_database_with_deletion_protection_cannot_be_deleted(
    session: Session, stack: Stack
) -> None:
    database = {"name": "db", "database_version": "POSTGRES_17", "settings": {"tier": "db-1"}}
    rehearsal = StackRehearsal(session, stack({"google_sql_database_instance": {"db": database}}))
    assert rehearsal.run(["init", "plan", "apply"])
    code, output = rehearsal.command("destroy", "-no-color", "-auto-approve")
    assert code == 1
    assert "without setting deletion_protection=false" in " ".join(output.split())


def test_a_stack_reads_the_rehearsed_state_of_the_one_before(
    session: Session, stack: Stack
) -> None:
    first = stack(
        {"google_compute_network": {"n": {"name": "n"}}},
        "first",
        output={"network": {"value": "${google_compute_network.n.id}"}},
    )
    remote = {"first": {"backend": "gcs", "config": {"bucket": "state", "prefix": "first"}}}
    network = "${data.terraform_remote_state.first.outputs.network}"
    second = stack(
        {"google_redis_instance": {"r": {**REDIS, "authorized_network": network}}},
        "second",
        data={"terraform_remote_state": remote},
    )
    assert [r.failed for r in rehearse(session, [first, second])] == [None, None]


def test_the_failure_names_the_construct(session: Session, stack: Stack) -> None:
    metadata = {"//": {"metadata": {"path": "stack/cache/r"}}}
    (result,) = rehearse(
        session, [stack({"google_redis_instance": {"r": {"name": "c", **metadata}}})]
    )
    assert result.constructs == {"google_redis_instance.r": "stack/cache/r"}


def test_the_stack_itself_is_not_touched(session: Session, stack: Stack, tmp_path: Path) -> None:
    original = stack(STACK, variable=PASSWORD)
    before = (original.folder / "cdk.tf.json").read_bytes()
    rehearse(session, [original])
    assert [path.name for path in original.folder.iterdir()] == ["cdk.tf.json"]
    assert (original.folder / "cdk.tf.json").read_bytes() == before


def test_each_stack_has_its_own_log_and_values_though_one_terraform_runs_both(
    session: Session, stack: Stack
) -> None:
    rehearsals = [
        StackRehearsal(
            session,
            stack(
                {"google_compute_network": {"n": {"name": "n"}}},
                name,
                variable={name: {"type": "string"}},
                output={"own": {"value": f"${{var.{name}}}"}},
            ),
        )
        for name in ("first", "second")
    ]
    for rehearsal in rehearsals:
        assert rehearsal.run(["init", "plan", "apply"]), rehearsal.result.failed
    for rehearsal in rehearsals:
        log = (rehearsal.folder / "terraform.log").read_text()
        assert log.count("CLI command args:") == 3
        _, output = rehearsal.command("output", "-raw", "own")
        assert output == f"rehearsal-{rehearsal.stack.name}"
        assert list(rehearsal.folder.glob("*.tfvars*")) == []


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are read in /proc")
def test_a_terraform_that_dies_is_an_error_and_the_next_command_loads_it_anew(
    store: SchemaStore, stack: Stack, tmp_path: Path
) -> None:
    with open_session(store) as session:
        terraform = Terraform(session, session.attach(stack({})))
        before = children()
        assert terraform.run(tmp_path, "version")[0] == 0
        [process] = children() - before
        os.kill(process, signal.SIGKILL)
        code, output = terraform.run(tmp_path, "version")
        assert code != 0
        assert output.startswith("Error: terraform version ended by itself")
        assert terraform.run(tmp_path, "version")[0] == 0


def children() -> set[int]:
    """Return the process ids of this process's children."""
    [task] = [t for t in Path("/proc/self/task").iterdir() if t.name == str(os.getpid())]
    return {int(pid) for pid in (task / "children").read_text().split()}
