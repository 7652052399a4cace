"""Writes the strings of Terraform JSON as HCL.

A string in an argument is a template whose plain text knows no backslash escapes; ``${`` starts an
expression, ``%{`` a directive, and a doubled sign before the brace stands for itself
(https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping). In a few
places, such as a variable's default, Terraform takes a string as it is, without evaluating it:
these places are called *literal* here.

Expressions are split into tokens and joined with the spaces of ``terraform fmt``
(``hclwrite/format.go``, ``spaceAfterToken``), so that ``terraform fmt`` changes no review file.
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
    """A token of an expression; the ``kind`` of an operator is the operator itself."""

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
        """Whether it removes the white space beside it."""
        return self.start.endswith("~") or self.end.startswith("~")

    @property
    def text(self) -> str:
        """The sequence as HCL."""
        return self.start + join(self.tokens, opened_by=self.start) + self.end


Part = str | Sequence
"""A template consists of plain texts, with their escapes, and of sequences."""


def parse_template(text: str) -> list[Part]:
    """Split a JSON string into plain text and sequences; raise ``ReviewError`` if it is invalid."""
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
    """Read a template up to its closing quote, or to the end of the text; return where it ends."""
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
        opening = _START.match(text, at)
        if opening is None and not quoted:
            following = _START.search(text, at)
            stop = following.start() if following else len(text)
            plain += text[at:stop]
            at = stop
        elif opening is None:
            plain += text[at]
            at += 1
        elif len(opening[0]) > 2:
            plain += opening[0]
            at = opening.end()
        else:
            if plain:
                parts.append(plain)
                plain = ""
            sequence, at = _sequence(text, opening.end(), opening[0])
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
    match = _TOKEN.match(text, at)
    if match is None or match.lastgroup == "refused":
        raise ReviewError(f"cannot read the expression at {text[at : at + 20]!r} in {text!r}")
    kind = match.lastgroup
    assert kind is not None
    return Token(match[0] if kind == "operator" else kind, match[0]), match.end()


def _joined(parts: Iterable[Part]) -> str:
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def tokens_of(text: str) -> tuple[Token, ...]:
    """Split an expression that is not inside a template; raise ``ReviewError`` if it is invalid."""
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
    """Return whether a space follows ``subject``; the cases have the order of hclwrite."""
    kind, following = subject.kind, after.kind
    if kind == "identifier" and following in ("(", "::"):
        return False
    if kind in (".", "::") or following in (".", ",", "..."):
        return False
    if kind == ",":
        return True
    if subject.text == "in" and before.kind == "identifier":
        return True
    if following == "[" and (kind in ("identifier", "number") or kind in _CLOSING):
        return False
    if kind == "!":
        return False
    if kind == "-":
        return before.kind not in _BEFORE_NEGATION and before.kind != ""
    if kind == "{" or following == "}":
        return not (kind == "{" and following == "}")
    return not (kind in _OPENING or following in _CLOSING)


def bare(text: str) -> str:
    """Return a type or another expression that JSON writes without ``${ }``."""
    return join(tokens_of(text))


def reference(text: str) -> str:
    """Return the address unchanged; raise ``ReviewError`` if it is not a valid reference."""
    if not _REFERENCE.fullmatch(text):
        raise ReviewError(f"{text!r} is not a reference")
    return text


def sole_expression(text: str) -> str | None:
    """Return the expression of a string that is a single interpolation, else ``None``."""
    match parse_template(text):
        case [Sequence(start=start, tokens=tokens)] if start.startswith("$"):
            expression = join(tokens)
            # terraform fmt also removes the inner quotes and braces of "${"${…}"}".
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
    """Return the lines of an indented heredoc, or ``None`` if it would change the value.

    The value of a heredoc always ends in a line break, and loses the smallest indentation of its
    lines.
    """
    lines = text.split("\n")
    if len(lines) < 3 or lines.pop() != "" or not all(map(_fits_heredoc, lines)):
        return None
    if all(line[:1] in ("", " ") for line in lines):
        return None
    parts = _template(text, literal=literal)
    # terraform fmt would change a sequence that spans lines or that has an equals sign.
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
    # Only spaces may indent the line, and no combining mark may follow them.
    return (
        first != ""
        and (first.isascii() or unicodedata.category(first)[0] == "L")
        and line.strip() != _HEREDOC_END
        and all(character.isprintable() for character in line)
    )


def _template(text: str, *, literal: bool) -> list[Part]:
    return [_escaped_signs(text)] if literal else parse_template(text)


def _escaped_signs(text: str) -> str:
    return _START.sub(lambda match: match[0][0] + match[0], text)


def _quoted(part: Part) -> str:
    if isinstance(part, Sequence):
        return part.text
    if part.isprintable():
        # Nearly every text is, and has nothing else to escape.
        return part.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(_characters(part))


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
