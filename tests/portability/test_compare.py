"""What may differ on another core is listed with its reason, and everything else is a problem."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from portability.compare import FILE, Difference, differences, problems
from portability.cores import LOCKS, MissingCoreError, cores, selected
from stacks.app import TARGET_VERSIONS
from tests.support import ROOT, Stacks

CORES = [core.name for core in cores()]
TODAY: dict[str, Any] = {
    "//": {"metadata": {"version": "0.21.0"}},
    "resource": {"google_x": {"a": {"count": 1, "flag": True, "list": [{"n": 5}]}}},
}
VERSION = Difference(("//", "metadata", "version"), "its own", "0.21.0", "0.24.0")


def _out(folder: Path, name: str, *stacks: Mapping[str, Any]) -> Path:
    for number, stack in enumerate(stacks):
        path = folder / name / "stacks" / f"s{number}" / "cdk.tf.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(stack))
    return folder / name


def _there(**resource: Any) -> dict[str, Any]:
    arguments = {**TODAY["resource"]["google_x"]["a"], **resource}
    return {
        "//": {"metadata": {"version": "0.24.0"}},
        "resource": {"google_x": {"a": {k: v for k, v in arguments.items() if v != "gone"}}},
    }


def test_an_accepted_difference_is_counted_and_no_problem(tmp_path: Path) -> None:
    today, there = _out(tmp_path, "today", TODAY, TODAY), _out(tmp_path, "there", *[_there()] * 2)
    accepted = [Difference(VERSION.where, "", VERSION.today, VERSION.there)]
    assert problems(today, there, accepted) == []
    assert accepted[0].uses == 2


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"count": 2}, "count is 1 today, 2 there"),
        ({"count": "1"}, 'count is 1 today, "1" there'),
        ({"flag": 1}, "flag is true today, 1 there"),
        ({"count": None}, "count is 1 today, null there"),
        ({"count": "gone"}, "count is only today"),
        ({"new": None}, "new is only there"),
        ({"list": [{"n": 6}]}, "list/0/n is 5 today, 6 there"),
        ({"list": []}, 'list is [{"n": 5}] today, [] there'),
    ],
)
def test_any_other_difference_is_named_with_both_values(
    change: dict[str, Any], line: str, tmp_path: Path
) -> None:
    today, there = _out(tmp_path, "today", TODAY), _out(tmp_path, "there", _there(**change))
    accepted = [Difference(VERSION.where, "", VERSION.today, VERSION.there)]
    assert problems(today, there, accepted) == [
        f"stacks/s0/cdk.tf.json: resource/google_x/a/{line}"
    ]


def test_an_accepted_difference_has_its_value_on_the_other_side_too(tmp_path: Path) -> None:
    today, there = _out(tmp_path, "today", TODAY), _out(tmp_path, "there", _there())
    accepted = [Difference(VERSION.where, "", "0.21.0", "0.23.0")]
    assert len(problems(today, there, accepted)) == 1


def test_a_number_may_be_the_same_number_as_text(tmp_path: Path) -> None:
    as_text = Difference(("resource", "google_x", "*", "list", "n"), "", as_text=True)
    version = Difference(VERSION.where, "", VERSION.today, VERSION.there)
    today = _out(tmp_path, "today", TODAY)
    same = _out(tmp_path, "same", _there(list=[{"n": "5"}]))
    assert problems(today, same, [version, as_text]) == []
    other = _out(tmp_path, "other", _there(list=[{"n": "6"}]))
    assert len(problems(today, other, [version, as_text])) == 1


def test_an_entry_that_nothing_needs_is_a_problem(tmp_path: Path) -> None:
    today, there = _out(tmp_path, "today", TODAY), _out(tmp_path, "there", TODAY)
    unused = Difference(("terraform", "backend"), "")
    assert problems(today, there, [unused]) == [
        "differences.toml: nothing differs at terraform/backend"
    ]


def test_a_stack_that_only_one_side_has_is_a_problem(tmp_path: Path) -> None:
    today, there = _out(tmp_path, "today", TODAY), _out(tmp_path, "there", TODAY, TODAY)
    assert problems(today, there, []) == ["stacks/s1/cdk.tf.json: only there"]


@pytest.mark.parametrize("core", CORES)
def test_the_values_of_a_core_come_from_its_versions(core: str) -> None:
    accepted = differences(core, {"core": "9.9.9", "google": "7.7.7"})
    values = {difference.where[-1]: difference.there for difference in accepted}
    assert values["source"] == "hashicorp/google"
    assert [d.there for d in accepted if d.where == VERSION.where] == ["9.9.9"]
    numbers = {d.where[-1] for d in accepted if d.as_text}
    expected = {
        "cdktn-0.22-google-6": set(),
        "cdktn-0.24-google-7": {"retention_period"},
        "cdktn-0.24-google-8": {"retention_period", "secret_data_wo_version"},
    }
    assert numbers == expected[core]


def test_each_entry_has_a_reason_and_names_cores_that_exist() -> None:
    for entry in tomllib.loads(FILE.read_text())["difference"]:
        assert entry["reason"].endswith("."), entry
        assert set(entry.get("cores", CORES)) <= set(CORES), entry


def test_each_core_has_a_lock_with_hashes_and_the_versions_that_it_asks_for() -> None:
    names = {file.stem for file in LOCKS.glob("*.in")}
    assert names == {file.stem for file in LOCKS.glob("*.txt")}
    for name in names:
        lock = (LOCKS / f"{name}.txt").read_text()
        for pin in (LOCKS / f"{name}.in").read_text().split():
            if "==" in pin:
                assert f"\n{pin} \\\n    --hash=sha256:" in lock, (name, pin)


def test_what_is_not_a_core_or_not_installed_is_refused() -> None:
    with pytest.raises(MissingCoreError, match="no core cdktn; there are cdktn-"):
        selected("cdktn")
    (core,) = selected("cdktn-0.24-google-8")
    missing = type(core)(core.name, ROOT / "nowhere", core.version)
    with pytest.raises(MissingCoreError, match="run make portability CORE=cdktn-"):
        missing.schemas()


def test_the_versions_that_synthesis_may_assume_are_those_that_each_stack_demands(
    stacks: Stacks,
) -> None:
    demanded = {stack["terraform"]["required_version"] for stack in stacks.values()}
    assert demanded == set(TARGET_VERSIONS.values())
    assert TARGET_VERSIONS.keys() == {"terraform", "opentofu"}
