"""The tests of a thing are in a folder of its name, and what loads fast never imports cdktf."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.imports import Imports, chains, direct_imports
from tests.support import ROOT

PACKAGES = ("constructs_lib", "envschema", "environments", "stacks")
THINGS = sorted(path.parent.name for path in (ROOT / "constructs_lib").glob("*/__init__.py"))
SLOW = frozenset({"cdktf", "constructs", "jsii", "cdktf_cdktf_provider_google"})
"""They start Node, or import what does."""
ASKING = ("delivery", "google_api", "preflight", "recovery_drill", "secret_manager", "verify")
ENVIRONMENT_STACK = "constructs_lib.environment.stack"


def is_settings_like(module: str) -> bool:
    """Tell whether a module says what an environment file may hold, or what follows from it."""
    package, *parts = module.split(".")
    if package != "constructs_lib" or not parts or module == ENVIRONMENT_STACK:
        return False
    last = parts[-1]
    return (
        parts[0] == "environment"
        or "settings" in parts
        or last == "variables"
        or last.endswith("checks")
    )


def is_light(module: str) -> bool:
    """Tell whether a module must load without cdktf and without Node."""
    package = module.partition(".")[0]
    if package == "constructs_lib":
        return is_settings_like(module)
    return package in {"envschema", "environments"}


@pytest.fixture(scope="module")
def imports() -> Imports:
    return direct_imports(ROOT, PACKAGES)


@pytest.fixture(scope="module")
def reached(imports: Imports) -> dict[str, dict[str, str]]:
    """By module: all that it reaches, and the way there."""
    return {module: chains(imports, module) for module in imports}


def violations(
    reached: dict[str, dict[str, str]], modules: Iterable[str], forbidden: Iterable[str]
) -> list[str]:
    """Return the way from each of the modules to each of the forbidden ones that it reaches.

    A way through another of them is left out: that one has a way of its own.
    """
    modules, forbidden = set(modules), set(forbidden)
    return [
        way
        for module in sorted(modules)
        for target, way in reached[module].items()
        if target in forbidden and not {*way.split(" > ")[1:-1]} & (modules | forbidden)
    ]


def of_package(modules: Iterable[str], *packages: str) -> set[str]:
    return {module for module in modules if module.partition(".")[0] in packages}


@pytest.mark.parametrize(
    "folder",
    [*PACKAGES, *ASKING, *(f"constructs_lib/{thing}" for thing in THINGS)],
)
def test_every_folder_of_code_has_a_folder_of_tests_of_its_name(folder: str) -> None:
    assert any((ROOT / "tests" / folder).rglob("test_*.py")), f"tests/{folder} has no tests"


def test_every_folder_of_tests_is_of_a_thing_that_exists() -> None:
    folders = {path.parent.name for path in (ROOT / "tests/constructs_lib").glob("*/__init__.py")}
    assert folders - set(THINGS) == set()


def test_what_reads_environment_files_never_imports_cdktf(
    imports: Imports, reached: dict[str, dict[str, str]]
) -> None:
    light = filter(is_light, imports)
    assert violations(reached, light, SLOW) == []


def test_a_construct_knows_no_settings(
    imports: Imports, reached: dict[str, dict[str, str]]
) -> None:
    constructs = {
        module
        for module in of_package(imports, "constructs_lib")
        if (imports[module] & SLOW or module.endswith((".alerts", ".charts")))
        and not module.endswith(".stack")
        and not is_light(module)
    }
    assert len(constructs) > len(THINGS)
    assert violations(reached, constructs, filter(is_settings_like, imports)) == []


def test_the_provider_is_imported_in_constructs_lib_only(imports: Imports) -> None:
    elsewhere = of_package(imports, "environments", "envschema", "stacks")
    assert [m for m in elsewhere if "cdktf_cdktf_provider_google" in imports[m]] == []


def test_constructs_lib_imports_neither_stacks_nor_the_loading_of_files(
    imports: Imports, reached: dict[str, dict[str, str]]
) -> None:
    above = of_package(imports, "environments", "stacks", "main")
    assert violations(reached, of_package(imports, "constructs_lib"), above) == []


def test_the_contract_imports_nothing_above_it(
    imports: Imports, reached: dict[str, dict[str, str]]
) -> None:
    above = imports.keys() - of_package(imports, "envschema", "problems")
    assert violations(reached, of_package(imports, "envschema"), above) == []


def test_what_asks_google_stands_above_the_stacks_and_loads_without_cdktf() -> None:
    imports = direct_imports(ROOT, (*PACKAGES, *ASKING))
    reached = {module: chains(imports, module) for module in imports}
    asking = of_package(imports, *ASKING)
    assert violations(reached, asking, SLOW) == []
    assert violations(reached, of_package(imports, *PACKAGES, "main"), asking) == []
    others = imports.keys() - of_package(imports, "google_api")
    assert violations(reached, of_package(imports, "google_api"), others) == []


def test_what_reads_environment_files_loads_without_node(imports: Imports) -> None:
    """By running it: an import that is computed stands in no import statement."""
    light = sorted(m for m in imports if is_light(m) and not m.endswith("__main__"))
    code = (
        "import importlib, sys\n"
        f"for module in {light}: importlib.import_module(module)\n"
        f"print(*sorted({set(SLOW)} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def _project(folder: Path, texts: dict[str, str]) -> Imports:
    for name, text in texts.items():
        path = folder / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return direct_imports(folder, ("low", "high"))


def test_an_import_counts_wherever_it_stands_and_however_long_the_way(tmp_path: Path) -> None:
    imports = _project(
        tmp_path,
        {
            "low/__init__": "",
            "low/late": "def run() -> None:\n    from high import part\n",
            "high/__init__": "import beside\n",
            "high/part": "X = 1\n",
            "beside": "from outer.inner import name\n",
        },
    )
    assert imports["low.late"] == {"high", "high.part"}
    assert chains(imports, "low.late") == {
        "high": "low.late > high",
        "high.part": "low.late > high.part",
        "beside": "low.late > high > beside",
        "outer": "low.late > high > beside > outer",
    }


def test_importing_a_module_runs_the_packages_around_it(tmp_path: Path) -> None:
    imports = _project(
        tmp_path, {"low/__init__": "import cdktf\n", "low/part": "", "high/user": "import low.part"}
    )
    assert chains(imports, "high.user")["cdktf"] == "high.user > low > cdktf"
