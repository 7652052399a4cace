"""Each seeded fault is reported by its phase, with its message."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.run import FORWARD, Session, StackRehearsal
from tests.rehearsal.conftest import write_stack
from tests.rehearsal.faults import FAULTS, Fault
from tests.support import Stacks


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault, stacks: Stacks, session: Session, tmp_path: Path) -> None:
    configuration = copy.deepcopy(stacks[fault.stack])
    fault.edit(configuration)
    rehearsal = StackRehearsal(session, write_stack(tmp_path, fault.stack, configuration))
    variables = {**rehearsal.terraform.variables, **fault.variables}
    given = {name: value for name, value in variables.items() if value}
    rehearsal.terraform = replace(rehearsal.terraform, variables=given)
    rehearsal.run(FORWARD)
    failed = rehearsal.result.failed
    assert failed is not None, "nothing found it"
    message = " ".join(failed.output.replace("│", " ").split())
    assert (failed.name, fault.message in message) == (fault.phase, True), failed.output


def test_the_table_has_no_fault_twice() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
