"""Schemas in other packages of a monorepo are followed, and what is not is named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

import drift
from drift import FindingKind
from drift.render import as_data, as_text
from drift.workspace import Workspace
from envschema import kinds
from tests.drift.support import CLIENT, SERVER, facts_of, report_of, troubles_of

CONSTANTS = "packages/common/constants"
SCHEMA = "packages/common/schema"
DOMAIN = "packages/shared/domain"
ENV = "packages/shared/env/src"
KIT = 'import { BS } from "@beep/schema";\n'
MONOREPO = {
    "package.json": '{"name": "root", "workspaces": ["packages/common/*", "packages/shared/*"]}',
    "tsconfig.base.json": """{
        // paths of the packages
        "compilerOptions": {
            "baseUrl": ".", /* here */
            "paths": {
                "@beep/schema": ["./packages/common/schema/src/index"],
                "@beep/schema/*": ["./packages/common/schema/src/*"],
            },
        },
    }""",
    f"{CONSTANTS}/package.json": '{"name": "@beep/constants", "exports": {".": "./src/index.ts"}}',
    f"{CONSTANTS}/src/index.ts": 'export * from "./env/index.js";\nexport * from "./Log";\n'
    'export { AuthProviderNameValue } from "./AuthProviders.js";\n',
    f"{CONSTANTS}/src/env/index.ts": 'export * from "./EnvValue";\n',
    f"{CONSTANTS}/src/env/EnvValue.ts": KIT
    + 'export class EnvValue extends BS.StringLiteralKit("dev", "staging", "prod").annotations('
    '{ title: "Env" }) {}\nexport declare namespace EnvValue { type Type = string }\n',
    f"{CONSTANTS}/src/Log.ts": KIT
    + 'const kit = BS.stringLiteralKit("pretty", "json", "logFmt", "structured");\n'
    "export class LogFormat extends kit.Schema.annotations({}) {\n"
    "  static readonly Options = kit.Options;\n  static readonly Enum = kit.Enum;\n}\n"
    "export const { Schema: LogLevel, Enum: LogLevelEnum } = BS.stringLiteralKit("
    '"All", "Debug", "Error", "Fatal", "Info", "Trace", "None", "Warning");\n',
    f"{CONSTANTS}/src/AuthProviders.ts": KIT
    + "export class AuthProviderNameValue extends BS.StringLiteralKit(\n"
    '  "github", "google", "linkedin", "twitter", "discord" // "microsoft"\n) {\n'
    "  static readonly filter = (all: string[]) => AuthProviderNameValue.Options.filter(all);\n}\n",
    f"{SCHEMA}/package.json": '{"name": "@beep/schema", "exports": {"./*": "./src/*.ts"}}',
    f"{SCHEMA}/src/index.ts": 'export * as BS from "@beep/schema/schema";\n',
    f"{SCHEMA}/src/schema.ts": 'export * from "./kit";\nexport * from "@beep/schema/primitives";\n',
    f"{SCHEMA}/src/kit.ts": "export function StringLiteralKit(...all) { return all; }\n"
    "export const stringLiteralKit = StringLiteralKit;\n"
    "export const destructiveTransform = (f) => (self) => self;\n",
    f"{SCHEMA}/src/primitives/index.ts": 'export * from "./network";\n',
    f"{SCHEMA}/src/primitives/network.ts": 'import * as S from "effect/Schema";\n'
    "export class Url extends S.Trimmed.pipe(S.filter((a) => URL.canParse(a))) {}\n"
    "export class URLPath extends S.String.pipe(S.pattern(/^\\//)) {}\n"
    "export class DomainName extends S.String.pipe(S.lowercased(), S.pattern(/x/)) {}\n"
    "export class Email extends S.String.pipe(S.pattern(/@/)) {}\n",
    f"{SCHEMA}/src/identity/index.ts": 'export * as EntityId from "./entity-id";\n',
    f"{SCHEMA}/src/identity/entity-id.ts": "export const make = (table, options) => class {};\n",
    f"{DOMAIN}/package.json": json.dumps(
        {
            "name": "@beep/shared-domain",
            "exports": {
                "./*": {"types": "./dist/dts/*/index.d.ts", "default": "./dist/esm/*/index.js"}
            },
        }
    ),
    f"{DOMAIN}/src/entity-ids/index.ts": 'export * as SharedEntityIds from "./ids";\n',
    f"{DOMAIN}/src/entity-ids/ids.ts": 'import { EntityId } from "@beep/schema/identity";\n'
    'export const UserId = EntityId.make("user", { brand: "UserId" }).annotations({});\n',
    "packages/shared/env/package.json": '{"name": "@beep/shared-env"}',
    f"{ENV}/ServerEnv.ts": SERVER.read_text(),
    f"{ENV}/ClientEnv.ts": CLIENT.read_text(),
}


def _monorepo(root: Path, changes: Mapping[str, str | None] = {}) -> Path:
    for name, text in {**MONOREPO, **changes}.items():
        if text is not None:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return root


def _changed(name: str, old: str, new: str) -> dict[str, str | None]:
    assert old in MONOREPO[name]
    return {name: MONOREPO[name].replace(old, new)}


def _findings(report: drift.Report) -> set[tuple[FindingKind, str | None]]:
    return {(finding.kind, finding.variable) for finding in report.findings}


@pytest.mark.parametrize("given", [".", ENV, f"{ENV}/ServerEnv.ts"])
def test_a_monorepo_that_agrees_is_read_through_its_packages(tmp_path: Path, given: str) -> None:
    report = drift.compare([_monorepo(tmp_path) / given])
    assert as_text(report).splitlines()[-1].startswith("no drift: ")
    assert any(path.endswith("constants/src/env/EnvValue.ts") for path in report.followed)
    named = {item.name for item in report.trusted}
    assert not named & {"EnvValue", "LogFormat", "LogLevel", "AuthProviderNameValue", "UserId"}
    assert {"DomainName", "StringLiteralKit", "EntityId.make"} <= named


@pytest.mark.parametrize(
    ("name", "old", "new", "variables", "says"),
    [
        (
            f"{CONSTANTS}/src/env/EnvValue.ts",
            '"prod"',
            '"production"',
            {"APP_ENV", "NEXT_PUBLIC_ENV"},
            "accepts 'prod' no more and accepts 'production' too",
        ),
        (
            f"{CONSTANTS}/src/Log.ts",
            '"json", ',
            "",
            {"APP_LOG_FORMAT", "NEXT_PUBLIC_LOG_FORMAT"},
            "accepts 'json' no more",
        ),
        (
            f"{CONSTANTS}/src/Log.ts",
            '"Warning"',
            '"Warn"',
            {"NEXT_PUBLIC_LOG_LEVEL"},
            "accepts 'Warning' no more and accepts 'Warn' too",
        ),
        (
            f"{CONSTANTS}/src/AuthProviders.ts",
            '"discord"',
            '"discord", "microsoft"',
            {"OAUTH_PROVIDER_NAMES", "NEXT_PUBLIC_AUTH_PROVIDER_NAMES"},
            "accepts 'microsoft' too",
        ),
        (
            f"{DOMAIN}/src/entity-ids/ids.ts",
            '"user"',
            '"account"',
            {"APP_ADMIN_USER_IDS"},
            "is of another kind",
        ),
    ],
)
def test_a_change_in_another_package_is_reported(
    tmp_path: Path, name: str, old: str, new: str, variables: set[str], says: str
) -> None:
    report = drift.compare([_monorepo(tmp_path, _changed(name, old, new))])
    assert _findings(report) == {(FindingKind.KIND, variable) for variable in variables}
    assert all(finding.what == says for finding in report.findings)


def test_what_is_trusted_is_named_with_its_reason_in_text_and_json(tmp_path: Path) -> None:
    report = drift.compare([_monorepo(tmp_path)])
    (domain,) = [item for item in report.trusted if item.name == "DomainName"]
    assert domain.package == "@beep/schema/primitives"
    assert "network.ts:4:" in domain.why
    assert f"    DomainName of @beep/schema/primitives: {domain.why}\n" in as_text(report)
    data = as_data(report)
    trusted = data["trusted"]
    assert isinstance(trusted, list)
    assert {"schema", "package", "why", "file", "line", "column"} == set(trusted[0])
    assert len(trusted) == len(report.trusted)


def test_outside_of_a_workspace_everything_is_trusted_and_named(tmp_path: Path) -> None:
    report = drift.compare([SERVER, CLIENT])
    assert report.is_clean
    assert report.followed == ()
    reasons = {item.name: item.why for item in report.trusted}
    assert {"EnvValue", "LogFormat", "LogLevel", "AuthProviderNameValue", "UserId"} <= {
        name.rpartition(".")[2] for name in reasons
    }
    assert "no workspace of packages is around" in reasons["EnvValue"]


def test_a_closed_list_that_is_no_literal_any_more_is_not_trusted(tmp_path: Path) -> None:
    name = f"{CONSTANTS}/src/env/EnvValue.ts"
    text = 'import * as S from "effect/Schema";\nexport class EnvValue extends S.pattern(/x/) {}\n'
    report = drift.compare([_monorepo(tmp_path, {name: text}) / ENV / "ServerEnv.ts"])
    troubles = {f"{f.position}: {f.what}" for f in report.findings if f.variable is None}
    assert any("EnvValue.ts:2:" in trouble for trouble in troubles), troubles


def test_the_file_of_the_user_id_can_be_given_without_a_workspace(tmp_path: Path) -> None:
    ids = tmp_path / "ids.ts"
    ids.write_text(MONOREPO[f"{DOMAIN}/src/entity-ids/ids.ts"])
    report = drift.compare([SERVER, ids])
    assert report.is_clean
    assert "SharedEntityIds.UserId" not in {item.name for item in report.trusted}
    ids.write_text(ids.read_text().replace('"user"', '"account"'))
    assert _findings(drift.compare([SERVER, ids])) == {(FindingKind.KIND, "APP_ADMIN_USER_IDS")}


def test_a_barrel_that_is_given_is_followed(tmp_path: Path) -> None:
    for name in ("index.ts", "env/index.ts", "env/EnvValue.ts", "Log.ts", "AuthProviders.ts"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(MONOREPO[f"{CONSTANTS}/src/{name}"])
    assert drift.compare([SERVER, tmp_path / "index.ts"]).is_clean
    value = tmp_path / "env/EnvValue.ts"
    value.write_text(value.read_text().replace('"prod"', '"live"'))
    report = drift.compare([SERVER, tmp_path / "index.ts", value])
    assert _findings(report) == {(FindingKind.KIND, "APP_ENV")}


def test_a_given_file_that_serves_nobody_says_what_it_exports(tmp_path: Path) -> None:
    other = tmp_path / "other.ts"
    other.write_text("export const Other = 1;\n")
    assert troubles_of(drift.compare([SERVER, other])) == [
        "1: no schema is read in this file, and no other given file imports what it exports: Other"
    ]


RESOLUTIONS = [
    # the manifest of the package @beep/p, its file, what is imported
    ({"exports": "./src/main.ts"}, "src/main.ts", "@beep/p"),
    ({"exports": {"import": "./src/main.ts"}}, "src/main.ts", "@beep/p"),
    ({"exports": {".": ["./no.ts", "./src/main.ts"]}}, "src/main.ts", "@beep/p"),
    ({"exports": {"./*": "./src/*.ts"}}, "src/a/b.ts", "@beep/p/a/b"),
    ({"exports": {"./*": "./src/*.ts", "./a/*": "./lib/*.ts"}}, "lib/b.ts", "@beep/p/a/b"),
    ({"exports": {"./*.js": "./src/*.ts"}}, "src/a.ts", "@beep/p/a.js"),
    ({"exports": {".": {"browser": "./b.ts", "default": "./d.ts"}}}, "d.ts", "@beep/p"),
    ({"exports": {".": {"node": {"import": "./dist/esm/a.js"}}}}, "src/a.ts", "@beep/p"),
    ({"exports": {".": {"types": "./build/dts/a.d.ts"}}}, "src/a.ts", "@beep/p"),
    ({"main": "./dist/index.js"}, "src/index.ts", "@beep/p"),
    ({"types": "src/types.ts"}, "src/types.ts", "@beep/p"),
    ({}, "index.ts", "@beep/p"),
    ({}, "src/deep/index.ts", "@beep/p/deep"),
    ({"exports": {"./a": None}, "main": "./src/index.ts"}, None, "@beep/p/a"),
    ({"exports": {"./*": "../../secret.ts"}}, None, "@beep/p/a"),
    ({"exports": 7}, None, "@beep/p"),
]


@pytest.mark.parametrize(("manifest", "file", "specifier"), RESOLUTIONS)
def test_a_package_leads_to_its_source(
    tmp_path: Path, manifest: dict[str, object], file: str | None, specifier: str
) -> None:
    root = tmp_path / "root"
    folder = root / "packages" / "p"
    folder.mkdir(parents=True)
    (root / "package.json").write_text('{"workspaces": {"packages": ["packages/**", "!**/x"]}}')
    (folder / "package.json").write_text(json.dumps({"name": "@beep/p", **manifest}))
    (tmp_path / "secret.ts").write_text("")
    for path in ("b.ts", file or "b.ts"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    importer = root / "ServerEnv.ts"
    workspace = Workspace.around(importer)
    assert workspace is not None
    found = workspace.find(specifier, importer)
    if file is None:
        assert isinstance(found, str)
        assert "packages/p/package.json leads from" in found
    else:
        assert found == folder / file


def test_pnpm_lists_packages_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "pnpm-workspace.yaml").write_text(
        "catalog:\n  - none\npackages: # all\n  - 'libs/*'   # ours\n"
        "- \"tools/**\"\n  - '!libs/old'\n"
    )
    for name in ("libs/a", "libs/old", "tools/deep/b", "other/c", "libs/node_modules/d"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "package.json").write_text(json.dumps({"name": name[-1]}))
        (tmp_path / name / "index.ts").write_text("")
    importer = tmp_path / "libs" / "a" / "x.ts"
    workspace = Workspace.around(importer)
    assert workspace is not None
    found = {name for name in "abcd" if isinstance(workspace.find(name, importer), Path)}
    assert found == {"a", "b"}
    assert "no package old" in str(workspace.find("old", importer))


def test_a_tsconfig_extends_others_and_the_nearest_path_wins(tmp_path: Path) -> None:
    for name, text in {
        "package.json": '{"workspaces": ["*"]}',
        "tsconfig.base.json": '{"compilerOptions": {"paths": {"~/*": ["./far/*"], "@x": ["x"]}}}',
        "app/tsconfig.json": '{"extends": ["../tsconfig.base", "./missing"]}',
        "app/tsconfig.src.json": '{"compilerOptions": {"baseUrl": "src", "paths": {"@y": ["y"]}}}',
        "near/tsconfig.json": '{"extends": "./tsconfig.json", "compilerOptions": {"paths": '
        '{"~/*": ["./none/*", "./own/*"], "~/deep/*": ["./deep/*"]}}}',
        "far/a.ts": "",
        "x.ts": "",
        "app/src/y.ts": "",
        "near/own/a.ts": "",
        "near/deep/a.ts": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(text)
    workspace = Workspace.around(tmp_path / "app/main.ts")
    assert workspace is not None
    for importer, specifier, file in (
        ("app/main.ts", "~/a", "far/a.ts"),
        ("app/main.ts", "@x", "x.ts"),
        ("app/main.ts", "@y", "app/src/y.ts"),
        ("near/main.ts", "~/a", "near/own/a.ts"),
        ("near/main.ts", "~/deep/a", "near/deep/a.ts"),
    ):
        found = workspace.find(specifier, tmp_path / importer)
        assert isinstance(found, Path)
        assert found.resolve() == tmp_path / file, specifier


def test_circles_links_and_broken_files_end_in_a_reason(tmp_path: Path) -> None:
    root = _monorepo(
        tmp_path / "root",
        {
            f"{CONSTANTS}/src/index.ts": 'export * from "./index";\nexport * from "./a";\n'
            'export { LogFormat } from "./a";\nexport * as Self from ".";\n',
            f"{CONSTANTS}/src/a.ts": 'export * from "./index";\nexport { LogFormat } from "./b";\n',
            f"{CONSTANTS}/src/b.ts": 'export { LogFormat } from "./index";\n',
            f"{SCHEMA}/package.json": "{" * 100_000,
            "packages/common/broken/package.json": "\0",
        },
    )
    (root / "packages" / "common" / "loop").symlink_to(root, target_is_directory=True)
    report = drift.compare([root / ENV / "ServerEnv.ts"])
    assert not report.is_clean
    reasons = {item.name: item.why for item in report.trusted}
    assert "index.ts does not export EnvValue" in reasons["EnvValue"]


@pytest.mark.parametrize("name", ["index.ts", "env/EnvValue.ts"])
def test_a_link_out_of_the_workspace_is_not_followed(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside.ts"
    outside.write_text(
        'import * as S from "effect/Schema";\nexport const EnvValue = S.Literal("stolen");\n'
    )
    root = _monorepo(tmp_path / "root")
    link = root / CONSTANTS / "src" / name
    link.unlink()
    link.symlink_to(outside)
    report = drift.compare([root / ENV / "ServerEnv.ts"])
    assert "EnvValue" in {item.name for item in report.trusted}
    assert not any("outside" in path for path in report.followed)
    assert "stolen" not in as_text(report)


def test_long_chains_of_files_end(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"workspaces": []}')
    for n in range(400):
        names = f'import {{ n{n + 1} }} from "./f{n + 1}";\nexport const n{n} = n{n + 1};\n'
        (tmp_path / f"f{n}.ts").write_text(names)
        (tmp_path / f"e{n}.ts").write_text(f'export {{ x }} from "./e{n + 1}";\n')
        (tmp_path / f"s{n}.ts").write_text(f'export * from "./s{n + 1}";\n')
    (tmp_path / "s400.ts").write_text('export const y = "FAR";\n')
    text = (
        'import { n0 } from "./f0"; import { x } from "./e0"; import { y } from "./s0";\n'
        'import * as Config from "effect/Config";\n'
        "export const a = Config.string(n0), b = Config.string(x), c = Config.string(y);\n"
    )
    report = report_of(tmp_path, text)
    assert set(report.facts) == {"FAR"}
    assert len(troubles_of(report)) == 2


def test_an_object_of_imports_is_a_group(tmp_path: Path) -> None:
    (tmp_path / "parts.ts").write_text(
        'import * as Config from "effect/Config";\nexport * from "./more";\n'
        'export const a = Config.string("A");\n'
    )
    (tmp_path / "more.ts").write_text(
        'import * as Config from "effect/Config";\nexport const b = Config.port("B");\n'
        'export * as all from "./parts";\n'
    )
    facts = facts_of(
        tmp_path, "Config.all({ a: P.a, b: P.all.b })", before='import * as P from "./parts";'
    )
    assert set(facts) == {"A", "B"}
    assert facts["B"].kind is kinds.PORT
