"""The command, in processes of its own."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from beep_infra.app import app
from envfile import RULES
from environments import Configuration, Environment
from envschema import CONTRACT, Side
from scripts.environment_page import PAGE, page
from tests.commands import COMMAND, cost, run, started
from tests.envfile import samples
from tests.envfile.test_rules import CANARY
from tests.support import ENVIRONMENTS, ROOT

SUCCESS, FINDINGS, USAGE = 0, 1, 2


@pytest.fixture
def good(prod: Environment, tmp_path: Path) -> Path:
    path = tmp_path / ".env.prod"
    path.write_text(samples.dotenv(samples.values(prod)))
    return path


def test_a_good_file_has_no_problems(good: Path) -> None:
    done = started("env", "check", ".env.prod", "--env", "prod", cwd=good.parent)
    assert (done.returncode, done.stdout) == (SUCCESS, ".env.prod: no problems\n")


def test_problems_are_reported_with_the_file_and_line_that_editors_link_to(good: Path) -> None:
    good.write_text("# one\n" + good.read_text().replace("APP_ENV='prod'", "APP_ENV='production'"))
    done = run("env", "check", ".env.prod", "--env", "prod", cwd=good.parent)
    assert done.returncode == FINDINGS
    assert done.stdout.startswith(".env.prod:3: APP_ENV is not a literal")


def test_json_says_the_same(good: Path) -> None:
    good.write_text(good.read_text().replace("APP_ENV='prod'\n", "export APP_ENV=x\n"))
    done = run("env", "check", str(good), "--json", "--side", "server")
    report = json.loads(done.stdout)
    assert done.returncode == FINDINGS
    assert report["environment"] is None
    assert [(f["line"], f["name"], f["rule"]) for f in report["findings"]] == [
        (2, "APP_ENV", "wrong-kind")
    ]


def test_standard_input_is_a_file_too() -> None:
    done = run("env", "check", "-", "--json", stdin=b"\xef\xbb\xbfAPP_NAM=x\r\n")
    assert json.loads(done.stdout)["findings"][0]["rule"] == "unknown-name"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"A=\xff\n", "line 1 is not UTF-8"),
        ("A=1".encode("utf-16"), "UTF-16"),
        (b"A=1\n" * 300_000, "larger than"),
    ],
)
def test_a_file_that_is_no_dotenv_file_is_refused(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    done = run("env", "check", str(path))
    assert done.returncode == USAGE
    assert reason in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("env", "check"),
        ("env", "check", "/nowhere/.env"),
        ("env", "check", "/"),
        ("env", "check", "-", "--env", "production"),
        ("env", "check", "-", "--ignore", "unknwon-name"),
        ("env", "build-args", "api", "--env", "prod"),
        ("env", "build-args", "marketing", "--env", "dev"),
        ("env", "build-args", "web"),
        ("env", "show", "--env", "prod", "--markdown", "--json"),
        ("env", "show", "marketing", "--env", "dev"),
        ("env", "chekc"),
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_says_why(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == USAGE
    assert done.stderr.strip()
    assert done.stdout == ""


@settings(max_examples=150, deadline=None, database=None)
@given(content=st.one_of(st.binary(max_size=80), st.text(max_size=80).map(str.encode)))
def test_no_input_crashes_the_command_or_is_printed(content: bytes) -> None:
    line = b"\nBETTER_AUTH_SECRET='" + CANARY.encode() + b"'\nX=" + CANARY.encode()
    result = CliRunner().invoke(app, ["env", "check", "-"], input=content + line)
    assert result.exception is None or type(result.exception).__name__ in {"SystemExit", "Refusal"}
    assert CANARY not in result.output + str(result.exception)


def test_build_arguments_are_complete_and_pass_the_check(good: Path) -> None:
    for name in ("web", "todox"):
        build = run("env", "build-args", name, "--env", "prod")
        assert build.returncode == SUCCESS
        path = good.parent / f".env.{name}"
        path.write_text(build.stdout)
        done = run("env", "check", str(path), "--env", "prod", "--side", "client")
        assert done.returncode == SUCCESS, done.stdout


def test_each_form_of_the_build_arguments_says_the_same() -> None:
    def output(form: str) -> str:
        return run("env", "build-args", "web", "--env", "staging", "--format", form).stdout

    values = json.loads(output("json"))
    assert values.keys() == {n for n, v in CONTRACT.items() if v.side is Side.CLIENT}
    docker = [argument.removeprefix("--build-arg=") for argument in shlex.split(output("docker"))]
    assert dict(argument.split("=", 1) for argument in docker) == values
    first, *lines, last = output("github").splitlines()
    assert first == f"build_args<<{last}"
    assert dict(line.split("=", 1) for line in lines) == values


def test_the_matrix_names_every_binding_once_and_no_value_of_a_secret(prod: Environment) -> None:
    rows = json.loads(run("env", "show", "--env", "prod", "--json").stdout)
    shown = {(row["app"], row["variable"]) for row in rows}
    assert len(rows) == len(shown)
    assert shown == {(a, name) for a, bound in prod.apps.items() for name in bound.bindings}
    for row in rows:
        assert (row["value"] is None) == row["source"].startswith("secret@")


def test_a_table_shows_the_version_that_is_pinned() -> None:
    table = run("env", "show", "api", "--env", "prod").stdout
    (row,) = [line for line in table.splitlines() if line.startswith("BETTER_AUTH_SECRET ")]
    assert row.split() == [
        "BETTER_AUTH_SECRET", "secret@2", "beep-better-auth-secret", "(secret)", "api",
    ]  # fmt: skip


def test_the_page_of_the_environment_is_current(configuration: Configuration) -> None:
    assert PAGE.read_text() == page(configuration), "run make update-snapshots"


def test_an_unknown_environment_or_application_is_refused_with_the_names_there_are() -> None:
    answer = run("env", "show", "--env", "stagin")
    assert answer.returncode == USAGE
    assert 'there is no environment "stagin"; did you mean staging?' in answer.stderr
    assert ", ".join(ENVIRONMENTS) in answer.stderr
    answer = run("env", "show", "webs", "--env", "prod")
    assert answer.returncode == USAGE
    assert "there is no application webs; did you mean web?" in answer.stderr
    answer = run("env", "show", "marketing", "--env", "dev")
    assert "marketing is not deployed in dev; there are: api, web, todox, migrate" in answer.stderr


@pytest.mark.parametrize("arguments", [(), ("env",), ("env", "check"), ("env", "show")])
def test_help_says_how_to_use_it(arguments: tuple[str, ...]) -> None:
    done = run(*arguments, "--help")
    assert done.returncode == SUCCESS
    assert "Usage: beep-infra" in done.stdout
    if arguments[1:]:
        assert "Examples:" in done.stdout


LIBRARY = "import typer, rich.console"


def test_the_command_starts_in_little_more_time_than_its_library(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("APP_ENV=prod\n")
    assert cost(LIBRARY, "--help", limit=4) < 4
    assert cost(LIBRARY, "env", "check", str(tmp_path / "f"), limit=4) < 4


def test_five_thousand_lines_take_a_few_times_as_long_as_the_start(good: Path) -> None:
    lines = (f"APP_LOG_LEVL_{n}=${{APP_NAME}}-{n}" for n in range(5_000))
    good.write_text(good.read_text() + "\n".join(lines))
    assert cost(LIBRARY, "env", "check", str(good), "--env", "prod", limit=12) < 12


def test_no_command_loads_the_provider(good: Path) -> None:
    done = subprocess.run(
        [COMMAND, "env", "check", good, "--env", "prod"],
        env={**os.environ, "PYTHONVERBOSE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "import 'environments" in done.stderr
    for unwanted in ("cdktf", "jsii", "constructs'", "constructs.", "tree_sitter"):
        assert f"import '{unwanted}" not in done.stderr


DOCS = (ROOT / "docs" / "reference" / "cli.md").read_text()


def test_the_page_shows_what_the_command_prints(
    tmp_path: Path, outdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", str(outdir))
    ((sample),) = re.findall(r"```dotenv\n(.*?)```", DOCS, re.DOTALL)
    (tmp_path / ".env").write_text(sample)
    for name, migration in re.findall(r"```sql\n-- (\S+)\n(.*?)```", DOCS, re.DOTALL):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(f"-- {name}\n{migration}")
    shown = re.findall(r"```console\n\$ beep-infra (.*?)\n(.*?)```", DOCS, re.DOTALL)
    assert len(shown) == 6
    for arguments, output in shown:
        printed = run(*shlex.split(arguments), cwd=tmp_path).stdout
        start, cut, _ = output.partition("...\n")
        assert printed.startswith(start) if cut else printed == output


def test_the_page_lists_every_rule() -> None:
    (section,) = re.findall(r"\n## env check\n(.*?)\n## ", DOCS, re.DOTALL)
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE) == list(RULES)
