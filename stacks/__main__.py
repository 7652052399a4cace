"""Hold the synthesized addresses against what was released: ``python -m stacks``.

With ``--release`` the addresses that are synthesized now become the released ones.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from problems import ConfigurationError, render
from stacks.addresses import (
    RELEASED_FILE,
    problems_of,
    read_moves,
    record_release,
    released_addresses,
    synthesized_addresses,
    vanished,
)

OUT = Path(__file__).parent.parent / "cdktf.out"


def main() -> None:
    """Print every address that vanished without a move or a reason; exit 1 where there is one."""
    parser = argparse.ArgumentParser(prog="python -m stacks", description=__doc__)
    parser.add_argument("--release", action="store_true", help="record what is synthesized now")
    arguments = parser.parse_args()
    synthesized = synthesized_addresses(OUT)
    if not synthesized:
        sys.exit(f"{OUT.name}: nothing was synthesized yet; run make synth first")
    try:
        moves = read_moves()
    except ConfigurationError as error:
        sys.exit(str(error))
    lost = tuple(problems_of(vanished(released_addresses(), synthesized, moves)))
    if lost:
        sys.exit(f"{render(lost)}\n\nAddresses are a contract: see docs/guides/rename.md.")
    if arguments.release:
        record_release(synthesized)
        count = sum(map(len, synthesized.values()))
        print(f"{RELEASED_FILE.name}: {count} addresses of {len(synthesized)} stacks")


if __name__ == "__main__":
    main()
