"""Addresses are a contract: one that was released and has changed is moved, or has a reason.

``moves.toml`` says what became of an address, ``released.txt`` lists what was released last. A
``moved`` block is written into each stack that has the new address and not the old one, so that
Terraform keeps the resource under its new name instead of destroying it and making another.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationError

from constructs_lib.settings.model import StrictModel
from files import write_whole
from problems import ConfigurationError, Problem, did_you_mean, shown_key
from terraform_json import parse_stack, read_stack, resources, stack_files

MOVES_FILE = Path(__file__).with_name("moves.toml")
RELEASED_FILE = Path(__file__).with_name("released.txt")

Addresses = Mapping[str, frozenset[str]]
"""The addresses of each stack, by the stack's name."""


def _not_empty(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty")
    return text


_Text = Annotated[str, AfterValidator(_not_empty)]


class Move(StrictModel):
    """A resource that has a new address."""

    part: _Text
    from_address: Annotated[_Text, Field(alias="from")]
    to: _Text


class Removal(StrictModel):
    """A resource that is meant to be gone, and why. ``*`` stands for any text."""

    stack: _Text
    address: _Text
    reason: _Text


class Moves(StrictModel):
    """What became of addresses that were released."""

    moved: tuple[Move, ...] = ()
    removed: tuple[Removal, ...] = ()

    def of(self, stack: str) -> Iterator[Move]:
        """Yield the moves that concern a stack."""
        for move in self.moved:
            if move.part == part_of(stack):
                yield move


@dataclass(frozen=True, slots=True)
class Vanished:
    """An address that was released and is gone without a word."""

    stack: str
    address: str
    candidate: str | None
    """The new address of the stack that is most like it."""


def output_folder() -> Path:
    """Return where the stacks are synthesized to: as cdktf says, or ``cdktf.out``."""
    return Path(os.environ.get("CDKTF_OUTDIR") or Path(__file__).parent.parent / "cdktf.out")


def part_of(stack: str) -> str:
    """Return a stack's name without its environment; a part has no hyphen, ``bootstrap`` none."""
    return stack.rpartition("-")[2]


def read_moves(path: Path = MOVES_FILE) -> Moves:
    """Return the moves; raises ConfigurationError with everything that is wrong in the file."""
    where = f"{path.parent.name}/{path.name}"
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        # Through JSON, because strict mode takes an array for a tuple only from JSON.
        return Moves.model_validate_json(json.dumps(document, default=str))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = Problem(where, path.name, f"cannot be read: {error}", "correct the file")
        raise ConfigurationError([problem]) from None
    except ValidationError as error:
        raise ConfigurationError(
            Problem(
                where,
                shown_key(detail["loc"]),
                detail["msg"],
                "write [[moved]] with part, from and to, or [[removed]] with stack, address and "
                "reason",
                value=None if detail["type"] == "missing" else json.dumps(detail["input"]),
            )
            for detail in error.errors()
        ) from None


def synthesized_addresses(outdir: Path) -> Addresses:
    """Return the addresses of every stack that was synthesized into ``outdir``.

    Raises SynthesizedError.
    """
    return {name: _addresses(document) for name, document in read_stacks(outdir).items()}


def read_stacks(outdir: Path) -> dict[str, dict[str, Any]]:
    """Return the JSON of every stack that was synthesized into ``outdir``, by the stack's name.

    Raises SynthesizedError.
    """
    return {name: read_stack(path) for name, path in stack_files(outdir).items()}


def _addresses(document: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(f"{kind}.{name}" for kind, name, _ in resources(document))


def released_addresses(path: Path = RELEASED_FILE) -> Addresses:
    """Return the addresses of every stack as they were released last."""
    by_stack: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        stack, _, address = line.partition(" ")
        by_stack.setdefault(stack, set()).add(address)
    return {stack: frozenset(addresses) for stack, addresses in by_stack.items()}


def record_release(addresses: Addresses, path: Path = RELEASED_FILE) -> None:
    """Write the list of what is released now."""
    lines = sorted(f"{stack} {address}\n" for stack in addresses for address in addresses[stack])
    write_whole(path, "".join(lines))


def move_problems(moves: Moves, addresses: Addresses, released: Addresses) -> Iterator[Problem]:
    """Yield what is wrong with the moves, given what is synthesized and what was released.

    Only some environments may have what was renamed. So that no stack has the new address is a
    fault where one had the old one, and where all that were released are synthesized.
    """
    where = f"{MOVES_FILE.parent.name}/{MOVES_FILE.name}"
    parts = {part_of(stack) for stack in addresses}
    for move in moves.moved:
        value = f'"{move.from_address}"'
        if move.part not in parts:
            near = did_you_mean(move.part, parts)
            yield Problem(
                where,
                "moved.part",
                "is not a part of an environment",
                f"rename it to {near}" if near else "name the stack without its environment",
                value=f'"{move.part}"',
                allowed=", ".join(sorted(parts)),
            )
            continue
        if move.from_address.partition(".")[0] != move.to.partition(".")[0]:
            yield Problem(
                where,
                "moved.to",
                "is of another type, and a move keeps the resource",
                "remove the move; what is replaced by another type is removed and made anew",
                value=f'"{move.to}"',
                allowed=f"an address that begins with {move.from_address.partition('.')[0]}.",
            )
            continue
        moved = {other.from_address: other.to for other in moves.moved if other.part == move.part}
        end = _end(move.from_address, moved)
        if end is None:
            fix = "remove one of the moves"
            yield Problem(where, "moved.from", "leads back to itself", fix, value=value)
            continue
        stacks = [stack for stack in addresses if part_of(stack) == move.part]
        before = [stack for stack in released if part_of(stack) == move.part]
        was_there = any(move.from_address in released[stack] for stack in before)
        is_whole = all(stack in addresses for stack in before)
        if was_there and is_whole and not any(end in addresses[stack] for stack in stacks):
            yield Problem(
                where,
                "moved.to",
                f"leads to {end}, which no stack of {move.part} has",
                "correct the address, or remove the move",
                value=f'"{move.to}"',
            )


def _end(address: str, moved: Mapping[str, str]) -> str | None:
    """Return where moves lead in the end, or None where they lead in a circle."""
    seen = {address}
    while address in moved:
        address = moved[address]
        if address in seen:
            return None
        seen.add(address)
    return address


def write_moved_blocks(outdir: Path, moves: Moves) -> None:
    """Write the moves into the stacks that were synthesized into ``outdir``.

    Raises ConfigurationError for moves that cannot be, and writes none then.
    """
    if not moves.moved:
        return
    problems = list(move_problems(moves, synthesized_addresses(outdir), released_addresses()))
    texts: dict[Path, str] = {}
    for stack, path in stack_files(outdir).items():
        text = path.read_text(encoding="utf-8")
        present = _addresses(parse_stack(text, stack))
        blocks = []
        for move in moves.of(stack):
            if move.to in present and move.from_address in present:
                problems.append(_both_are_there(stack, move))
            elif move.to in present:
                blocks.append({"from": move.from_address, "to": move.to})
        if blocks:
            # As text, so that everything else keeps its bytes.
            block = json.dumps({"moved": blocks}, indent=2).removeprefix("{\n").removesuffix("\n}")
            texts[path] = text.replace("{\n", f"{{\n{block},\n", 1)
    if problems:
        raise ConfigurationError(problems)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")


def _both_are_there(stack: str, move: Move) -> Problem:
    return Problem(
        f"{MOVES_FILE.parent.name}/{MOVES_FILE.name}",
        "moved.from",
        f"is still an address of {stack}, beside {move.to}",
        "rename the construct, or remove the move",
        value=f'"{move.from_address}"',
        allowed="an address that no construct has any more",
    )


def vanished(released: Addresses, synthesized: Addresses, moves: Moves) -> Iterator[Vanished]:
    """Yield each released address that is gone and has neither a move nor a reason."""
    for stack, addresses in released.items():
        present = synthesized.get(stack, frozenset())
        moved = {move.from_address: move.to for move in moves.of(stack)}
        added = present - addresses
        for address in sorted(addresses - present):
            if _arrives(address, moved, present) or _is_meant(stack, address, moves.removed):
                continue
            kind = address.partition(".")[0]
            alike = [new for new in added if new.startswith(f"{kind}.")]
            yield Vanished(stack, address, did_you_mean(address, alike))


def _arrives(address: str, moved: Mapping[str, str], present: Iterable[str]) -> bool:
    """Tell whether moves lead from an address to one that is there."""
    end = _end(address, moved)
    return address in moved and end is not None and end in present


def _is_meant(stack: str, address: str, removals: Iterable[Removal]) -> bool:
    return any(
        fnmatchcase(stack, removal.stack) and fnmatchcase(address, removal.address)
        for removal in removals
    )


def problems_of(lost: Iterable[Vanished]) -> Iterator[Problem]:
    """Yield what to say of each vanished address."""
    for loss in lost:
        rename = (
            f"renamed: beep-infra rename {loss.address} {loss.candidate}. "
            if loss.candidate
            else ""
        )
        yield Problem(
            loss.stack,
            loss.address,
            "was released and is gone: Terraform will destroy the resource",
            f"{rename}Meant to go: add [[removed]] with a reason to stacks/moves.toml "
            "(docs/guides/rename.md)",
        )
