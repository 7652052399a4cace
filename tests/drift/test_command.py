"""``beep-infra env drift`` as a shell starts it."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

from tests.drift.support import SERVER, SOURCE
from tests.support import ROOT

COMMAND = ROOT / "scripts" / "beep-infra"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "env", "drift", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "Traceback" not in done.stdout + done.stderr
    return done


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


def test_what_cannot_be_read_is_exit_2(tmp_path: Path) -> None:
    for arguments in ([tmp_path / "none.ts"], [tmp_path], [], [SERVER, "--json", "--update"]):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr != ""


def test_it_takes_less_than_three_tenths_of_a_second() -> None:
    cpu_seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run(SOURCE).returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(cpu_seconds) < 0.3
