"""Each construct of Effect's Config and Schema, in each form that the source may write it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import drift
from drift import FindingKind
from drift.facts import same_kind
from envschema import Need, kinds
from envschema.kinds import Kind
from tests.drift.support import CLIENT, IMPORTS, SERVER, facts_of, report_of, troubles_of


@pytest.mark.parametrize(
    ("expression", "kind", "need", "default", "secret"),
    [
        ('Config.string("A")', kinds.STRING, Need.REQUIRED, None, False),
        ('Config.nonEmptyString("A")', kinds.NON_EMPTY, Need.REQUIRED, None, False),
        ('Config.url("A")', kinds.URL, Need.REQUIRED, None, False),
        ('Config.port("A")', kinds.PORT, Need.REQUIRED, None, False),
        ('Config.boolean("A")', kinds.BOOLEAN, Need.REQUIRED, None, False),
        ('Config.integer("A")', kinds.INTEGER, Need.REQUIRED, None, False),
        ('Config.number("A")', kinds.NUMBER, Need.REQUIRED, None, False),
        ('Config.date("A")', kinds.DATE, Need.REQUIRED, None, False),
        ('Config.duration("A")', kinds.DURATION, Need.REQUIRED, None, False),
        ('Config.logLevel("A")', kinds.SERVER_LOG_LEVEL, Need.REQUIRED, None, False),
        ('Config.secret("A")', kinds.STRING, Need.REQUIRED, None, True),
        ('Config.redacted("A")', kinds.STRING, Need.REQUIRED, None, True),
        ('Config.redacted(Config.url("A"))', kinds.URL, Need.REQUIRED, None, True),
        ('Config.url("A").pipe(Config.redacted)', kinds.URL, Need.REQUIRED, None, True),
        ('Config.literal("a", "b")("A")', kinds.one_of("a", "b"), Need.REQUIRED, None, False),
        ('Config.literal(1, true)("A")', kinds.one_of("1", "true"), Need.REQUIRED, None, False),
        (
            'Config.array(Config.url("A"))',
            kinds.comma_separated(kinds.URL),
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'Config.hashSet(Config.url(), "A")',
            kinds.comma_separated(kinds.URL),
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'Config.chunk(Config.port(), "A")',
            kinds.comma_separated(kinds.PORT),
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'Config.repeat(Config.port("A"))',
            kinds.comma_separated(kinds.PORT),
            Need.REQUIRED,
            None,
            False,
        ),
        ('Config.option(Config.port("A"))', kinds.PORT, Need.OPTIONAL, None, False),
        ('Config.port("A").pipe(Config.option)', kinds.PORT, Need.OPTIONAL, None, False),
        ('pipe(Config.port("A"), Config.option)', kinds.PORT, Need.OPTIONAL, None, False),
        ('F.pipe(Config.port("A"), Config.option)', kinds.PORT, Need.OPTIONAL, None, False),
        ('Config.withDefault(Config.port("A"), 80)', kinds.PORT, Need.DEFAULT, "80", False),
        ('Config.port("A").pipe(Config.withDefault(80))', kinds.PORT, Need.DEFAULT, "80", False),
        (
            'pipe(Config.port("A"), Config.withDefault(8_0))',
            kinds.PORT,
            Need.DEFAULT,
            "80",
            False,
        ),
        (
            'Config.boolean("A").pipe(Config.withDefault(false))',
            kinds.BOOLEAN,
            Need.DEFAULT,
            "false",
            False,
        ),
        (
            'Config.string("A").pipe(Config.withDefault(""))',
            kinds.STRING,
            Need.DEFAULT,
            "",
            False,
        ),
        (
            'Config.string("A").pipe(Config.withDefault(`x${1}`))',
            kinds.STRING,
            Need.DEFAULT,
            "x1",
            False,
        ),
        (
            'Config.integer("A").pipe(Config.withDefault(-5))',
            kinds.INTEGER,
            Need.DEFAULT,
            "-5",
            False,
        ),
        (
            'Config.string("A").pipe(Config.withDefault(undefined))',
            kinds.STRING,
            Need.OPTIONAL,
            None,
            False,
        ),
        (
            'Config.string("A").pipe(Config.map(O.some), Config.withDefault(O.none()))',
            kinds.STRING,
            Need.OPTIONAL,
            None,
            False,
        ),
        (
            'Config.logLevel("A").pipe(Config.withDefault(LogLevel.None))',
            kinds.SERVER_LOG_LEVEL,
            Need.DEFAULT,
            "None",
            False,
        ),
        (
            'Config.duration("A").pipe(Config.withDefault(Duration.seconds(30)))',
            kinds.DURATION,
            Need.DEFAULT,
            "30 seconds",
            False,
        ),
        (
            'Config.url("A").pipe(Config.withDefault(new URL("https://a.example.com")))',
            kinds.URL,
            Need.DEFAULT,
            "https://a.example.com",
            False,
        ),
        (
            'Config.array(Config.string("A")).pipe(Config.withDefault(["a", "b"]))',
            kinds.comma_separated(kinds.STRING),
            Need.DEFAULT,
            "a,b",
            False,
        ),
        (
            'Config.redacted("A").pipe(Config.withDefault(Redacted.make("PLACE_HOLDER")))',
            kinds.STRING,
            Need.PLACEHOLDER,
            "PLACE_HOLDER",
            True,
        ),
        ('Config.map(Config.url("A"), (url) => url)', kinds.URL, Need.REQUIRED, None, False),
        (
            'Config.url("A").pipe(Config.withDescription("text"))',
            kinds.URL,
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'Config.orElse(Config.url("A"), () => Config.succeed("x"))',
            kinds.URL,
            Need.DEFAULT,
            "x",
            False,
        ),
        ('Config.suspend(() => Config.url("A"))', kinds.URL, Need.REQUIRED, None, False),
        ('S.Config("A", S.NonEmptyString)', kinds.NON_EMPTY, Need.REQUIRED, None, False),
        ('S.Config("A", EnvValue)', kinds.DEPLOYMENT_ENVIRONMENT, Need.REQUIRED, None, False),
        (
            'S.Config("A", LogFormat).pipe(Config.withDefault(LogFormat.Enum.json))',
            kinds.LOG_FORMAT,
            Need.DEFAULT,
            "json",
            False,
        ),
        ('S.Config("A", S.Literal("x", "y"))', kinds.one_of("x", "y"), Need.REQUIRED, None, False),
        (
            'S.Config("A", S.Union(S.Literal("x"), S.Literal("y")))',
            kinds.one_of("x", "y"),
            Need.REQUIRED,
            None,
            False,
        ),
        ('S.Config("A", S.Redacted(S.String))', kinds.STRING, Need.REQUIRED, None, True),
        (
            'S.Config("A", S.String.pipe(S.minLength(1), S.brand("Id")))',
            kinds.NON_EMPTY,
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'S.Config("A", S.split(",").pipe(S.compose(S.NonEmptyArray(S.NonEmptyString))))',
            kinds.split_at_commas(kinds.NON_EMPTY),
            Need.REQUIRED,
            None,
            False,
        ),
        (
            'S.Config("A", S.split(",").pipe(S.compose(S.Array(S.compose(S.Trim, S.String)))))',
            kinds.comma_separated(kinds.STRING),
            Need.REQUIRED,
            None,
            False,
        ),
        ('S.Config("A", S.UUID)', kinds.UUID, Need.REQUIRED, None, False),
    ],
)
def test_a_config_says_kind_need_default_and_secrecy(
    tmp_path: Path, expression: str, kind: Kind, need: Need, default: str | None, secret: bool
) -> None:
    facts = facts_of(tmp_path, expression)
    assert list(facts) == ["A"]
    assert facts["A"].kind is not None
    assert same_kind(facts["A"].kind, kind)
    assert (facts["A"].need, facts["A"].default, facts["A"].secret) == (need, default, secret)


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ('Config.nested("A")(Config.string("B"))', ["A_B"]),
        ('Config.nested(Config.string("B"), "A")', ["A_B"]),
        ('Config.string("B").pipe(Config.nested("A"))', ["A_B"]),
        ('pipe(Config.string("B"), Config.nested("A"), Config.nested("Z"))', ["Z_A_B"]),
        ('Config.array(Config.string("B"), "A")', ["A_B"]),
        ('Config.all({ x: Config.string("A"), y: Config.string("B") })', ["A", "B"]),
        ('Config.all([Config.string("A"), Config.string("B")])', ["A", "B"]),
        ('Config.unwrap({ x: { y: Config.string("A") }, z: Config.string("B") })', ["A", "B"]),
        ('Config.zip(Config.string("A"), Config.string("B"))', ["A", "B"]),
        ('Config.string("A").pipe(Config.zip(Config.string("B")))', ["A", "B"]),
        ('Config.zipWith(Config.string("A"), Config.string("B"), (a, b) => a)', ["A", "B"]),
        ('Config.string("A").pipe(Config.zipWith(Config.string("B"), (a) => a))', ["A", "B"]),
        ('Config.all({ x: Config.succeed(1), y: Config.string("A") })', ["A"]),
        ("Config.all({ /* none */ x: Config.string('A'), // none\n })", ["A"]),
        ('Config.string("A" + "_" + "B")', ["A_B"]),
        ("Config.string(`A_${'B'}`)", ["A_B"]),
        ('Config.string("a".toUpperCase())', ["A"]),
        ('Config.all(["A", "B"].map((name) => Config.string(name)))', ["A", "B"]),
    ],
)
def test_the_path_of_a_config_becomes_the_name_of_a_variable(
    tmp_path: Path, expression: str, names: list[str]
) -> None:
    assert sorted(facts_of(tmp_path, expression)) == names


@pytest.mark.parametrize(
    ("before", "expression"),
    [
        ('const NAME = "A" as const;', "Config.string(NAME)"),
        ('const NAMES = { a: "A" } as const;', "Config.string(NAMES.a)"),
        ('const NAMES = { "a-b": "A" };', 'Config.string(NAMES["a-b"])'),
        ('const NAMES = ["Z", "A"];', "Config.string(NAMES[1])"),
        ('enum Names { A = "A" }', "Config.string(Names.A)"),
        ('const { a: name } = { a: "A" };', "Config.string(name)"),
        ("const { string: text } = Config;", 'text("A")'),
        ("const text = Config.string;", 'text("A")'),
        ("const of = (name: string) => Config.string(name);", 'of("A")'),
        ("function of(name: string) { return Config.string(name); }", 'of("A")'),
        ("const of = function (name: string) { return Config.string(name); };", 'of("A")'),
        ("const of = (n: string) => { const full = n; return Config.string(full); };", 'of("A")'),
        ("const of = ({ name }: { name: string }) => Config.string(name);", 'of({ name: "A" })'),
        ('const of = (name = "A") => Config.string(name);', "of()"),
        ("const of = flow(Config.string, Config.map((x) => x));", 'of("A")'),
        (
            "const wrap = <T,>(c: Config.Config<T>) => Config.map(c, (x) => x);",
            "wrap(Config.string('A'))",
        ),
        ("const wrap = (c) => c.pipe(Config.map((x) => x));", "Config.string('A').pipe(wrap)"),
        ("const base = { a: Config.string('A') };", "Config.all({ ...base })"),
        ("const base = [Config.string('A')];", "Config.all([...base])"),
        ("const later = () => inner; const inner = Config.string('A');", "later()"),
    ],
)
def test_constants_and_helpers_of_the_file_are_followed(
    tmp_path: Path, before: str, expression: str
) -> None:
    facts = facts_of(tmp_path, expression, before=before)
    assert list(facts) == ["A"]
    assert facts["A"].kind is kinds.STRING


@pytest.mark.parametrize(
    ("line", "expression"),
    [
        ('import * as Config from "effect/Config";', 'Config.string("A")'),
        ('import { Config } from "effect";', 'Config.string("A")'),
        ('import { Config as C } from "effect";', 'C.string("A")'),
        ('import * as E from "effect";', 'E.Config.string("A")'),
        ('import { string } from "effect/Config";', 'string("A")'),
        ('import { string as s } from "effect/Config";', 's("A")'),
        ('const { Config } = require("effect");', "Config"),
        ('import { Schema } from "effect";', 'Schema.Config("A", Schema.String)'),
        ('import { Config as C } from "effect/Schema";', None),
    ],
)
def test_imports_work_under_every_name(tmp_path: Path, line: str, expression: str | None) -> None:
    if expression is None:
        line = f'{line} import {{ String as Text }} from "effect/Schema";'
        expression = 'C("A", Text)'
    if line.startswith("const"):
        expression = 'Config.string("A")'
    report = report_of(tmp_path, f"{line}\nexport const config = {expression};")
    if line.startswith("const"):
        assert troubles_of(report) != []
        return
    assert list(report.facts) == ["A"]
    assert troubles_of(report) == []


def test_a_group_that_is_optional_makes_its_members_optional(tmp_path: Path) -> None:
    group = 'Config.all({ a: Config.string("A"), b: Config.port("B") })'
    facts = facts_of(tmp_path, f"Config.option({group})")
    assert {variable.need for variable in facts.values()} == {Need.OPTIONAL}
    facts = facts_of(tmp_path, f'Config.withDefault({group}, {{ a: "x", b: 1 }})')
    assert (facts["A"].default, facts["B"].default) == ("x", "1")


def test_the_strictest_of_several_places_counts(tmp_path: Path) -> None:
    facts = facts_of(
        tmp_path,
        """Config.all([
            Config.string("A"), Config.nonEmptyString("A"),
            Config.string("B").pipe(Config.withDefault("x")), Config.string("B"),
        ])""",
    )
    assert facts["A"].kind is kinds.NON_EMPTY
    assert (facts["B"].need, facts["B"].default) == (Need.REQUIRED, None)


def test_a_provider_changes_the_names(tmp_path: Path) -> None:
    text = (
        IMPORTS
        + """
