"""The boot script is clean shell, in its file and in each machine that it is composed for."""

from __future__ import annotations

import re
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest
from setuptools import Distribution

from constructs_lib.virtual_machine import startup_script
from constructs_lib.virtual_machine.startup_script import SHELL_FILE
from tests.support import ROOT, Stacks, of_type
from tests.test_startup_script import text_of

SHELLCHECK = Path(sysconfig.get_path("scripts")) / "shellcheck"


def complaints(text: str) -> str:
    """Return what shellcheck says of a script, empty where it is clean."""
    result = subprocess.run(
        [SHELLCHECK, "--norc", "--shell=bash", "-"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode in (0, 1), result.stderr
    return result.stdout


def as_booted(text: str) -> str:
    """Return the script as Terraform hands it to the machine, with a word for each reference."""
    for reference in re.findall(r"(?<!\$)\$\{[^}]*\}", text):
        text = text.replace(reference, "reference")
    return text.replace("$${", "${").replace("%%{", "%{")


def definitions(text: str) -> list[str]:
    """Return the variables and functions that a script defines, in order."""
    return re.findall(r"^(?:readonly )?(\w+)(?==|\(\))", text, re.MULTILINE)


def test_shellcheck_is_content_with_the_shell_file() -> None:
    assert complaints(SHELL_FILE.read_text()) == ""


def test_shellcheck_is_content_with_a_composed_script() -> None:
    assert complaints(as_booted(text_of(image="${var.image_server}"))) == ""


def test_shellcheck_is_content_with_a_script_that_has_nothing_optional() -> None:
    assert complaints(text_of(secrets={}, files={}, setup=())) == ""


def test_shellcheck_is_content_with_every_machine(stacks: Stacks) -> None:
    scripts = {
        f"{stack}/{name}": as_booted(machine["metadata_startup_script"])
        for stack, content in stacks.items()
        for name, machine in of_type(content, "google_compute_instance").items()
    }
    assert scripts
    assert {name: complaints(script) for name, script in scripts.items()} == dict.fromkeys(
        scripts, ""
    )


def test_shellcheck_makes_its_default_checks_and_the_shell_file_disables_none() -> None:
    assert "SC2086" in complaints("#!/bin/bash\nrm $1\n")
    assert "disable=" not in SHELL_FILE.read_text()


@pytest.mark.parametrize("opening", ["${", "%{"])
def test_the_shell_file_holds_nothing_that_terraform_reads_as_its_own(opening: str) -> None:
    assert opening not in SHELL_FILE.read_text()


def test_the_example_in_the_shell_file_defines_what_every_machine_defines() -> None:
    assert definitions(SHELL_FILE.read_text()) == definitions(text_of(files={}))


def test_a_machine_gets_nothing_of_the_example() -> None:
    text = text_of()
    assert "example" not in text
    assert "# begin" not in text
    assert "# end" not in text


def test_a_wheel_carries_the_shell_file(monkeypatch: pytest.MonkeyPatch) -> None:
    package = startup_script.__name__.rpartition(".")[0]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    monkeypatch.chdir(ROOT)
    distribution = Distribution({"packages": [package], "package_data": settings["package-data"]})
    build = distribution.get_command_obj("build_py")
    build.ensure_finalized()
    files = [Path(source, name) for _, source, _, names in build.data_files for name in names]
    assert SHELL_FILE.relative_to(ROOT) in files
