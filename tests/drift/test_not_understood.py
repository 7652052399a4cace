"""What the reader does not understand is reported where it stands, and nothing is guessed."""

from __future__ import annotations

import subprocess
import sys
import time
from math import inf
from pathlib import Path

import pytest

import drift
from tests.drift.support import IMPORTS, SERVER, SOURCE, report_of, troubles_of

LINE = IMPORTS.count("\n") + 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export const c = Config.string(name());", "name of a variable is not a constant"),
        ("import { N } from 'x'; export const c = Config.string(N);", "N is declared elsewhere"),
        ("export const c = wrap(Config.string('A'));", "what wrap does is not known"),
        ("export const c = Config.all({ a: other });", "other is declared elsewhere"),
        ("export const c = Config.all({ ...others });", "what is spread is not followed"),
        ("export const c = Config.all(others);", "members of the group are not written out"),
        ("export const c = Config.all({ [key()]: Config.string('A') });", "key is not a constant"),
        ("export const c = x ? Config.string('A') : Config.string('B');", "depends on a condition"),
        ("export const c = Config.hashMap(Config.string(), 'A');", "known only when it runs"),
        (
            "export const c = Config.string('A').pipe(Config.withDefault(f()));",
            "the default is not",
        ),
        ("export const c = Config.string('A').pipe(Config.mapOrFail(f));", "the schema's own code"),
        ("export const c = Config.mapAttempt(Config.string('A'), f);", "the schema's own code"),
        ("export const c = Config.validate(Config.string('A'), {});", "the schema's own code"),
        ("export const c = Config.branded('A', Brand);", "the schema's own code"),
        ("export const c = Config.primitive('a', f).pipe(Config.nested('A'));", "own code"),
        (
            "export const c = Config.string('A').pipe(Config.orElse(() => Config.string('B')));",
            "two",
        ),
        (
            "export const c = Config.string('A').pipe("
            "Config.orElseIf({ orElse: () => Config.string('B') }));",
            "whether",
        ),
        (
            "export const c = Config.string('A').pipe(Config.somethingNew(1));",
            "Config.somethingNew",
        ),
        ("export const c = Config.somethingNew('A');", "what Config.somethingNew does"),
        ("export const c = Config.string();", "without a name"),
        ("export const c = Config.string('no name');", "no name of a variable"),
        ("export const c = Config.string`A`;", "a tagged template"),
        ("export const c = S.Config('A', Mine);", "the schema Mine is declared elsewhere"),
        ("export const c = S.Config('A', S.Int);", "Schema.Int is Effect's own"),
        ("export const c = S.Config('A', S.String.pipe(S.pattern(/x/)));", "Schema.pattern"),
        ("export const c = Config.string(...names);", "what is spread is not followed"),
        ("export const c = A.map(NAMES, Config.string);", "what A.map does is not known"),
        ("const of = (n) => Config.string(n); export const c = A.map(N, of);", "what A.map does"),
        ("if (x) { use(Config.string('A')); }", "Config is used in code that is not followed"),
        (
            "class C { static a = Config.string('A'); }",
            "Config is used in code that is not followed",
        ),
        ("export const f = () => Config.string('A');", "a function that nothing here calls"),
        ("const c = Config.string('A');", "c is neither exported nor used"),
        ("export const c = Effect.option(Config.string('A'));", "what Effect.option does"),
        ("export const c = process.env.A;", "A is read directly, without a schema"),
        ("export const c = () => process.env.A;", "A is read directly, without a schema"),
        ("export const c = S.decodeUnknownSync(S.Struct({ a: S.String }))({});", "gets no value"),
        ("export const c = other.load(Config.string('A'));", "what other.load does"),
        ("const loop = (n) => loop(n); export const c = Config.all([loop(1)]);", "nested deeper"),
        ("export const a = Config.all([b]), b = Config.all([a]);", "needs itself"),
        ("export const c = Config.all([Config.port('A'), Config.url('A')]);", "different kinds"),
        (
            "export const c = Config.all([1, 2].map((n) => "
            "Config.string('A').pipe(Config.withDefault(n))));",
            "different defaults",
        ),
    ],
)
def test_it_is_reported_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    report = report_of(tmp_path, f"{IMPORTS}{text}\n")
    assert not report.is_clean
    troubles = [trouble for trouble in troubles_of(report) if message in trouble]
    assert troubles, troubles_of(report)
    assert troubles[0].startswith(f"{LINE}:")


def test_a_helper_that_is_only_declared_reads_nothing(tmp_path: Path) -> None:
    text = "export const of = (name: string) => Config.nested('A')(Config.string(name));"
    used = "export const c = Config.string('A');"
    assert troubles_of(report_of(tmp_path, f"{IMPORTS}{text}\n{used}")) == []


def test_types_and_comments_read_nothing(tmp_path: Path) -> None:
    text = """
// Config.string("COMMENT")
type A = Config.Config<string>; type B = typeof Config.string;
declare const c: Config.Config<number>;
const text = "Config.string('TEXT') process.env.TEXT";
export const a: Config.Config<string> = Config.string("A");
"""
    report = report_of(tmp_path, IMPORTS + text)
    assert list(report.facts) == ["A"]
    assert troubles_of(report) == []


