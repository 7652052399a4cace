"""A document of blocks and arguments, formatted as by ``terraform fmt``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

INDENT = "  "
MAX_LIST_LINE = 80
"""The longest list that stays on one line, in characters."""


@dataclass(frozen=True)
class Value:
    """The lines of an expression, indented relative to the line of its argument."""

    lines: tuple[str, ...]

    @property
    def is_heredoc(self) -> bool:
        """Whether the last line is the end of a heredoc, which must be alone on its line."""
        return len(self.lines) > 1 and self.lines[0].startswith("<<")

    @property
    def is_aligned(self) -> bool:
        """Whether the equals sign of its argument is aligned with those of its neighbours."""
        return len(self.lines) == 1 or self.is_heredoc


def scalar(text: str) -> Value:
    """Return an expression that is on one line."""
    return Value((text,))


@dataclass(frozen=True)
class Argument:
    """A name and its value."""

    name: str
    value: Value


@dataclass
class Body:
    """The content of a block: its arguments, then its nested blocks."""

    arguments: list[Argument] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    last: list[Argument] = field(default_factory=list)
    """Arguments that come after the blocks."""

    def add(self, name: str, value: Value) -> None:
        """Append an argument."""
        self.arguments.append(Argument(name, value))


@dataclass
class Block:
    """A block with its labels; ``comment`` is written on the line above."""

    type: str
    labels: tuple[str, ...] = ()
    body: Body = field(default_factory=Body)
    comment: str | None = None


def list_value(items: Sequence[Value]) -> Value:
    """Return a list, on one line if it is short."""
    if all(len(item.lines) == 1 for item in items):
        line = f"[{', '.join(item.lines[0] for item in items)}]"
        if len(line) <= MAX_LIST_LINE:
            return scalar(line)
    lines = ["["]
    for position, item in enumerate(items, start=1):
        *inner, end = item.lines
        if not item.is_heredoc:
            closing = [f"{end},"]
        else:
            # After the end of a heredoc, a comma on the same line would continue its text.
            closing = [end, ","] if position < len(items) else [end]
        lines += _indented([*inner, *closing])
    return Value((*lines, "]"))


def object_value(entries: Iterable[tuple[str, Value]]) -> Value:
    """Return an object, with each entry on a line of its own."""
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
    """Return the lines of arguments, with their equals signs aligned.

    A value of several lines, other than a heredoc, ends the aligned group.
    """
    lines: list[str] = []
    group: list[Argument] = []

    def write_group() -> None:
        width = max((len(argument.name) for argument in group), default=0)
        for argument in group:
            first, *others = argument.value.lines
            lines.append(f"{argument.name:<{width}} = {first}")
            lines.extend(others)
        group.clear()

    for argument in arguments:
        if argument.value.is_aligned:
            group.append(argument)
        else:
            write_group()
            first, *others = argument.value.lines
            lines += [f"{argument.name} = {first}", *others]
    write_group()
    return lines


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line if line else line for line in lines]
