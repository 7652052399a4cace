"""The contract with the applications, and how a service's environment comes out of it."""

from __future__ import annotations

import csv

import pytest

from envschema import CONTRACT, Need, Side, Version, contract, legacy_names
from tests.support import ROOT

SCHEMA = ROOT / "tests" / "data" / "shared-env.tsv"
SCHEMA_READERS = {"api", "web", "todox"}


def _rows() -> list[dict[str, str]]:
    with SCHEMA.open() as file:
        lines = [line for line in file if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row["name"])
def test_a_variable_of_the_schema_is_declared_as_the_schema_has_it(row: dict[str, str]) -> None:
    variable = CONTRACT[row["name"]]
    assert variable.side == row["side"]
    assert variable.secret == (row["secret"] == "yes")
    assert variable.default == (row["default"] or None)
    needs = {
        "required": {Need.REQUIRED},
        "required, may be empty": {Need.MAY_BE_EMPTY},
        "required at build": {Need.REQUIRED},
        "default": {Need.DEFAULT},
        "placeholder": {Need.PLACEHOLDER},
        "optional": {Need.OPTIONAL},
    }
    assert variable.need in needs[row["need"]]


def test_nothing_is_declared_that_neither_schema_nor_library_reads() -> None:
    names = {row["name"] for row in _rows()}
    extra = {name for name, variable in CONTRACT.items() if name not in names}
    assert {CONTRACT[name].side for name in extra} == {Side.RUNTIME}


def test_a_required_server_variable_is_read_wherever_the_schema_is_imported() -> None:
    for variable in CONTRACT.values():
        if variable.side is Side.SERVER and variable.need is Need.REQUIRED:
            assert variable.apps >= SCHEMA_READERS, variable.name


def test_client_variables_are_no_secrets() -> None:
    assert not [n for n, v in CONTRACT.items() if v.side is Side.CLIENT and v.secret]


@pytest.mark.parametrize("version", Version)
def test_no_legacy_name_of_a_version_is_read_by_it(version: Version) -> None:
    assert legacy_names(version)
    assert not legacy_names(version).keys() & contract(version).keys()
