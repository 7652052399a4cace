"""One change of the source is exactly one finding."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

import drift
from drift import FindingKind
from drift.render import as_data, as_text
from envschema import CONTRACT, Need, Side, Variable, Version, variables
from tests.drift.support import CLIENT, IMPORTS, SERVER, SOURCE, troubles_of

MUTATIONS = [
    # what, in the server's source, becomes what; the finding, of which variable
    (
        'isVite: Config.boolean("IS_VITE")',
        'added: Config.port("ADDED_PORT"), isVite: Config.boolean("IS_VITE")',
        FindingKind.NEW,
        "ADDED_PORT",
    ),
    ('mcp: Config.url("MCP_URL"),', "", FindingKind.REMOVED, "APP_MCP_URL"),
    ('Config.url("MCP_URL")', 'Config.url("MCP_HOST")', FindingKind.RENAMED, "APP_MCP_URL"),
    ('Config.url("MCP_URL")', 'Config.string("MCP_URL")', FindingKind.KIND, "APP_MCP_URL"),
    ('Config.boolean("SSL")', 'Config.string("SSL")', FindingKind.KIND, "DB_PG_SSL"),
    ('"preview", "dev', '"preview", "beta", "dev', FindingKind.KIND, "VERCEL_ENV"),
    ('Config.string("NAME")', 'Config.port("NAME")', FindingKind.KIND, "APP_NAME"),
    (
        'Config.array(S.Config("PROV',
        '((x) => x)(S.Config("PROV',
        FindingKind.KIND,
        "OAUTH_PROVIDER_NAMES",
    ),
    (
        'Config.url("MCP_URL")',
        'Config.option(Config.url("MCP_URL"))',
        FindingKind.NEED,
        "APP_MCP_URL",
    ),
    (
        'Config.boolean("SSL").pipe(Config.withDefault(false))',
        'Config.boolean("SSL")',
        FindingKind.NEED,
        "DB_PG_SSL",
    ),
    (
        'Config.nonEmptyString("TOKEN")).pipe(orPlaceholder)',
        'Config.nonEmptyString("TOKEN"))',
        FindingKind.NEED,
        "MARKETING_DUB_TOKEN",
    ),
    ("Config.withDefault(5432)", "Config.withDefault(5433)", FindingKind.DEFAULT, "DB_PG_PORT"),
    ("LogLevel.None", "LogLevel.Info", FindingKind.DEFAULT, "APP_LOG_LEVEL"),
    (
        'Config.redacted(Config.nonEmptyString("BETTER_AUTH_SECRET"))',
        'Config.nonEmptyString("BETTER_AUTH_SECRET")',
        FindingKind.SECRECY,
        "BETTER_AUTH_SECRET",
    ),
    (
        'Config.nonEmptyString("BUCKET_NAME")',
        'Config.redacted(Config.nonEmptyString("BUCKET_NAME"))',
        FindingKind.SECRECY,
        "CLOUD_AWS_S3_BUCKET_NAME",
    ),
]
CLIENT_MUTATIONS = [
    ("name: S.NonEmptyTrimmedString", "name: S.String", FindingKind.KIND, "NEXT_PUBLIC_APP_NAME"),
    ("authUrl: BS.Url", "authUrl: S.optional(BS.Url)", FindingKind.NEED, "NEXT_PUBLIC_AUTH_URL"),
    (
        "google: S.String",
        "google: S.Redacted(S.String)",
        FindingKind.SECRECY,
        "NEXT_PUBLIC_GOOGLE_CLIENT_ID",
    ),
    (
        "NEXT_PUBLIC_AUTH_PATH",
        "NEXT_PUBLIC_AUTH_ROOT",
        FindingKind.RENAMED,
        "NEXT_PUBLIC_AUTH_PATH",
    ),
]


def _mutated(directory: Path, original: Path, old: str, new: str) -> Path:
    text = original.read_text()
    assert old in text
    path = directory / original.name
    path.write_text(text.replace(old, new, 1))
    return path


def test_the_whole_contract_is_read_without_drift() -> None:
    report = drift.compare([SOURCE])
    assert as_text(report).endswith("no drift: 76 variables in 2 files\n")
    assert report.is_clean
    schema = {name for name, variable in CONTRACT.items() if variable.side is not Side.RUNTIME}
    unread = {item.variable for item in report.accepted if item.aspect == "read"}
    assert set(report.facts) | unread == schema


@pytest.mark.parametrize(
    ("original", "old", "new", "kind", "variable"),
    [(SERVER, *row) for row in MUTATIONS] + [(CLIENT, *row) for row in CLIENT_MUTATIONS],
)
def test_a_change_of_the_source_is_one_finding(
    tmp_path: Path, original: Path, old: str, new: str, kind: FindingKind, variable: str
) -> None:
    path = _mutated(tmp_path, original, old, new)
    report = drift.compare([path])
    assert [(item.kind, item.variable) for item in report.findings] == [(kind, variable)]
    finding = report.findings[0]
    assert finding.position.file == str(path)
    if kind is not FindingKind.REMOVED:
        line = path.read_text().splitlines()[finding.position.line - 1]
        assert line[finding.position.column - 1 :].strip()
        name = report.facts[finding.found or ""].name if kind is FindingKind.RENAMED else variable
        assert name.split("_")[-1] in line


@pytest.mark.parametrize(
    ("original", "old", "new", "kind", "variable"),
    [(SERVER, *row) for row in MUTATIONS] + [(CLIENT, *row) for row in CLIENT_MUTATIONS],
)
def test_the_printed_declaration_ends_the_drift(
    tmp_path: Path, original: Path, old: str, new: str, kind: FindingKind, variable: str
) -> None:
    path = _mutated(tmp_path, original, old, new)
    report = drift.compare([path])
    text = drift.declarations(report)
    ast.parse(text)
    contract = _with(dict(CONTRACT), text)
    assert drift.compare([path], contract=contract).findings == ()


def _with(contract: dict[str, Variable], text: str) -> dict[str, Variable]:
    """Put printed declarations into a contract, as a person would."""
    for line in text.splitlines():
        for what in ("# remove ", "# instead of the present ", "# instead of "):
            if line.startswith(what):
                contract.pop(line.removeprefix(what), None)
                break
    for statement in ast.parse(text).body:
        assert isinstance(statement, ast.Expr)
        (declared,) = eval(ast.unparse(statement), vars(variables))
        contract[declared.name] = declared
    return contract


def test_every_kind_and_need_can_be_declared(tmp_path: Path) -> None:
    path = tmp_path / "ServerEnv.ts"
    path.write_text(
        IMPORTS
        + """export const config = Config.all([
    Config.integer("A"), Config.number("B"), Config.date("C"), Config.duration("D"),
    Config.literal('x"', "y'", "z\\n")("E"), Config.array(Config.literal("a", "b")("F")),
    Config.option(Config.logLevel("G")), Config.string("H").pipe(Config.withDefault('q"\\'')),
    Config.redacted("I").pipe(Config.withDefault(Redacted.make("canary"))),
    Config.redacted("J").pipe(Config.withDefault(Redacted.make("PLACE_HOLDER"))),
    S.decodeUnknownSync(S.Struct({ a: S.String }))({ a: process.env.NEXT_PUBLIC_K }),
])"""
    )
    report = drift.compare([path], contract={}, deviations=())
    assert {finding.kind for finding in report.findings} == {FindingKind.NEW}
    text = drift.declarations(report)
    contract = _with({}, text)
    assert drift.compare([path], contract=contract, deviations=()).findings == ()
    assert contract["NEXT_PUBLIC_K"].need is Need.MAY_BE_EMPTY
    assert "canary" not in text + as_text(report) + json.dumps(as_data(report))


def test_a_rename_needs_one_partner_and_the_same_facts(tmp_path: Path) -> None:
    candidates = _mutated(
        tmp_path,
        SERVER,
        'mcp: Config.url("MCP_URL"),',
        'one: Config.url("MCP_HOST"), two: Config.url("MCP_ADDRESS"),',
    )
    kinds = [finding.kind for finding in drift.compare([candidates]).findings]
    assert sorted(kinds) == [FindingKind.NEW, FindingKind.NEW, FindingKind.REMOVED]
    other = _mutated(tmp_path, SERVER, 'Config.url("MCP_URL")', 'Config.string("MCP_HOST")')
    kinds = [finding.kind for finding in drift.compare([other]).findings]
    assert sorted(kinds) == [FindingKind.NEW, FindingKind.REMOVED]
    far = _mutated(tmp_path, SERVER, 'Config.url("MCP_URL")', 'Config.url("TOOLS_ADDRESS")')
    kinds = [finding.kind for finding in drift.compare([far]).findings]
    assert sorted(kinds) == [FindingKind.NEW, FindingKind.REMOVED]


def test_a_difference_stays_accepted_only_while_the_source_says_it(tmp_path: Path) -> None:
    redacted = _mutated(
        tmp_path,
        SERVER,
        'url: Config.nonEmptyString("URL")',
        'url: Config.redacted(Config.nonEmptyString("URL"))',
    )
    assert drift.compare([redacted]).is_clean
    bucket = _mutated(tmp_path, SERVER, "Config.succeed(Email.make(", "Config.port(String(")
    assert not drift.compare([bucket]).is_clean


def test_only_the_given_side_is_compared() -> None:
    assert drift.compare([SERVER]).is_clean
    assert drift.compare([CLIENT]).is_clean


def test_what_may_hide_a_variable_does_not_call_it_removed(tmp_path: Path) -> None:
    path = _mutated(tmp_path, SERVER, 'Config.url("MCP_URL")', "readMcp()")
    report = drift.compare([path])
    findings = [(finding.kind, finding.variable) for finding in report.findings]
    assert (FindingKind.UNSEEN, "APP_MCP_URL") in findings
    assert len(troubles_of(report)) == 1
    assert len(findings) == 2


@pytest.mark.parametrize("name", ["NEXT_PUBLIC_ENV", "APP_MCP_URL"])
def test_a_name_is_reported_with_its_place_in_text_and_json(tmp_path: Path, name: str) -> None:
    contract = {k: v for k, v in CONTRACT.items() if k != name}
    report = drift.compare([SOURCE], contract=contract)
    (finding,) = report.findings
    assert f"{finding.position}: new: {name}" in as_text(report)
    assert f'"line": {finding.position.line},' in json.dumps(as_data(report))


def test_what_a_later_version_changes_is_declared_for_that_version(tmp_path: Path) -> None:
    version = Version.V2026_02
    text = SERVER.read_text().replace("BETTER_AUTH_SECRET", "AUTH_SECRET")
    old = 'mcp: Config.url("MCP_URL"),'
    assert old in text
    path = tmp_path / "ServerEnv.ts"
    path.write_text(text.replace(old, 'added: Config.url("ADDED_BY_IT"),'))
    report = drift.compare([path], version=version)
    declared = drift.declarations(report)
    assert "# end APP_MCP_URL: earlier versions read it; until=Version.V2026_02" in declared
    new = _with({}, declared)
    assert new["APP_ADDED_BY_IT"].since is version
    assert not new["APP_ADDED_BY_IT"].is_read_by(Version.V2025_12)
