"""Each seeded fault is found, by the phase and in the words that the table says."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal.run import FORWARD, Act, Stage
from tests.rehearsal.conftest import written
from tests.rehearsal.faults import FAULTS, Fault
from tests.support import Stacks


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found(fault: Fault, stacks: Stacks, place: Stage, tmp_path: Path) -> None:
    configuration = copy.deepcopy(stacks[fault.stack])
    fault.edit(configuration)
    act = Act(place, written(tmp_path, fault.stack, configuration))
    given = {f"TF_VAR_{name}": value for name, value in fault.variables.items()}
    environment = {k: v for k, v in {**act.terraform.environment, **given}.items() if v}
    act.terraform = replace(act.terraform, environment=environment)
    act.run(FORWARD)
    failed = act.result.failed
    assert failed is not None, "nothing found it"
    told = " ".join(failed.output.replace("│", " ").split())
    assert (failed.name, fault.message in told) == (fault.phase, True), failed.output


def test_the_table_has_no_fault_twice() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
