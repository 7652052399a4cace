"""``beep-infra migrations check`` on folders as drizzle leaves them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.migration_files import MAX_BYTES
from beep_infra.output import Refusal
from migrations.rules import Kind
from tests.cli.test_command import FINDINGS, SUCCESS, USAGE
from tests.commands import run
from tests.migrations.samples import KNOWN_MIGRATION
from tests.stacks.test_switches import WITHOUT_POSTGRES
from tests.support import ROOT, edited


def _check(folder: Path | str, *arguments: str, env: str = "prod") -> Result:
    return CliRunner().invoke(app, ["migrations", "check", str(folder), "--env", env, *arguments])


def _refusal(folder: Path | str, env: str = "prod") -> str:
    result = _check(folder, env=env)
    assert isinstance(result.exception, Refusal)
    assert result.output == ""
    return str(result.exception)


def _write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


@pytest.fixture
def drizzle(tmp_path: Path) -> Path:
    """Both layouts: files beside their journal, and a folder for each migration."""
    return _write(
        tmp_path / "drizzle",
        {
            "20260601_more/migration.sql": f"{KNOWN_MIGRATION};",
            "20260601_more/snapshot.json": "{}",
            "0001_custom_rls_extensions.sql": f"SELECT 1;\n{KNOWN_MIGRATION};",
            "0000_military_sentinels.SQL": b"\xef\xbb\xbfSELECT 1;\r\n",
            "meta/_journal.json": "{}",
        },
    )


def test_every_file_of_both_layouts_is_read_in_order(drizzle: Path) -> None:
    done = run("migrations", "check", "drizzle", "--env", "prod", cwd=drizzle.parent)
    assert done.returncode == FINDINGS
    heads = [line for line in done.stdout.splitlines() if "[role-attribute]" in line]
    assert heads == [
        f"drizzle/0001_custom_rls_extensions.sql:2: {KNOWN_MIGRATION} [role-attribute]",
        f"drizzle/20260601_more/migration.sql:1: {KNOWN_MIGRATION} [role-attribute]",
    ]
    assert done.stdout.endswith("\n3 files: prod (Cloud SQL) refuses 2 statements\n")


def test_json_says_the_same(drizzle: Path) -> None:
    result = _check(drizzle, "--json", env="dev")
    assert result.exit_code == FINDINGS
    report = json.loads(result.output)
    assert (report["environment"], report["engine"]) == ("dev", "compute_engine")
    assert len(report["files"]) == 3
    assert [(f["file"], f["line"], f["kind"]) for f in report["findings"]] == [
        (str(drizzle / "0001_custom_rls_extensions.sql"), 2, "role-attribute"),
        (str(drizzle / "20260601_more" / "migration.sql"), 1, "role-attribute"),
    ]
    assert "WHEN insufficient_privilege" in report["findings"][0]["fix"]


def test_the_advice_in_place_of_the_statement_is_accepted_for_every_engine(drizzle: Path) -> None:
    fix = json.loads(_check(drizzle, "--json").output)["findings"][0]["fix"]
    _write(drizzle, {"0001_custom_rls_extensions.sql": fix, "20260601_more/migration.sql": fix})
    for env, engine in (("prod", "Cloud SQL"), ("dev", "Postgres on a machine")):
        result = _check(drizzle, env=env)
        assert result.exit_code == SUCCESS
        assert result.output == f"3 files: nothing that {env} ({engine}) refuses\n"


def test_of_a_database_that_is_not_ours_nothing_is_said(
    drizzle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("beep_infra.settings.ENVIRONMENTS", edited(tmp_path, *WITHOUT_POSTGRES))
    result = _check(drizzle)
    assert result.exit_code == SUCCESS
    assert result.output.startswith("prod: enable_postgres is false")
    report = json.loads(_check(drizzle, "--json").output)
    assert (report["engine"], report["findings"], len(report["files"])) == (None, [], 3)


def test_an_unknown_environment_is_refused_with_the_names_there_are(drizzle: Path) -> None:
    assert 'no environment "prd"; did you mean prod? there are: dev,' in _refusal(drizzle, "prd")


def test_a_folder_that_is_none_is_refused(drizzle: Path) -> None:
    assert "does not exist" in _refusal(drizzle / "nowhere")
    assert "is not a folder" in _refusal(drizzle / "0001_custom_rls_extensions.sql")


def test_a_folder_without_sql_is_refused_with_what_is_there(tmp_path: Path) -> None:
    assert _refusal(tmp_path).endswith("the folder is empty")
    _write(tmp_path, {"schema.ts": "", "meta/_journal.json": "{}"})
    assert _refusal(tmp_path).endswith("there are: meta, schema.ts")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("SELECT 'a".encode("utf-16"), "is UTF-16"),
        (b"SELECT 1;\n-- \xff", "line 2 is not UTF-8"),
        (b"\x7fELF\0\0", "holds a NUL byte"),
        (b"-" * (MAX_BYTES + 1), "is larger than"),
        (b"SELECT 1;\nDO $$ BEGIN", "0002.sql:2: what begins with $$ here never ends"),
    ],
    ids=["UTF-16", "Latin-1", "binary", "huge", "no SQL"],
)
def test_a_file_that_is_no_sql_is_refused_by_name(
    content: bytes, reason: str, drizzle: Path
) -> None:
    _write(drizzle, {"0002.sql": content})
    message = _refusal(drizzle)
    assert "0002.sql" in message
    assert reason in message


def test_links_in_a_circle_end(drizzle: Path) -> None:
    (drizzle / "again").symlink_to(drizzle)
    assert _check(drizzle).exit_code == FINDINGS
    (drizzle / "0003.sql").symlink_to(drizzle / "0003.sql")
    assert "0003.sql" in _refusal(drizzle)
    (drizzle / "0003.sql").unlink()
    (drizzle / "0003.sql").mkdir()
    assert _check(drizzle).exit_code == FINDINGS


@pytest.mark.parametrize("arguments", [["drizzle"], ["--env", "prod"], ["a", "b", "--env", "dev"]])
def test_wrong_use_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, ["migrations", "check", *arguments]).exit_code == USAGE


def test_a_refusal_ends_with_2_and_prints_no_report(tmp_path: Path) -> None:
    done = run("migrations", "check", "nowhere", "--env", "prod", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (USAGE, "")
    assert done.stderr.startswith("beep-infra: nowhere: does not exist; name the folder")


def test_the_page_lists_every_kind_of_finding() -> None:
    page = (ROOT / "docs/reference/cli.md").read_text()
    (section,) = re.findall(r"## migrations check\n(.*?)\n## ", page, re.DOTALL)
    assert {*re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)} == {*Kind}


def test_what_takes_something_away_is_listed_as_a_release_file_has_it(tmp_path: Path) -> None:
    folder = tmp_path / "drizzle"
    folder.mkdir()
    (folder / "0001_add.sql").write_text('CREATE TABLE "a" ("b" text);')
    (folder / "0002_drop.sql").write_text('SELECT 1;\nALTER TABLE "a" DROP COLUMN "b";')
    command = ["migrations", "contract", str(folder)]
    listed = CliRunner().invoke(app, command)
    assert (listed.exit_code, listed.stdout) == (
        SUCCESS,
        '0002_drop.sql:2: ALTER TABLE "a" DROP COLUMN "b" (drops a column)\n'
        "2 files: 1 statement takes away what the version before may use\n",
    )
    data = json.loads(CliRunner().invoke(app, [*command, "--json"]).stdout)
    assert data == {
        "files": ["0001_add.sql", "0002_drop.sql"],
        "contract_statements": {
            "0002_drop.sql": ['2: ALTER TABLE "a" DROP COLUMN "b" (drops a column)']
        },
    }
    (folder / "0003.sql").write_text("SELECT 'never ends")
    refused = CliRunner().invoke(app, command).exception
    assert isinstance(refused, Refusal)
    assert str(refused).startswith("0003.sql:1: ")
