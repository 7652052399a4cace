"""Shows it: ``python -m demo``, after a synthesis."""

from __future__ import annotations

import sys
import time

from beep_infra.settings import environment
from demo.loopback import loopback
from demo.story import Story, UnexpectedError
from stacks.addresses import output_folder

ENVIRONMENT = "staging"
_OPENING = f"""\
The environment {ENVIRONMENT}, on this machine: real Terraform and the real commands, on its real
stacks, of which the resources are kept that a release reads or changes. Google, the applications
and their users are stand-ins; where a rollout waits, the clock jumps. Each command has one more
option than it shows: --endpoint, the address of that Google.
"""


def run() -> int:
    """Tell the story, and return an exit code."""
    began = time.monotonic()
    print(_OPENING, end="", flush=True)
    with loopback(environment(ENVIRONMENT), output_folder()) as world:
        try:
            Story(world, sys.stdout).tell()
        except UnexpectedError as error:
            print(f"\nThe demo found a fault: {error}", file=sys.stderr)
            return 1
    print(f"\nThat took {time.monotonic() - began:.0f} s, and nothing of it is left.")
    return 0


if __name__ == "__main__":
    sys.exit(run())
