"""``environment new`` as people call it, on a copy of the repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.copies import copy_of_repository, run_in
from tests.support import ENVIRONMENTS


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_repository(tmp_path_factory.mktemp("environment-new"))


def test_it_writes_the_file_and_says_what_is_left_to_do(copy: Path) -> None:
    dry = run_in(copy, "beep-infra", "environment", "new", "qa", "--from", "staging", "--dry-run")
    path = copy / "environments" / "qa.toml"
    assert not path.exists()
    written = run_in(copy, "beep-infra", "environment", "new", "qa", "--from", "staging")
    assert written.returncode == 0, written.stderr
    assert path.read_text() == dry.stdout
    for key in ("project_id", "project_number", "domain", "storage.bucket"):
        assert f"\n  {key}: " in written.stdout
    assert 'add "qa" to environments in environments/bootstrap.toml' in written.stdout
    again = run_in(copy, "beep-infra", "environment", "new", "qa", "--from", "staging")
    assert again.returncode == 2
    assert path.read_text() == dry.stdout
    assert "exists, and is never overwritten" in again.stderr
    path.unlink()


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("qa", "stagin", 'there is no environment "stagin"; did you mean staging?'),
        ("Qa", "staging", "is not a name that an environment can have"),
        (ENVIRONMENTS[0], "staging", "exists, and is never overwritten"),
    ],
)
def test_what_cannot_be_is_refused(name: str, source: str, says: str, copy: Path) -> None:
    refusal = run_in(copy, "beep-infra", "environment", "new", name, "--from", source)
    assert refusal.returncode == 2
    assert says in refusal.stderr
    assert "Traceback" not in refusal.stderr


def test_a_folder_that_cannot_be_written_is_reported(copy: Path) -> None:
    folder = copy / "environments"
    target = folder / "qa.toml"
    target.symlink_to("/nowhere/at/all")
    refusal = run_in(copy, "beep-infra", "environment", "new", "qa", "--from", "staging")
    target.unlink()
    assert refusal.returncode == 2
    assert "Traceback" not in refusal.stderr
