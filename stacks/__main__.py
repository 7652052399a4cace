"""Hold the synthesized addresses against what was released: ``python -m stacks``.

With ``--release`` the addresses that are synthesized now become the released ones.
"""

from __future__ import annotations

import argparse
import sys

from constructs_lib.temporary_folder import temporary_folder_problem
from environments import load
from problems import ConfigurationError, render
from stacks.addresses import (
    RELEASED_FILE,
    Addresses,
    output_folder,
    problems_of,
    read_moves,
    record_release,
    released_addresses,
    synthesized_addresses,
    vanished,
)
from terraform_json import SynthesizedError


def main() -> None:
    """Do what the arguments say; exit 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m stacks", description=__doc__)
    parser.add_argument("--release", action="store_true", help="record what is synthesized now")
    arguments = parser.parse_args()
    synthesized = check_addresses()
    if arguments.release:
        record_release(synthesized)
        count = sum(map(len, synthesized.values()))
        print(f"{RELEASED_FILE.name}: {count} addresses of {len(synthesized)} stacks")


def check_addresses() -> Addresses:
    """Return the synthesized addresses of each stack; exit with those that vanished.

    An address may vanish with a move or a reason.
    """
    try:
        synthesized = synthesized_addresses(output_folder())
        if not synthesized:
            raise SynthesizedError("nothing was synthesized yet; run make synth first")
        moves = read_moves()
    except (ConfigurationError, SynthesizedError) as error:
        sys.exit(str(error))
    lost = tuple(problems_of(vanished(released_addresses(), synthesized, moves)))
    if lost:
        sys.exit(f"{render(lost)}\n\nAddresses are a contract: see docs/guides/rename.md.")
    return synthesized


def check_files() -> None:
    """Exit with every problem of the environment files, of the moves, or of this machine."""
    problem = temporary_folder_problem()
    if problem is not None:
        sys.exit(f"{problem}\n\nNothing was synthesized.")
    try:
        load(RELEASED_FILE.parent.parent / "environments")
        read_moves()
    except ConfigurationError as error:
        sys.exit(f"{error}\n\nNothing was synthesized.")


if __name__ == "__main__":
    main()