@pytest.mark.parametrize("text", ["", "\ufeff", "export const a = 1;", "\0\0", "// only this"])
def test_a_file_without_a_schema_is_no_agreement(tmp_path: Path, text: str) -> None:
    assert not report_of(tmp_path, text).is_clean


def test_a_syntax_error_is_reported_with_its_place(tmp_path: Path) -> None:
    report = report_of(tmp_path, 'export const a = 1;\nexport const b = Config.string("A";\n')
    assert troubles_of(report) == ["2: this is no TypeScript; the file was not compared"]


def test_bom_crlf_and_wide_characters_keep_the_positions(tmp_path: Path) -> None:
    path = tmp_path / "ServerEnv.ts"
    text = IMPORTS.strip() + "\nexport const c = [/* \U0001f600é */ Config.string('A')];\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    report = drift.compare([path], contract={}, deviations=())
    position = report.facts["A"].position
    line = text.splitlines()[position.line - 1]
    assert line[position.column - 1 :].startswith("Config.string('A')")


def test_paths_that_cannot_be_read_are_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "latin.ts").write_bytes(b"const a = 1;\nconst b = '\xe9';\n")
    (tmp_path / "huge.ts").write_bytes(b"a" * (3 * 1024 * 1024))
    for name, message in {
        "empty": "holds no ServerEnv.ts or ClientEnv.ts",
        "missing.ts": "is not there",
        "latin.ts": "is not UTF-8 (line 2)",
        "huge.ts": "is larger than 2048 KiB",
    }.items():
        with pytest.raises(
            drift.SourceError, match="(?s)" + message.replace("(", r"\(").replace(")", r"\)")
        ):
            drift.compare([tmp_path / name])


def test_a_directory_stands_for_the_schemas_below_it(tmp_path: Path) -> None:
    for below in ("packages/env/src", "node_modules/copy", "dist"):
        (tmp_path / below).mkdir(parents=True)
        (tmp_path / below / "ServerEnv.ts").write_text(SERVER.read_text())
    report = drift.compare([tmp_path])
    assert report.files == (str(tmp_path / "packages/env/src/ServerEnv.ts"),)
    assert report.is_clean


@pytest.mark.parametrize(
    "text",
    [
        "export const c = "
        + "Config.nested('A')(" * 3000
        + "Config.string('B')"
        + ")" * 3000
        + ";",
        "export const c = " + "(" * 20000 + "1" + ")" * 20000 + ";",
        "export const c = Config.string(" + "'A' + " * 5000 + "'B');",
        "export const c = " + "[" * 5000 + "Config.string('A')" + "]" * 5000 + ";",
        "const f = (n) => Config.all([f(n), f(n)]); export const c = f(1);",
        "const a0 = Config.all([Config.string('A')]);"
        + "".join(
            f"const a{n + 1} = Config.all({{ l: Config.nested('L')(a{n}), r: a{n} }});"
            for n in range(60)
        )
        + "export const c = a60;",
        "const a0 = Config.all({ a: Config.string('A') });"
        + "".join(f"const a{n + 1} = Config.all({{ l: a{n}, r: a{n} }});" for n in range(21))
        + "export const c = Config.nested('L')(a21);",
        "const t0 = 'A';"
        + "".join(f"const t{n + 1} = t{n} + t{n};" for n in range(60))
        + "export const c = Config.string(t60);",
        "const l0 = ['A'];"
        + "".join(f"const l{n + 1} = [...l{n}, ...l{n}];" for n in range(60))
        + "export const c = Config.all(l60);",
    ],
    ids=[
        "nested",
        "parentheses",
        "sum",
        "lists",
        "recursion",
        "doubling",
        "sharing",
        "text",
        "spread",
    ],
)
def test_what_never_ends_is_reported_soon(tmp_path: Path, text: str) -> None:
    begun = time.process_time()
    report = report_of(tmp_path, IMPORTS + text)
    assert not report.is_clean
    # Of the processor: other processes may keep the clock running.
    assert time.process_time() - begun < 10


def _seconds(lines: int, folder: Path) -> float:
    """Return the processor time of reading a schema with so many lines."""
    rows = "\n".join(
        f"  v{n}: Config.redacted(Config.nonEmptyString('V{n}')).pipe(Config.option),"
        for n in range(lines)
    )
    path = folder / "ServerEnv.ts"
    path.write_text(f"{IMPORTS}export const c = Config.all({{\n{rows}\n}});\n")
    before = time.process_time()
    report = drift.compare([path], contract={}, deviations=())
    seconds = time.process_time() - before
    assert len(report.facts) == lines
    return seconds


def test_time_grows_with_the_lines_of_a_schema_and_no_faster(tmp_path: Path) -> None:
    many = few = inf
    # The least of up to three readings: a machine that is busy slows some of them.
    for _ in range(3):
        few = min(few, _seconds(1000, tmp_path))
        many = min(many, _seconds(5000, tmp_path))
        if many < 10 * few:
            break
    assert many < 10 * few


def test_reading_starts_without_the_bindings() -> None:
    code = "import sys, drift; assert not {'cdktf', 'jsii', 'pydantic', 'typer'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=SOURCE.parents[2])