const provider = ConfigProvider.fromEnv({ pathDelim: "__" }).pipe(ConfigProvider.constantCase);
export const env = Effect.runSync(provider.load(Config.nested("db")(Config.port("pgPort"))));
"""
    )
    report = report_of(tmp_path, text)
    assert list(report.facts) == ["DB__PG_PORT"]
    assert report.facts["DB__PG_PORT"].position.line == 15


def test_yields_of_a_generator_are_reads(tmp_path: Path) -> None:
    text = (
        IMPORTS
        + """
export const program = Effect.gen(function* () {
  const a = yield* Config.string("A");
  if (a) { yield* Config.string("B"); }
});
"""
    )
    report = report_of(tmp_path, text)
    assert sorted(report.facts) == ["A", "B"]
    assert troubles_of(report) == ["16: whether this is read depends on a condition; it reads B"]


@pytest.mark.parametrize(
    ("schema", "kind", "need", "default"),
    [
        ("S.String", kinds.STRING, Need.REQUIRED, None),
        ("S.NonEmptyTrimmedString", kinds.TRIMMED, Need.REQUIRED, None),
        ("S.BooleanFromString", kinds.BOOLEAN, Need.REQUIRED, None),
        ("S.optional(S.String)", kinds.STRING, Need.OPTIONAL, None),
        ("S.UndefinedOr(S.String)", kinds.STRING, Need.OPTIONAL, None),
        ('S.optionalWith(S.String, { default: () => "x" })', kinds.STRING, Need.DEFAULT, "x"),
        ('S.String.pipe(S.optionalWith({ default: () => "x" }))', kinds.STRING, Need.DEFAULT, "x"),
        ('S.optionalWith(S.String, { as: "Option" })', kinds.STRING, Need.OPTIONAL, None),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "S.decodeUnknownSync(Schema)({ a: process.env.NEXT_PUBLIC_A })",
        'F.pipe({ a: process.env["NEXT_PUBLIC_A"] }, S.decodeUnknownEither(Schema), done)',
        "S.decodeUnknownSync(S.Struct({ NEXT_PUBLIC_A: Schema.fields.a }))(process.env)",
        "S.validateSync(Schema)({ a: process.env.NEXT_PUBLIC_A!, } as const)",
    ],
)
def test_a_struct_and_an_object_of_the_environment_are_read_together(
    tmp_path: Path, schema: str, kind: Kind, need: Need, default: str | None, form: str
) -> None:
    before = f'import {{ done }} from "elsewhere";\nconst Schema = S.Struct({{ a: {schema} }});'
    facts = facts_of(tmp_path, form, before=before)
    assert list(facts) == ["NEXT_PUBLIC_A"]
    variable = facts["NEXT_PUBLIC_A"]
    assert (variable.kind, variable.need, variable.default) == (kind, need, default)


def test_the_default_of_the_language_counts(tmp_path: Path) -> None:
    form = 'S.decodeUnknownSync(S.Struct({ a: S.String }))({ a: process.env.A ?? "x" })'
    facts = facts_of(tmp_path, form)
    assert (facts["A"].need, facts["A"].default) == (Need.DEFAULT, "x")


def test_a_relative_import_is_followed(tmp_path: Path) -> None:
    (tmp_path / "names.ts").write_text('export const NAME = "A";\nexport * from "./helpers.js";')
    (tmp_path / "helpers.ts").write_text(
        'import * as C from "effect/Config";\nimport { NAME } from "./names";\n'
        "export const of = (part: string) => C.redacted(`${NAME}_${part}`);"
    )
    facts = facts_of(tmp_path, 'of("B")', before='import { of } from "./names";')
    assert list(facts) == ["A_B"]
    assert facts["A_B"].secret


def test_a_package_of_the_monorepo_is_read_where_its_file_is_given(tmp_path: Path) -> None:
    kit = tmp_path / "Tier.ts"
    kit.write_text(
        'import { BS } from "@beep/schema";\n'
        'export class EnvValue extends BS.StringLiteralKit("dev", "next").annotations({}) {}'
    )
    server = tmp_path / "ServerEnv.ts"
    server.write_text(
        IMPORTS + 'export const config = S.Config("A", EnvValue)'
        ".pipe(Config.withDefault(EnvValue.Enum.next));"
    )
    report = drift.compare([server, kit], contract={}, deviations=())
    variable = report.facts["A"]
    assert troubles_of(report) == []
    assert variable.kind is not None
    assert variable.kind.choices == ("dev", "next")
    assert variable.default == "next"


def test_a_read_inside_a_service_is_read_with_its_name(tmp_path: Path) -> None:
    text = """
