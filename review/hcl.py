"""A document of blocks and arguments, laid out as ``terraform fmt`` lays it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

INDENT = "  "
ONE_LINE = 80
"""The longest list that stays on one line, in characters."""


@dataclass(frozen=True)
class Value:
    """An expression: its lines, indented as seen from the argument's own line."""

    lines: tuple[str, ...]

    @property
    def is_heredoc(self) -> bool:
        """A heredoc's end must have its line to itself."""
        return len(self.lines) > 1 and self.lines[0].startswith("<<")

    @property
    def is_aligned(self) -> bool:
        """Whether its equals sign stands below those of its neighbours."""
        return len(self.lines) == 1 or self.is_heredoc


def scalar(text: str) -> Value:
    """Return an expression that stands on one line."""
    return Value((text,))


@dataclass(frozen=True)
class Argument:
    """A name and its value."""

    name: str
    value: Value


@dataclass
class Body:
    """What a block holds: its arguments, then its nested blocks."""

    arguments: list[Argument] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    last: list[Argument] = field(default_factory=list)
    """Arguments that come after the blocks."""

    def add(self, name: str, value: Value) -> None:
        """Append an argument."""
        self.arguments.append(Argument(name, value))


@dataclass
class Block:
    """A block with its labels; ``comment`` stands on the line above."""

    type: str
    labels: tuple[str, ...] = ()
    body: Body = field(default_factory=Body)
    comment: str | None = None


def list_value(items: Sequence[Value]) -> Value:
    """Return a list, on one line where it is short."""
    if all(len(item.lines) == 1 for item in items):
        line = f"[{', '.join(item.lines[0] for item in items)}]"
        if len(line) <= ONE_LINE:
            return scalar(line)
    lines = ["["]
    for place, item in enumerate(items, start=1):
        *inner, end = item.lines
        if not item.is_heredoc:
            closing = [f"{end},"]
        else:
            # A comma behind the end of a heredoc would be part of its text.
            closing = [end, ","] if place < len(items) else [end]
        lines += _indented([*inner, *closing])
    return Value((*lines, "]"))


def object_value(entries: Iterable[tuple[str, Value]]) -> Value:
    """Return an object, one entry on a line."""
    arguments = [Argument(name, value) for name, value in entries]
    if not arguments:
        return scalar("{}")
    return Value(("{", *_indented(_aligned(arguments)), "}"))


def document(comment: str, blocks: Iterable[Block]) -> str:
    """Return the text of a file: a comment, then its blocks with a blank line between them."""
    lines = [f"# {comment}"]
    for block in blocks:
        lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _block(block: Block) -> list[str]:
    head = " ".join([block.type, *(f'"{label}"' for label in block.labels)])
    inner = _body(block.body)
    lines = [f"{head} {{", *_indented(inner), "}"] if inner else [f"{head} {{}}"]
    return lines if block.comment is None else [f"# {block.comment}", *lines]


def _body(body: Body) -> list[str]:
    lines = _aligned(body.arguments)
    previous = None
    for block in body.blocks:
        # Blocks of one type read as a list.
        if lines and block.type != previous:
            lines.append("")
        lines += _block(block)
        previous = block.type
    if lines and body.last:
        lines.append("")
    return lines + _aligned(body.last)


def _aligned(arguments: Sequence[Argument]) -> list[str]:
    """Return the lines of arguments whose equals signs stand in one column.

    A value that opens a bracket and closes it on a later line ends the column.
    """
    lines: list[str] = []
    column: list[Argument] = []

    def close() -> None:
        width = max((len(argument.name) for argument in column), default=0)
        for argument in column:
            first, *others = argument.value.lines
            lines.append(f"{argument.name:<{width}} = {first}")
            lines.extend(others)
        column.clear()

    for argument in arguments:
        if argument.value.is_aligned:
            column.append(argument)
        else:
            close()
            first, *others = argument.value.lines
            lines += [f"{argument.name} = {first}", *others]
    close()
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line if line else line for line in lines]
