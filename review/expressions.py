"""What a string of Terraform JSON means, written as HCL.

A string in an argument is a template whose plain text knows no backslash escapes; ``${`` starts an
expression, ``%{`` a directive, and a doubled sign before the brace stands for itself
(https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping). A few places
that Terraform reads without evaluating them, such as a variable's default, take a string as it
stands: here they are called *literal*.

Expressions are split into tokens and joined with the spaces of ``terraform fmt``
(``hclwrite/format.go``, ``spaceAfterToken``), so that no later formatting changes a review file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from review.errors import ReviewError

_START = re.compile(r"\$+\{|%+\{")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<identifier>[^\W\d][\w-]*)
    |(?P<refused>\#|//|/\*|<<-?[^\W\d])
    |(?P<operator>\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:.,=()\[\]{}])
    """,
    re.VERBOSE,
)
_REFERENCE = re.compile(
    r"""[^\W\d][\w-]*
    (?:\.[^\W\d][\w-]*|\.\d+|\[(?:\d+|"[^"\\$%]*"|(?:each|count)\.\w+)\])*""",
    re.VERBOSE,
)
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = frozenset({"true", "false", "null", "for", "in", "if", "else", "endif", "endfor"})
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENING, _CLOSING = frozenset(_PAIRS), frozenset(_PAIRS.values())
_BEFORE_NEGATION = frozenset(
    {"(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-", "!"}
    | {"==", "!=", ">", ">=", "<", "<=", "&&", "||"}
)
_HEREDOC_END = "EOT"


@dataclass(frozen=True)
class Token:
    """A token of an expression; ``kind`` is the operator itself where it is one."""

    kind: str
    text: str


@dataclass(frozen=True)
class Sequence:
    """An interpolation or a directive of a template."""

    start: str
    tokens: tuple[Token, ...]
    end: str

    @property
    def strips(self) -> bool:
        """Whether it takes away the white space beside it."""
        return self.start.endswith("~") or self.end.startswith("~")

    @property
    def text(self) -> str:
        """The sequence as HCL."""
        return self.start + join(self.tokens, opened_by=self.start) + self.end


Part = str | Sequence
"""A template is plain text, with its escapes still in it, and sequences."""


def parse_template(text: str) -> list[Part]:
    """Split a JSON string into plain text and sequences; raise ``ReviewError`` if it is broken."""
    if _START.search(text) and _LONE_RETURN.search(text):
        # Terraform 1.11 reads "$\\r${x}" as plain text in JSON, but not in HCL.
        raise ReviewError(f"a carriage return without a line feed beside an expression in {text!r}")
    if text.startswith("\ufeff"):
        raise ReviewError(f"a byte order mark, which Terraform drops, before {text!r}")
    parts, end = _parts(text, 0, quoted=False)
    assert end == len(text)
    if "\n" in text and any(isinstance(p, Sequence) and p.strips for p in parts):
        # How far ~ strips depends on how the text is split into lines, which differs in HCL.
        raise ReviewError(f"a strip marker ~ beside line breaks in {text!r}")
    return parts


def _parts(text: str, at: int, *, quoted: bool) -> tuple[list[Part], int]:
    """Read a template up to its end, which is a quote or the end of the text."""
    parts: list[Part] = []
    plain = ""
    while at < len(text):
        if quoted and text[at] == '"':
            break
        if quoted and text[at] == "\\":
            plain += text[at : at + 2]
            at += 2
            continue
        if quoted and text[at] == "\n":
            raise ReviewError(f"a line break inside quotes in {text!r}")
        found = _START.match(text, at)
        if found is None:
            plain += text[at]
            at += 1
        elif len(found[0]) > 2:
            plain += found[0]
            at = found.end()
        else:
            if plain:
                parts.append(plain)
                plain = ""
            sequence, at = _sequence(text, found.end(), found[0])
            parts.append(sequence)
    if plain:
        parts.append(plain)
    return parts, at


def _sequence(text: str, at: int, start: str) -> tuple[Sequence, int]:
    if text[at : at + 1] == "~":
        start, at = start + "~", at + 1
    tokens: list[Token] = []
    open_brackets: list[str] = []
    while at < len(text):
        if not open_brackets and text.startswith(("}", "~}"), at):
            end = text[at : text.index("}", at) + 1]
            return Sequence(start, tuple(tokens), end), at + len(end)
        token, at = _token(text, at)
        if token.kind in _OPENING:
            open_brackets.append(token.kind)
        elif token.kind in _CLOSING and (
            not open_brackets or _PAIRS[open_brackets.pop()] != token.kind
        ):
            raise ReviewError(f"unbalanced brackets in {text!r}")
        if token.kind == "space":
            # Between the entries of an object a line break is a separator.
            if "\n" in token.text and open_brackets[-1:] == ["{"]:
                raise ReviewError(f"a line break inside the braces of an expression in {text!r}")
            continue
        tokens.append(token)
    raise ReviewError(f"{start} without its closing brace in {text!r}")