export class Keys extends Effect.Service<Keys>()("Keys", {
  effect: Effect.gen(function* () {
    const key = yield* Config.redacted("KEY");
    const port = yield* Config.port("PORT").pipe(Config.withDefault(80));
    return { key, port } as const;
  }),
  dependencies: [Other.Default],
}) {}
export class Lazy extends Effect.Service<Lazy>()("Lazy", { scoped: () => Config.string("LAZY") }) {}
"""
    report = report_of(tmp_path, IMPORTS + text)
    assert troubles_of(report) == []
    assert {name: facts.default for name, facts in report.facts.items()} == {
        "KEY": None,
        "PORT": "80",
        "LAZY": None,
    }
    new = {f.variable for f in report.findings if f.kind is FindingKind.NEW}
    assert new == {"KEY", "PORT", "LAZY"}


def test_what_is_not_understood_names_what_it_reads(tmp_path: Path) -> None:
    text = "export const c = wrap(Config.nested('A')(Config.string('B')), Config.string('C'));"
    (trouble,) = troubles_of(report_of(tmp_path, IMPORTS + text))
    assert trouble.endswith("what wrap does is not known; it reads A_B, C")


def test_the_provider_of_the_server_has_no_say_in_what_the_client_reads(tmp_path: Path) -> None:
    server, client = tmp_path / "ServerEnv.ts", tmp_path / "ClientEnv.ts"
    provider = "ConfigProvider.fromEnv().pipe(ConfigProvider.constantCase)"
    text = SERVER.read_text()
    assert provider in text
    nested = provider.replace("pipe(", 'pipe(ConfigProvider.nested("X"), ')
    server.write_text(text.replace(provider, nested))
    client.write_text(CLIENT.read_text())
    report = drift.compare([server, client])
    assert "X_APP_ENV" in report.facts
    assert not [f for f in report.findings if "NEXT_PUBLIC" in f"{f.variable} {f.found}"]
    assert drift.compare([client]).is_clean


def test_a_closed_list_that_is_part_of_another_is_the_narrower_kind(tmp_path: Path) -> None:
    def text(second: str) -> str:
        one = "S.Config('A', S.Literal('x', 'y', 'z'))"
        return f"{IMPORTS}export const c = Config.all([{one}, S.Config('A', {second})]);\n"

    report = report_of(tmp_path, text("S.Literal('y', 'x')"))
    assert troubles_of(report) == []
    kind = report.facts["A"].kind
    assert kind is not None
    assert set(kind.choices) == {"x", "y"}
    (trouble,) = troubles_of(report_of(tmp_path, text("S.Literal('x', 'w')")))
    assert "different kinds" in trouble


@pytest.mark.parametrize(
    ("split", "kind"),
    [
        ("i.split(',')", kinds.split_at_commas),
        ("Str.split(',')(i)", kinds.split_at_commas),
        ("i.trim().split(',')", kinds.split_at_commas),
        ("i.split(',').map((x) => x.trim())", kinds.comma_separated),
        ("F.pipe(i, Str.split(','), A.map(Str.trim))", kinds.comma_separated),
    ],
)
def test_whether_a_list_is_trimmed_is_part_of_its_kind(
    tmp_path: Path, split: str, kind: Callable[[Kind], Kind]
) -> None:
    text = f"""
