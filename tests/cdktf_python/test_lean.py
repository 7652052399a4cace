"""Generated code is loaded without what nothing reads at run time, and does the same."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from pathlib import Path

import pytest

from cdktf_python import lean, tables
from tests.bindings import ANSWERED_IN_PYTHON

SOURCE = '''
"""A module."""
import typing

import typeguard
from importlib.metadata import version as _metadata_package_version
TYPEGUARD_MAJOR_VERSION = int(_metadata_package_version('typeguard').split('.')[0])

def check_type(value: object) -> None:
    typeguard.check_type(value)

def _typecheckingstub__1(value: typing.Optional[str]) -> None:
    """Hold annotations."""

class Thing:
    """A class."""

    def value(self, first: NONE, *rest: NONE, second: NONE = 2, **more: NONE) -> NONE:
        """Return it."""
        if __debug__:
            check_type(first)
        return typing.cast(NONE, typing.cast(typing.Any, [first, rest, second, more]))
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    name = f"lean_{tmp_path.name}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    lean.install([name])
    return name


def loaded(package: str) -> object:
    sys.modules.pop(package, None)
    importlib.invalidate_caches()
    return importlib.import_module(package)


def test_it_does_the_same_without_annotations_checks_and_texts(package: str) -> None:
    module = loaded(package)
    thing = module.Thing  # type: ignore[attr-defined]
    assert thing().value(1, 3, five=5) == [1, (3,), 2, {"five": 5}]
    assert thing.__doc__ is None
    assert thing.value.__annotations__ == {}
    for name in ("_typecheckingstub__1", "check_type", "typeguard", "_metadata_package_version"):
        assert not hasattr(module, name), name


def test_its_code_is_kept_and_made_anew_when_the_source_changes(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded(package)
    with monkeypatch.context() as context:
        context.setattr(ast, "parse", lambda *_: pytest.fail("the kept code is not used"))
        loaded(package)
    source = tmp_path / package / "__init__.py"
    source.write_text("value = 1\n")
    os.utime(source, ns=(1, 1))
    assert loaded(package).value == 1  # type: ignore[attr-defined]


def test_a_cut_off_file_of_kept_code_is_no_error(package: str, tmp_path: Path) -> None:
    loaded(package)
    [kept] = (tmp_path / package / "__pycache__").iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    assert loaded(package).Thing().value(1) == [1, (), 2, {}]  # type: ignore[attr-defined]


def test_nearly_all_modules_of_the_provider_are_understood() -> None:
    package = "cdktf_cdktf_provider_google"
    assert tables.module(package, "provider") is not None
    without = [
        path.stem
        for path in tables.folder(package).glob("*.json")
        if not any("arguments" in about for about in tables.Module.read(path).classes.values())
    ]
    # Their structs are in files of their own.
    assert sorted(without) == ["container_cluster", "data_loss_prevention_deidentify_template"]


@ANSWERED_IN_PYTHON
def test_the_tests_load_only_the_modules_that_they_use() -> None:
    package = "cdktf_cdktf_provider_google."
    assert sum(name.startswith(package) for name in sys.modules) < 300
