"""Reads the Terraform JSON that cdktf synthesizes, by the rules by which Terraform reads it.

Everything that reads ``cdk.tf.json`` reads it here, so that nobody sees less of a stack than
Terraform does. Seen with Terraform 1.15.5: any level of a block may be a list of objects, and so
may the file; null below the labels is no block; ``//`` is a comment in a body, and a label like any
other above it. Terraform also takes what other programs read differently, such as a key that stands
twice or bytes that are not UTF-8. That is refused here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMENT_KEY = "//"
STACK_FILE = "cdk.tf.json"
MANIFEST = "manifest.json"
MAX_DEPTH = 100
"""Levels of objects and lists in a file; Terraform itself does not end at 100,000."""

Json = Any
Document = Mapping[str, Json]
_LABEL = re.compile(r"[^\W\d][\w-]*")


class SynthesizedError(Exception):
    """What was synthesized is missing, or cannot be read with certainty; the text names it."""


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A stack of the manifest: where its file is, and which stacks are deployed before it."""

    name: str
    file: Path
    dependencies: tuple[str, ...]


def read_manifest(outdir: Path) -> dict[str, ManifestEntry]:
    """Return the stacks that were synthesized into ``outdir``, by name, as cdktf lists them.

    Raises SynthesizedError where there is no manifest, or one that is not cdktf's.
    """
    path = outdir / MANIFEST
    try:
        stacks = parse(path.read_bytes())["stacks"]
        entries = {
            name: ManifestEntry(
                name, outdir / stack["synthesizedStackPath"], tuple(stack.get("dependencies", ()))
            )
            for name, stack in stacks.items()
        }
    except FileNotFoundError:
        raise SynthesizedError(f"{path} is missing; run make synth") from None
    except OSError as error:
        raise SynthesizedError(f"{path} cannot be read: {error.strerror}") from None
    except SynthesizedError as error:
        raise SynthesizedError(f"{path}: {error}; run make synth") from None
    except (KeyError, TypeError, AttributeError):
        raise SynthesizedError(f"{path} is not a manifest of cdktf; run make synth") from None
    for entry in entries.values():
        for dependency in entry.dependencies:
            if dependency not in entries:
                raise SynthesizedError(
                    f"{path}: {entry.name} depends on {dependency}, which it does not list; "
                    "run make synth"
                )
    return entries


def in_order_of_deployment(
    entries: Mapping[str, ManifestEntry], key: Callable[[str], Any] | None = None
) -> list[str]:
    """Return the names of the stacks, each after those that it depends on, and else by ``key``.

    Raises SynthesizedError for stacks that depend on one another.
    """
    ordered: dict[str, None] = {}

    def visit(name: str, waiting: tuple[str, ...]) -> None:
        if name in waiting:
            raise SynthesizedError(f"{name} depends on itself: {' > '.join((*waiting, name))}")
        for dependency in sorted(entries[name].dependencies):
            visit(dependency, (*waiting, name))
        ordered.setdefault(name)

    for name in sorted(sorted(entries), key=key):
        visit(name, ())
    return list(ordered)


def stack_files(outdir: Path) -> dict[str, Path]:
    """Return the file of each stack below ``outdir``, by the stack's name."""
    return {path.parent.name: path for path in sorted((outdir / "stacks").glob(f"*/{STACK_FILE}"))}


def read_stack(path: Path) -> dict[str, Json]:
    """Return a stack's JSON; raises SynthesizedError, which names the stack."""
    return parse_stack(content_of(path), path.parent.name)


def content_of(path: Path) -> bytes:
    """Return the bytes of a stack's file; raises SynthesizedError, which names the stack."""
    stack = path.parent.name
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise SynthesizedError(f"{stack}: {path} is missing; run make synth") from None
    except OSError as error:
        raise SynthesizedError(f"{stack}: {path} cannot be read: {error.strerror}") from None


def parse_stack(
    content: str | bytes,
    stack: str,
    *,
    number: Callable[[str], object] | None = None,
    file: str = STACK_FILE,
) -> dict[str, Json]:
    """Return a stack's JSON, in which ``blocks`` reaches what others than Terraform look for.

    ``file`` is the name of the stack's file, for errors. ``number`` is called with the text of each
    number, whose digits Python would change. Raises SynthesizedError, which names the stack.
    """
    try:
        document = parse(content, number=number)
        for section, labels in _LABELLED.items():
            for _, body in blocks(document.get(section, []), labels):
                for name, inner_labels in _NESTED.get(section, {}).items():
                    list(blocks(body.get(name, []), inner_labels))
    except SynthesizedError as error:
        raise SynthesizedError(f"{stack}: {file}: {error}") from None
    return document


