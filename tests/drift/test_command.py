"""``beep-infra env drift`` as a shell starts it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests import commands
from tests.drift.support import SERVER, SOURCE


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return commands.run("env", "drift", *map(str, arguments))


def test_agreement_is_exit_0() -> None:
    done = run(SOURCE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("no drift: 76 variables in 2 files\n")


def test_drift_is_exit_1_in_text_json_and_update(tmp_path: Path) -> None:
    path = tmp_path / "ServerEnv.ts"
    path.write_text(SERVER.read_text().replace("withDefault(5432)", "withDefault(5433)"))
    text, data, update = run(path), run(path, "--json"), run(path, "--update")
    assert {text.returncode, data.returncode, update.returncode} == {1}
    (finding,) = json.loads(data.stdout)["findings"]
    place = f"{path}:{finding['line']}:{finding['column']}"
    assert f"{place}: default: DB_PG_PORT has another default" in text.stdout
    assert 'default="5433",' in update.stdout
    assert path.read_text().count("5433") == 1


def test_the_source_is_held_against_the_version_that_is_named() -> None:
    first, later = (run(SOURCE, "--contract", version) for version in ("2025-12", "2026-02"))
    assert (first.returncode, later.returncode) == (0, 1)
    assert "AUTH_SECRET is read as BETTER_AUTH_SECRET now" in later.stdout
    assert "removed: NEXT_PUBLIC_APP_CLIENT_URL" in later.stdout
    unknown = run(SOURCE, "--contract", "2026-03")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there are: 2025-12, 2026-02" in unknown.stderr


def test_what_cannot_be_read_is_exit_2(tmp_path: Path) -> None:
    for arguments in ([tmp_path / "none.ts"], [tmp_path], [], [SERVER, "--json", "--update"]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr != ""


def test_it_takes_a_few_times_as_long_as_loading_its_libraries() -> None:
    libraries = "import typer, tree_sitter, tree_sitter_typescript"
    assert commands.cost(libraries, "env", "drift", str(SOURCE), limit=4) < 4