def _token(text: str, at: int) -> tuple[Token, int]:
    if text[at] == '"':
        parts, end = _parts(text, at + 1, quoted=True)
        if text[end : end + 1] != '"':
            raise ReviewError(f"a quote that is not closed in {text!r}")
        return Token("quoted", f'"{_joined(parts)}"'), end + 1
    found = _TOKEN.match(text, at)
    if found is None or found.lastgroup == "refused":
        raise ReviewError(f"cannot read the expression at {text[at : at + 20]!r} in {text!r}")
    kind = found.lastgroup
    assert kind is not None
    return Token(found[0] if kind == "operator" else kind, found[0]), found.end()


def _joined(parts: Iterable[Part]) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split an expression that stands outside any template."""
    sequence, end = _sequence(text + "}", 0, "${")
    if end != len(text) + 1:
        raise ReviewError(f"unbalanced brackets in {text!r}")
    return sequence.tokens


def join(tokens: Iterable[Token], *, opened_by: str = "=") -> str:
    """Join the tokens of an expression with the spaces of ``terraform fmt``."""
    before, subject = Token("", ""), Token(opened_by, "")
    text = ""
    for after in tokens:
        if text and _spaced(subject, before, after):
            text += " "
        text += after.text
        before, subject = subject, after
    return text


def _spaced(subject: Token, before: Token, after: Token) -> bool:
    """Say whether a space follows ``subject``; the order of the cases is that of hclwrite."""
    one, two = subject.kind, after.kind
    if one == "identifier" and two in ("(", "::"):
        return False
    if one in (".", "::") or two in (".", ",", "..."):
        return False
    if one == ",":
        return True
    if subject.text == "in" and before.kind == "identifier":
        return True
    if two == "[" and (one in ("identifier", "number") or one in _CLOSING):
        return False
    if one == "!":
        return False
    if one == "-":
        return before.kind not in _BEFORE_NEGATION and before.kind != ""
    if one == "{" or two == "}":
        return not (one == "{" and two == "}")
    return not (one in _OPENING or two in _CLOSING)


def bare(text: str) -> str:
    """Return a type or another expression that JSON writes without ``${ }``."""
    return join(tokens_of(text))


def reference(text: str) -> str:
    """Return an address as HCL writes it; raise ``ReviewError`` if it is none."""
    if not _REFERENCE.fullmatch(text):
        raise ReviewError(f"{text!r} is not a reference")
    return text


def sole_expression(text: str) -> str | None:
    """Return what stands between the braces of a string that is one interpolation."""
    match parse_template(text):
        case [Sequence(start=start, tokens=tokens)] if start.startswith("$"):
            expression = join(tokens)
            # terraform fmt unwraps what is wrapped twice.
            if [token.kind for token in tokens] == ["quoted"]:
                return sole_expression(expression[1:-1]) or expression
            return expression
    return None


def string(text: str, *, literal: bool) -> str:
    """Return a JSON string as an HCL expression on one line."""
    if not literal:
        expression = sole_expression(text)
        if expression is not None:
            return expression
    return f'"{"".join(_quoted(part) for part in _template(text, literal=literal))}"'


def key(text: str, *, literal: bool) -> str:
    """Return a key of a JSON object as HCL writes it."""
    if _PLAIN_KEY.fullmatch(text) and text not in _KEYWORDS:
        return text
    if not literal:
        expression = sole_expression(text)
        if expression is not None:
            return f"({expression})"
    return string(text, literal=literal)


def heredoc(text: str, *, literal: bool) -> list[str] | None:
    """Return the lines of an indented heredoc, or ``None`` where it would not keep the value.

    Its value always ends in a line break, and the smallest indentation of its lines is cut off.
    """
    lines = text.split("\n")
    if len(lines) < 3 or lines.pop() != "" or not all(map(_fits_heredoc, lines)):
        return None
    if all(line[:1] in ("", " ") for line in lines):
        return None
    parts = _template(text, literal=literal)
    # A sequence that spans lines, or an equals sign in one, would be laid out by terraform fmt.
    if any(isinstance(p, Sequence) and any(t.kind == "=" for t in p.tokens) for p in parts):
        return None
    body = _joined(parts).split("\n")[:-1]
    if len(body) != len(lines):
        return None
    return [f"<<-{_HEREDOC_END}", *(f"  {line}" if line else "" for line in body), _HEREDOC_END]


def _fits_heredoc(line: str) -> bool:
    if line == "":
        return True
    first = line.lstrip(" ")[:1]
    # Nothing but plain spaces is an indentation, and no mark may join them to a character.
    return (
        first != ""
        and (first.isascii() or unicodedata.category(first)[0] == "L")
        and line.strip() != _HEREDOC_END
        and all(character.isprintable() for character in line)
    )


def _template(text: str, *, literal: bool) -> list[Part]:
    return [_escaped_signs(text)] if literal else parse_template(text)


def _escaped_signs(text: str) -> str:
    return _START.sub(lambda found: found[0][0] + found[0], text)


def _quoted(part: Part) -> str:
    return part.text if isinstance(part, Sequence) else "".join(_characters(part))


def _characters(text: str) -> Iterator[str]:
    named = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    for character in text:
        if character in named:
            yield named[character]
        elif character.isprintable() or unicodedata.category(character)[0] in "M":
            yield character
        elif ord(character) <= 0xFFFF:
            yield f"\\u{ord(character):04x}"
        else:
            yield f"\\U{ord(character):08x}"
