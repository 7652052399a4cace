"""How a dotenv file is read: line by line, as the applications' own loader reads it."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from envfile.reader import MAX_BLANKS, read
from tests.envfile.conftest import Applications


def _values(text: str) -> dict[str, str | None]:
    reading = read(text)
    assert reading.findings == ()
    return {entry.name: entry.value for entry in reading.entries}


def _rules(text: str) -> list[tuple[int, str]]:
    return [(finding.line, finding.rule) for finding in read(text).findings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A=x", "x"),
        ("export A=x", "x"),
        ("  A = x  ", "x"),
        ("A=x # a comment", "x"),
        ("A='x # no comment'", "x # no comment"),
        ('A="x # no comment"', "x # no comment"),
        ("A=", ""),
        ("A= # only a comment", ""),
        ("A=a=b", "a=b"),
        ("A='p$w0rd\\n'", "p$w0rd\\n"),
        ('A="one\\ntwo"', "one\ntwo"),
        ('A="one\ntwo"', "one\ntwo"),
        ("A='one\r\ntwo\rthree'", "one\ntwo\nthree"),
        ('A="one\\rtwo"', "one\rtwo"),
        ("\ufeffA=x", "x"),
        ("# first\r\n\r\nA=x\r\n", "x"),
        ("B=1\nA=${B}2", "12"),
        ("A=${B:-d}", "d"),
        ("B=\nA=${B:-d}", "d"),
        ("B=1\nA='${B}'", "${B}"),
        ('B=1\nA="x${B}y${B}"', "x1y1"),
    ],
)
def test_both_readers_read_a_plain_file_alike(
    text: str, value: str, applications: Applications
) -> None:
    assert _values(text)["A"] == value
    assert applications.read(text)["A"] == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\n\n\n\nB=x#y", [(5, "ambiguous-text")]),
        ("A=#x", [(1, "ambiguous-text")]),
        ("A=`x`", [(1, "ambiguous-text")]),
        ("A=p$w0rd", [(1, "ambiguous-text")]),
        ('A="p$w0rd"', [(1, "ambiguous-text")]),
        ("A=$(hostname)", [(1, "ambiguous-text")]),
        ("A=\\$x", [(1, "ambiguous-text")]),
        ("B=1\nA=\\${B}", [(2, "ambiguous-text")]),
        ("A=${B-x}", [(1, "ambiguous-text")]),
        ('A="say \\"hi\\""', [(1, "ambiguous-text")]),
        ("A='a\\\\b'", [(1, "ambiguous-text")]),
        ("just some words", [(1, "unreadable")]),
        ("A: x", [(1, "unreadable")]),
        ("'A'=x", [(1, "unreadable")]),
        ("a-b=x", [(1, "unreadable")]),
        ("A='x'y", [(1, "unreadable")]),
        ('A=1\nB="never closed\nC=2', [(2, "unreadable")]),
        ("A=x\u00a0y", [(1, "invisible-character")]),
        ("A=1\n\u200bB=2", [(2, "invisible-character")]),
        ('A="1\n2\x00"', [(2, "invisible-character")]),
        ("A=${B}", [(1, "undefined-reference")]),
        ("A=${B}\nB=1", [(1, "forward-reference")]),
        ("A='$x'\nB=${A}", [(2, "ambiguous-text")]),
        ("A='${B}'\nB=${A}", [(2, "ambiguous-text")]),
        ("A='${B}'\nA=x\nC=${A}", [(3, "ambiguous-text")]),
        ("A=${A}", [(1, "cycle")]),
        ("A=${C}\nB=${A}\nC=${B}", [(1, "cycle")]),
        ("A=${B}\nB=${C}\nC=${B}", [(1, "forward-reference"), (2, "cycle")]),
        (f"A=x\nB=y{' ' * (MAX_BLANKS + 1)}z", [(2, "unreadable")]),
    ],
)
def test_text_that_readers_read_differently_is_reported_with_its_line(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert _rules(text) == expected


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_an_entry_has_the_line_on_which_its_name_stands(end: str) -> None:
    text = f"{end}A='x'{end}{end} {end}B='y{end}{end}z' # c{end}?{end}'{end}C=1{end}D=2"
    reading = read(text)
    assert [(entry.name, entry.line) for entry in reading.entries] == [
        ("A", 2), ("B", 5), ("C", 10), ("D", 11),
    ]  # fmt: skip
    assert [(finding.line, finding.rule) for finding in reading.findings] == [
        (8, "unreadable"), (9, "unreadable"),
    ]  # fmt: skip


def test_references_that_double_with_each_line_end_at_a_limit() -> None:
    lines = ["V_0=xxxxxxxxxxxxxxxx", *(f"V_{n + 1}=${{V_{n}}}${{V_{n}}}" for n in range(60))]
    assert {rule for _, rule in _rules("\n".join(lines))} == {"too-long"}


def test_a_name_that_may_be_part_of_a_pasted_key_is_not_shown() -> None:
    pasted = "KEY=-----BEGIN\nMIIEvQIBADANBgkqhkiG9w0BAQEF==\nJBSWY3DPEHPK3PXP=$x\n"
    assert {finding.name for finding in read(pasted).findings} == {""}


_CHARACTERS = "AB_=${}:-'\"`#\\ \t\r\nx0\u00a0\ufeff\x00"
_PIECES = st.sampled_from(
    [
        "A=",
        "B=",
        "\n",
        "\r\n",
        "'",
        '"',
        "${A}",
        "${B:-x}",
        "$",
        "\\",
        "#",
        " ",
        "export ",
        "x",
        "y",
    ]
)
_PARTS = st.sampled_from(["x", "y z", "${A}", "${B}", "${C:-d}", "\\n", "a=b", "\u00e4", "-", "1"])
_SOUND = st.lists(_PARTS, max_size=4).map("".join)
_LINE = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(["", " ", "export "]),
    st.sampled_from("ABC"),
    st.sampled_from(["=", " = ", "= "]),
    st.one_of(_SOUND, _SOUND.map("'{}'".format), _SOUND.map('"{}"'.format)),
    st.sampled_from(["", " # c", "\t# it's", " "]),
)
_FILES = st.one_of(
    st.lists(_LINE, max_size=6).map("\n".join),
    st.lists(_LINE, max_size=6).map("\r\n".join),
    st.text(max_size=200),
    st.text(st.sampled_from(_CHARACTERS), max_size=60),
    st.lists(_PIECES, max_size=25).map("".join),
)


@settings(max_examples=400, deadline=None, database=None)
@given(text=_FILES)
@example(text="A='\\'\nB='x'")
@example(text="A=x\\")
@example(text="A=\\${B:-}")
@example(text="A=\nA=\nB='${A}'\nB=\nA=${B}${A}")
@example(text="A='${A}'\nA=\nB=${A}${A}")
def test_without_a_finding_the_values_are_those_that_the_applications_read(
    text: str, applications: Applications
) -> None:
    reading = read(text)
    if not reading.findings and "\ud800" not in text:
        values = {entry.name: entry.value for entry in reading.entries}
        assert values == applications.read(text)


@pytest.mark.parametrize(
    "text",
    [
        "A=" + "${A}" * 50_000,
        "A='" + "\\'" * 100_000,
        'A="' * 50_000,
        "A=x" + " " * 200_000 + "y",
        ("A=x" + " " * MAX_BLANKS + "y\n") * 2_000,
        "\n".join(f"V_{n}=${{V_{n + 1}}}" for n in range(20_000)),
        "$" * 200_000,
        "A=\\" * 100_000,
        "'" * 200_000,
        "export " * 50_000,
        "=\n" * 100_000,
        ("A='" + "x" * 30 + "\\\n") * 5_000,
    ],
    ids=range(12),
)
def test_no_text_takes_long(text: str) -> None:
    before = time.process_time()
    read(text)
    assert time.process_time() - before < 3