import {{ BS }} from "@beep/schema";
import * as A from "effect/Array";
import * as Str from "effect/String";
const Names = BS.destructiveTransform((i: string) =>
  S.decodeUnknownSync(S.NonEmptyArray(S.Literal("a", "b")))({split}))(S.String);
export const env = S.decodeUnknownSync(S.Struct({{ a: Names }}))(
  {{ a: process.env.NEXT_PUBLIC_A }});
"""
    report = report_of(tmp_path, IMPORTS + text)
    assert troubles_of(report) == []
    found = report.facts["NEXT_PUBLIC_A"].kind
    assert found is not None
    assert same_kind(found, kind(kinds.one_of("a", "b")))


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ("kit", "abc"),
        ("kit.derive('a', 'b')", "ab"),
        ("BS.StringLiteralKit('a', 'b', { enumMapping: [['a', 'FIRST']] })", "ab"),
        ("S.Enums(Letter)", "cd"),
        ("S.Enums({ x: 'a', y: 'b' })", "ab"),
        ("Schema", "xy"),
    ],
)
def test_kits_and_enums_are_closed_lists(tmp_path: Path, schema: str, values: str) -> None:
    before = """
import { BS } from "@beep/schema";
enum Letter { first = "c", second = "d" }
const kit = BS.StringLiteralKit("a", "b", "c");
export const { Schema, Enum } = BS.stringLiteralKit("x", "y");
"""
    facts = facts_of(tmp_path, f'S.Config("A", {schema})', before=before)
    assert facts["A"].kind is not None
    assert facts["A"].kind.choices == tuple(values)


def test_a_file_that_only_puts_parts_together_has_a_schema(tmp_path: Path) -> None:
    (tmp_path / "db.ts").write_text(
        'import * as Config from "effect/Config";\n'
        'export const db = Config.nested("DB")(Config.all({ url: Config.redacted("URL") }));\n'
    )
    facts = facts_of(tmp_path, "Config.all({ db })", before='import { db } from "./db.js";')
    assert list(facts) == ["DB_URL"]
