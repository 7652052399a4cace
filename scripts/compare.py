"""Compare the synthesized JSON with that of a git revision, byte by byte.

``make compare FROM=REVISION``. For a change of code that must not change what is deployed: a
refactoring is right when every stack is the same. Exit code 0: no byte differs; 1: some do; 2: it
could not be compared.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rehearsal.revision import synthesize_revision
from terraform_json import STACK_FILE, SynthesizedError, stack_files

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 20
"""Of a stack's difference; the rest is counted."""


def main() -> int:
    """Print what differs, or that nothing does."""
    parser = argparse.ArgumentParser(prog="scripts.compare", description=__doc__)
    parser.add_argument("revision", help="a git revision, such as main or v1")
    parser.add_argument("--out", type=Path, default=ROOT / "cdktf.out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="compare-") as folder:
        try:
            before = synthesize_revision(Path(folder), ROOT, arguments.revision)
        except SynthesizedError as error:
            print(f"compare: {error}", file=sys.stderr)
            return 2
        stacks = sorted(_stacks(before) | _stacks(arguments.out))
        changed = changed_stacks(before, arguments.out)
    if not stacks:
        print("compare: nothing was synthesized; run make synth first", file=sys.stderr)
        return 2
    for name, lines in changed.items():
        print(f"@@ {name}", *lines[:MAX_LINES], sep="\n")
        if len(lines) > MAX_LINES:
            print(f"... and {len(lines) - MAX_LINES} lines more")
    same = len(stacks) - len(changed)
    print(f"{same} of {len(stacks)} stacks are the same bytes as in {arguments.revision}")
    return 1 if changed else 0


def changed_stacks(before: Path, after: Path) -> dict[str, list[str]]:
    """Return the lines that differ, by stack, of the stacks of two outputs that differ at all."""
    stacks = sorted(_stacks(before) | _stacks(after))
    differences = {name: _difference(name, before, after) for name in stacks}
    return {name: lines for name, lines in differences.items() if lines}


def _stacks(out: Path) -> set[str]:
    return set(stack_files(out))


def _difference(name: str, before: Path, after: Path) -> list[str]:
    """Return the lines that differ between two outputs of a stack; none where no byte does."""
    old, new = (_bytes(out / "stacks" / name / STACK_FILE) for out in (before, after))
    if old == new:
        return []
    return list(_changed_lines(old.decode(), new.decode())) or ["the bytes differ, no line does"]


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _changed_lines(old: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield line


if __name__ == "__main__":
    sys.exit(main())
