"""Reads a dotenv file into its entries, and finds text that loaders read differently.

python-dotenv splits the text into assignments. The applications' own loader (dotenvx; its behaviour
was measured with 2.38) reads some texts differently. Such a text is a finding, whose fix is a
spelling that both read alike.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from re import Pattern
from typing import Any

from dotenv.parser import Binding, Error, Reader, parse_binding

from envfile.finding import Fault, Finding
from envfile.references import resolve

MAX_BLANKS = 256
"""In a row on a line; the time that the parser takes grows with the square of their number."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SAFE_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_CARRIAGE_RETURN = re.compile(r"\r\n?")
# From the first of them only: else the search takes as long as the parser.
_BLANKS = re.compile(rf"(?<![^\S\n])[^\S\n]{{{MAX_BLANKS + 1}}}")
# Control characters, blanks other than the space, and characters of no width.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_REFERENCE = r"\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^${}\\`'\"]*)?\}"
# Loaders read a $ that begins neither ${NAME} nor ${NAME:-text} as a name, a command or itself, and
# they keep or drop a backslash before one.
_LOOSE_DOLLAR = re.compile(rf"(?!(?<!\\){_REFERENCE})\$")
_UNSETTLED_ESCAPE = {
    '"': re.compile(r'"(?:\\[nrt]|[^"\\])*\\[^nrt]'),
    "'": re.compile(r"'(?:\\[^\\]|[^'\\])*\\\\"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An assignment. ``repr`` leaves out its values, which may be secrets."""

    name: str
    line: int
    text: str = field(repr=False)
    """The value as written, without its quotation marks, before references are replaced."""
    quote: str
    """The quotation mark, or an empty text."""
    value: str | None = field(default=None, repr=False)
    """The value with references replaced; None if a reference has no value."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The entries in the order of the file, and the findings about the text."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]


def read(text: str) -> Reading:
    """Read the text of a dotenv file. Never raises; takes time in proportion to the text."""
    # The applications' loader does so, also between quotation marks.
    text = _CARRIAGE_RETURN.sub("\n", text.removeprefix("\ufeff"))
    if blanks := _BLANKS.search(text):
        line = 1 + text.count("\n", 0, blanks.start())
        what = f"has more than {MAX_BLANKS} blanks in a row, so nothing of the file was read"
        fault = Fault(what, "remove them, or quote the value")
        return Reading((), (Finding.of("unreadable", line, "", fault),))
    entries: list[Entry] = []
    findings: list[Finding] = []
    for binding in _bindings(text):
        line, raw = _start(binding)
        if not binding.error and not raw:
            continue
        if hidden := _INVISIBLE.search(raw):
            line += raw.count("\n", 0, hidden.start())
            findings.append(Finding.of("invisible-character", line, "", _invisible(hidden[0])))
        elif (entry := _entry(binding, line, raw)) is not None:
            entries.append(entry)
            name = shown_name(entry.name)
            findings.extend(
                Finding.of("ambiguous-text", line, name, fault)
                for fault in _ambiguities(entry, raw)
            )
        elif binding.error or binding.key is not None:
            findings.append(Finding.of("unreadable", line, "", _UNREADABLE))
    resolved, faults = resolve([(e.name, e.text, e.quote != "'") for e in entries])
    entries = [
        Entry(e.name, e.line, e.text, e.quote, value)
        for e, value in zip(entries, resolved, strict=True)
    ]
    findings.extend(
        Finding.of(rule, entries[i].line, shown_name(entries[i].name), fault)
        for i, rule, fault in faults
    )
    return Reading(tuple(entries), tuple(findings))


class _Reader(Reader):
    """Counts lines once for each assignment, and not for each piece of one: that took half of the
    time.
    """

    def read_regex(self, regex: Pattern[str]) -> Sequence[str | Any]:
        match = regex.match(self.string, self.position.chars)
        if match is None:
            raise Error("read_regex: Pattern not found")
        self.position.chars = match.end()
        return match.groups()

    def set_mark(self) -> None:
        self.position.line += self.string.count("\n", self.mark.chars, self.position.chars)
        super().set_mark()


def _bindings(text: str) -> Iterator[Binding]:
    reader = _Reader(io.StringIO(text))
    while reader.has_next():
        yield parse_binding(reader)


def shown_name(name: str) -> str:
    """Return the name, or an empty text if it may be part of a secret.

    A line of a private key that was pasted without quotes is read as a name, up to its ``=``. The
    names of variables are capitals with underscores between them; such a line is not.
    """
    return name if _SAFE_NAME.fullmatch(name) else ""


_UNREADABLE = Fault(
    "is no assignment, or its quotation mark does not close",
    "write NAME=value, or comment the line out; put a value of several lines in double quotes",
)


def _invisible(character: str) -> Fault:
    return Fault(
        f"holds the invisible character U+{ord(character):04X}",
        "type the line again; such a character comes from a web page or a chat",
    )


def _start(binding: Binding) -> tuple[int, str]:
    """Return the line on which an assignment begins, and its text without leading blank lines."""
    original = binding.original.string
    raw = original.lstrip(" \t\n")
    skipped = original[: len(original) - len(raw)]
    return binding.original.line + skipped.count("\n"), raw.rstrip("\n")


def _entry(binding: Binding, line: int, raw: str) -> Entry | None:
    if binding.error or binding.key is None or binding.value is None:
        return None
    if _NAME.fullmatch(binding.key) is None or raw.startswith("'"):
        return None
    value = raw.partition("=")[2].lstrip(" \t")
    quote = value[0] if value[:1] in {"'", '"'} else ""
    return Entry(binding.key, line, binding.value, quote, None)


def _ambiguities(entry: Entry, raw: str) -> Iterator[Fault]:
    """Yield the first reason, if any, why the applications' loader reads another value."""
    single = "put the value in single quotes"
    text, quote = entry.text, entry.quote
    if quote == "" and "#" in text:
        yield Fault("has a # that some readers take for a comment", single)
    elif quote == "" and text.startswith("`"):
        yield Fault("is in backticks, which not every reader knows", single)
    elif quote == "" and text[:1] and text.endswith(("'", '"')):
        yield Fault("ends in a quotation mark that it does not begin with", single)
    elif quote != "'" and _LOOSE_DOLLAR.search(text):
        what = "has a $ that begins no ${NAME} or ${NAME:-text}, or that a backslash precedes"
        yield Fault(what, f"{single}, or write the reference with braces")
    elif quote and _UNSETTLED_ESCAPE[quote].search(raw):
        what = "has a backslash that some readers keep and others drop"
        yield Fault(what, "choose a value without a backslash")
