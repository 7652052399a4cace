"""Environment files are read all at once, and everything wrong with them is reported together."""

from __future__ import annotations

import shutil
from pathlib import Path

from environments import load
from tests.support import ENVIRONMENTS, ROOT, edited, refused


def test_the_environment_files_of_this_repository_are_good(tmp_path: Path) -> None:
    assert len(load(edited(tmp_path)).environments) == len(ENVIRONMENTS)


def test_invalid_toml_is_reported_with_its_line(tmp_path: Path) -> None:
    error = refused(edited(tmp_path, ("prod", "cpu = 4", "cpu = = 4")))
    assert "environments/prod.toml: 1 problem" in str(error)
    assert "is not valid TOML: Invalid value (at line" in str(error)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "staging.toml").unlink()
    assert "environments/staging.toml: 1 problem" in str(refused(folder))
    assert "the file is missing" in str(refused(folder))


def test_a_file_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    (folder / "dev.toml").write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in str(refused(folder))


def test_a_file_of_no_environment_is_reported(tmp_path: Path) -> None:
    folder = edited(tmp_path)
    shutil.copy(ROOT / "environments" / "prod.toml", folder / "production.toml")
    assert "environments/production.toml: 1 problem" in str(refused(folder))


def test_all_problems_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    error = refused(
        edited(
            tmp_path,
            ("prod", "enable_redis = true", "enable_redis = 1"),
            ("prod", '"db-custom-4-15360"', '"db-custom-3-15000"'),
            ("prod", "min_instance_count_web = 1", "min_instance_count_web = 9"),
            ("staging", 'log_level = "Info"', 'log_level = "Warning"'),
            ("dev", "[hosts]", "[host]"),
        )
    )
    reported = {(problem.where, problem.key) for problem in error.problems}
    assert {
        ("environments/prod.toml", "enable_redis"),
        ("environments/prod.toml", "postgres.tier"),
        ("environments/prod.toml", "min_instance_count_web"),
        ("environments/staging.toml", "log_level"),
        ("environments/dev.toml", "hosts"),
        ("environments/dev.toml", "host"),
    } <= reported


def test_a_fault_that_three_applications_meet_is_reported_once(tmp_path: Path) -> None:
    ids = '"user__00000000-0000-4000-8000-000000000001"'
    error = refused(edited(tmp_path, ("prod", ids, '""')))
    assert len(error.problems) == 1


def test_the_value_of_a_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    error = refused(
        edited(tmp_path, ("prod", "[variables]", '[variables]\nPAYMENT_STRIPE_KEY = "canary"'))
    )
    assert "PAYMENT_STRIPE_KEY is a secret and must not stand in a file" in str(error)
    assert "canary" not in str(error)