def parse(
    content: str | bytes, *, number: Callable[[str], object] | None = None
) -> dict[str, Json]:
    """Return the object that a JSON file holds; a list of objects is one with lists in it.

    Raises SynthesizedError, which does not name the file.
    """
    try:
        text = content if isinstance(content, str) else content.decode()
        if text.startswith("\ufeff"):
            raise SynthesizedError("begins with a byte order mark, which Terraform refuses")
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=number or _whole,
            parse_float=number or _real,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        raise SynthesizedError(f"not UTF-8: byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise SynthesizedError(f"not JSON: {error}") from None
    except RecursionError:
        raise SynthesizedError(_TOO_DEEP) from None
    _check(document)
    if isinstance(document, list) and all(isinstance(item, dict) for item in document):
        return _merged(document)
    if not isinstance(document, dict):
        raise SynthesizedError("not an object")
    return document


def blocks(content: Json, labels: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Json]]]:
    """Yield the labels and the body of each block of a type, which has so many labels.

    Raises SynthesizedError for what Terraform does not take as blocks.
    """
    if labels == 0:
        for body in content if isinstance(content, list) else [] if content is None else [content]:
            yield (), _body(body)
        return
    levels = [_body(level) for level in (content if isinstance(content, list) else [content])]
    for level in levels:
        for label, below in level.items():
            if not _LABEL.fullmatch(label):
                raise SynthesizedError(f"{label!r} stands where the name of a block belongs")
            for inner, body in blocks(below, labels - 1):
                yield (label, *inner), body


def resources(
    document: Document, section: str = "resource"
) -> Iterator[tuple[str, str, Mapping[str, Json]]]:
    """Yield type, name and arguments of each resource of a stack, or with ``data`` data source."""
    if section in document:
        for (kind, name), body in blocks(document[section], 2):
            yield kind, name, body


def construct_path(body: Mapping[str, Json]) -> str | None:
    """Return the path of the construct that made a block, if cdktf's comment says it."""
    value: Json = body
    for key in (COMMENT_KEY, "metadata", "path"):
        value = value.get(key) if isinstance(value, dict) else None
    # It is written as a comment, which a line break would end.
    return value if isinstance(value, str) and value.isprintable() else None


_LABELLED = {
    "terraform": 0,
    "locals": 0,
    "provider": 1,
    "variable": 1,
    "output": 1,
    "resource": 2,
    "data": 2,
}
_NESTED = {"terraform": {"backend": 1}, "resource": {"lifecycle": 0}}
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def _body(content: Json) -> Mapping[str, Json]:
    if not isinstance(content, dict):
        raise SynthesizedError(f"{json.dumps(content)[:60]} stands where a block belongs")
    return content


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SynthesizedError(f"the key {twice!r} stands twice in an object")
    return document


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise SynthesizedError(f"a number has {len(text)} digits") from None


def _real(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise SynthesizedError(f"the number {text[:60]} is out of range")
    return value


def _refuse_constant(text: str) -> object:
    raise SynthesizedError(f"not JSON: {text} is no number")


def _check(document: Json) -> None:
    """Raise SynthesizedError for what is nested too deeply, and for text that is no Unicode."""
    level: list[Json] = [document]
    depth = 0
    while level:
        below: list[Json] = []
        for value in level:
            if isinstance(value, dict | list):
                if depth == MAX_DEPTH:
                    raise SynthesizedError(_TOO_DEEP)
                below += value
                if isinstance(value, dict):
                    below += value.values()
            elif isinstance(value, str) and not value.isascii():
                _check_text(value)
        level = below
        depth += 1


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SynthesizedError(f"{text[error.start]!r} is half a character") from None


def _merged(documents: list[dict[str, Json]]) -> dict[str, Json]:
    merged: dict[str, list[Json]] = {}
    for document in documents:
        for section, content in document.items():
            merged.setdefault(section, []).extend(
                content if isinstance(content, list) else [content]
            )
    return dict(merged)
