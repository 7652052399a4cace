"""Whatever the text is, the reader ends, and reports no redacted value."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drift
from drift.render import as_data, as_text
from tests.drift.support import CLIENT, IMPORTS, SERVER

CANARY = "canary7f3a"
PIECES = st.sampled_from(
    [
        *("Config", "S", "Effect", "F", ".", ",", ";", "(", ")", "{", "}", "[", "]", "=>", "..."),
        *(".pipe(", "Config.all({", "Config.nested('A')(", "Config.string('A')", "S.Struct({"),
        *("process.env.NEXT_PUBLIC_A", "process.env", "const a =", "export", "function f(x)"),
        *("a", "f", "a:", "'A'", "`A${a}`", "1", "?", ":", "??", "+", "return", "yield*", "x"),
        *("Config.withDefault(", "Config.redacted(", "Config.option", "Redacted.make('x')"),
        *("import { a } from './a';", "class C extends", "enum E {", "\n", "/*", "*/", "<T>", "as"),
        *("Effect.gen(function* () {", "S.decodeUnknownSync(", "S.Config(", "null", "-", "\\", "é"),
    ]
)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def _all_of(text: str | bytes, name: str = "ServerEnv.ts") -> str:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, name)
        path.write_bytes(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
        try:
            report = drift.compare([path])
        except drift.SourceError as error:
            return str(error)
        lines = path.read_bytes().count(b"\n") + 1
        assert all(1 <= finding.position.line <= lines for finding in report.findings)
        assert all(finding.position.column >= 1 for finding in report.findings)
        return as_text(report) + json.dumps(as_data(report)) + drift.declarations(report)


@FEW
@given(st.one_of(st.text(), st.binary()))
def test_any_text_is_read_to_its_end(text: str | bytes) -> None:
    _all_of(text)


@FEW
@given(st.lists(PIECES, max_size=60))
def test_any_mix_of_typescript_is_read_to_its_end(pieces: list[str]) -> None:
    _all_of(IMPORTS + " ".join(pieces))


@FEW
@given(st.data(), st.sampled_from([SERVER, CLIENT]))
def test_a_schema_with_a_wound_is_read_to_its_end(data: st.DataObject, original: Path) -> None:
    text = original.read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    middle = data.draw(st.one_of(PIECES, st.text(max_size=10), st.just(text[end : end + 100])))
    _all_of(text[:start] + middle + text[end:], original.name)


EXPRESSIONS = st.recursive(
    st.sampled_from(["Config.redacted('KEY')", "Config.redacted(Config.nonEmptyString('KEY'))"]),
    lambda inner: st.builds(
        lambda form, config: form.replace("@", config),
        st.sampled_from(
            [
                f"@.pipe(Config.withDefault(Redacted.make('{CANARY}')))",
                f"Config.withDefault(@, Redacted.make(`{CANARY}`))",
                f"@.pipe(Config.withDefault('{CANARY}'))",
                f"Config.redacted(Config.string('KEY').pipe(Config.withDefault('{CANARY}')))",
                f"Config.redacted(Config.literal('{CANARY}', 'b')('KEY'))",
                f"Config.orElse(@, () => Config.succeed('{CANARY}'))",
                f"@.pipe(Config.withDefault(f('{CANARY}')))",
                f"@.pipe(Config.withDefault(['{CANARY}']))",
                f"@.pipe(f('{CANARY}'))",
                f"Config.all({{ a: @ }}).pipe(Config.withDefault({{ a: '{CANARY}' }}))",
                "Config.nested('A')(@)",
                "Config.option(@)",
                "Config.map(@, f)",
                "[@, @][0]",
            ]
        ),
        inner,
    ),
    max_leaves=5,
)


@FEW
@given(EXPRESSIONS)
def test_the_default_of_a_redacted_variable_is_never_shown(expression: str) -> None:
    assert CANARY not in _all_of(f"{IMPORTS}export const c = {expression};")


def test_the_default_of_a_variable_that_the_contract_keeps_secret_is_never_shown() -> None:
    text = SERVER.read_text()
    old = 'Config.redacted(Config.nonEmptyString("BETTER_AUTH_SECRET"))'
    assert old in text
    new = f'Config.string("BETTER_AUTH_SECRET").pipe(Config.withDefault("{CANARY}"))'
    assert CANARY not in _all_of(text.replace(old, new))
