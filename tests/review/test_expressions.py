"""A string of Terraform JSON keeps its value as HCL, and its HCL is as terraform fmt has it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from review import ReviewError, expressions, render
from tests.review.plans import plan, unformatted

# Pieces that are difficult in combination: signs before braces, quotes, backslashes, indentation,
# combining marks, and the word that ends a heredoc.
PIECES = st.sampled_from(
    [
        *("$", "%", "{", "}", "$${", "%%{", "$$", "%%", "~", '"', "\\", "\\n", "'", "EOT", "<<EOT"),
        *("\n", "\n", "\n\n", " ", "  ", "\t", "\r", "\r\n", "\u0301", "\u00a0", "\u2028", "\x00x"),
        *(
            "\x7f",
            "\ufeff",
            "\U0001f600",
            "é",
            "日本",
            "a",
            "b = 1",
            "#",
            "//",
            "/*",
            "=",
            "${var.x}",
        ),
        *("${ var.x }", "${~ var.x ~}", "%{ if var.b }", "%{ endif }", '${"}"}', '${"${var.x}"}'),
        *('${upper("a\\"${var.x}")}', "${jsonencode({a = var.x})}", "${1+2}", "${-var.n}"),
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)
LINES = st.lists(st.lists(PIECES, max_size=3).map("".join), min_size=2).map(
    lambda lines: "\n".join(lines) + "\n"
)
EXPRESSIONS = [
    "var.n*-1",
    "(var.n + -  2) % 2==0 ? !var.b : var.b&&true||false",
    'join(",",var.l[*])',
    "var.l[0]",
    "var.m . k",
    'var.m["k"]',
    "var.l.*",
    '[for i,v in var.l:v if v!="b"]',
    "{for i ,v in var.l:v=>i...}",
    "{ for v in [1,2] : v => v }",
    "{}",
    "[]",
    '{a=1,"b":[1 ,2],(var.x)=3}',
    "merge([{a=1}, var.m]...)",
    "max(1,[2,3]...)",
    "max(\n1,\n  2\n)",
    "1.5e3",
    "null == var.x",
    "try(var.m.none, -1)",
    '"a${var.x}-${var.n}b"',
    '"${var.x}"',
    '"%{if var.b}yes%{else}no%{endif}"',
    'format("%s{%d}", var.x, var.n)',
    "var.n>=1",
    "-var.n",
    "!var.b",
]
VARIABLES = {
    "variable": {
        "x": {"default": "X"},
        "n": {"default": 3},
        "b": {"default": True},
        "l": {"default": ["a", "b"]},
        "m": {"default": {"k": "v"}},
    }
}


def _is_valid(text: str) -> bool:
    """Return whether a template is valid: combined pieces may leave something open."""
    try:
        return not _has_unbalanced_directives(expressions.parse_template(text))
    except ReviewError:
        return False


def _has_unbalanced_directives(parts: list[expressions.Part]) -> bool:
    depth = 0
    for part in parts:
        if isinstance(part, expressions.Sequence) and part.start.startswith("%"):
            depth += 1 if part.tokens[0].text == "if" else -1
            if depth < 0:
                return True
    return depth != 0


def _assert_same_values(values: list[object], literals: list[str]) -> None:
    """Assert that Terraform reads the same outputs and locals from the HCL as from the JSON."""
    stack: dict[str, dict[str, Any]] = {
        "variable": {
            **VARIABLES["variable"],
            **{f"literal_{i}": {"default": text} for i, text in enumerate(literals)},
        },
        "output": {
            **{f"value_{i}": {"value": value} for i, value in enumerate(values)},
            **{
                f"literal_{i}": {"value": f"${{var.literal_{i}}}", "description": text}
                for i, text in enumerate(literals)
            },
        },
    }
    text = json.dumps(stack)
    hcl = render(text, stack="strings")
    with tempfile.TemporaryDirectory() as folder:
        assert unformatted(Path(folder), hcl) == ""
        of_json = plan(Path(folder) / "json", "main.tf.json", text)
        of_hcl = plan(Path(folder) / "hcl", "main.tf", hcl)
    ours, theirs = (p["planned_values"]["outputs"] for p in (of_hcl, of_json))
    assert ours.keys() == theirs.keys() == stack["output"].keys()
    changed = [
        (stack["output"][name]["value"], ours[name]["value"], theirs[name]["value"])
        for name in ours
        if ours[name] != theirs[name]
    ]
    assert not changed, changed[0]
    # Plans show descriptions only in the configuration.
    described = [
        [
            output.get("description")
            for output in p["configuration"]["root_module"]["outputs"].values()
        ]
        for p in (of_hcl, of_json)
    ]
    assert described[0] == described[1]


slow = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    # Each example starts Terraform, so that shrinking one would take minutes.
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@slow
@given(
    st.lists(TEXTS | LINES, min_size=40, max_size=80),
    st.lists(TEXTS | LINES, min_size=20, max_size=40),
)
def test_any_text_keeps_its_value(texts: list[str], literals: list[str]) -> None:
    values = [text for text in texts if _is_valid(text)]
    keys = [{text: 1} for text in values if len(text) < 12]
    _assert_same_values([*values, values, {"of": values}, *keys], literals)


def test_any_expression_keeps_its_value() -> None:
    _assert_same_values([f"${{{text}}}" for text in EXPRESSIONS], [])
    _assert_same_values([f"a ${{jsonencode({text})}} z" for text in EXPRESSIONS], [])
    _assert_same_values([[f"${{{text}}}"] for text in EXPRESSIONS], [])


def test_numbers_keep_their_digits() -> None:
    text = '{"locals": {"n": [1, -1, 0.10, 1e3, 123456789012345678901234567890, -2.5E-7]}}'
    assert "[1, -1, 0.10, 1e3, 123456789012345678901234567890, -2.5E-7]" in render(text, stack="n")


def test_a_string_that_is_one_interpolation_becomes_the_bare_expression() -> None:
    assert expressions.string("${a.b.id}", literal=False) == "a.b.id"
    assert expressions.string("${a.b.id}", literal=True) == '"$${a.b.id}"'
    assert expressions.string("p-${a.b.id}", literal=False) == '"p-${a.b.id}"'
    assert expressions.string("$${a}", literal=False) == '"$${a}"'


def test_lines_become_a_heredoc_only_where_the_value_stays_the_same() -> None:
    def heredoc(text: str) -> list[str] | None:
        return expressions.heredoc(text, literal=False)

    assert heredoc("a\n  b\n\nc\n") == ["<<-EOT", "  a", "    b", "", "  c", "EOT"]
    assert heredoc("  a\nb ${var.x}\n") == ["<<-EOT", "    a", "  b ${var.x}", "EOT"]
    assert heredoc("a\nb") is None, "a heredoc ends in a line break"
    assert heredoc("  a\n  b\n") is None, "its smallest indentation would be cut off"
    assert heredoc("a\r\nb\r\n") is None
    assert heredoc("a\n\tb\n") is None
    assert heredoc("a\nEOT\n") is None
    assert heredoc("a\n \nb\n") is None
    assert heredoc("one line\n") is None


@pytest.mark.parametrize(
    "text",
    [
        "${",
        "${a",
        "${a)}",
        "${(a}",
        '${"a}',
        "${a # comment\n}",
        "${<<EOT\na\nEOT\n}",
        "${{\na = 1\nb = 2\n}}",
        "${a ; b}",
        "$\r${a}",
        "\ufeff${a}",
        "a\n ${~ a}",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ReviewError):
        expressions.string(text, literal=False)
