"""The values of literals: numbers and the pieces of texts, as JavaScript reads them."""

from __future__ import annotations

import re

from tree_sitter import Node

from drift.source import text_of

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def number_of(text: str) -> int | float | None:
    """Return the value of a number, or None where its form is not followed."""
    text = text.replace("_", "").lower()
    try:
        return int(text.removesuffix("n"), 0)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return None
    # JavaScript has no other whole numbers: 5.0 is written "5".
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def fragment_text(node: Node) -> str:
    """Return the text of a piece of a string or template, where it is an escape its meaning."""
    text = text_of(node)
    if node.type != "escape_sequence":
        return text
    code = re.fullmatch(r"\\(?:x|u\{?)([0-9a-fA-F]+)\}?", text)
    if code:
        number = int(code[1], 16)
        return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"
    return _ESCAPES.get(text[1:].replace("\r\n", "\n"), text[1:])
