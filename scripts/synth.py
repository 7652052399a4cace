"""Write what ``make synth`` writes, in one process: ``python -O -m scripts.synth``.

It is the quick way while one edits: the command line of cdktf alone takes longer than the stacks.
``--finish`` leaves the stacks as they are, and does what comes after them: HCL for reviewers, the
table of stacks, and the addresses that vanished.
"""

from __future__ import annotations

import argparse
import sys

from problems import ConfigurationError
from review.__main__ import main as write_review
from scripts import summary
from stacks.__main__ import check_addresses
from terraform_json import SynthesizedError


def main() -> None:
    """Synthesize, and finish; a vanished address is said and stops nothing."""
    parser = argparse.ArgumentParser(prog="python -m scripts.synth", description=__doc__)
    parser.add_argument("--finish", action="store_true", help="only what comes after the stacks")
    if not parser.parse_args().finish:
        # Loads the bindings, of which nothing else here has any use.
        from main import main as synthesize

        synthesize()
    write_review([])
    try:
        summary.main()
        check_addresses()
    except (ConfigurationError, SynthesizedError) as error:
        sys.exit(str(error))
    except SystemExit as lost:
        print(lost, file=sys.stderr)


if __name__ == "__main__":
    main()
