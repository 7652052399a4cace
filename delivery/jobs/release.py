"""Says what a release lacks for the environments: ``python -m delivery.jobs.release ENV... FILE``.

For all of them before the first gets it: the last environment's mistake must not show after the
first one's rollout.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from beep_infra.settings import ENVIRONMENTS
from delivery.release import read_release
from delivery.rollout.target import target_of
from environments import load
from problems import ConfigurationError, Problem


def main() -> None:
    """Check a release, and exit with what is wrong."""
    parser = argparse.ArgumentParser(prog="delivery.jobs.release", description=__doc__)
    parser.add_argument("environments", nargs="+", metavar="ENV")
    parser.add_argument("release", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    problems: dict[Problem, None] = {}
    try:
        configuration = load(ENVIRONMENTS)
        for name in arguments.environments:
            target = target_of(configuration.environment(name))
            try:
                read_release(arguments.release, name, target.images)
            except ConfigurationError as error:
                problems |= dict.fromkeys(error.problems)
        if problems:
            raise ConfigurationError(problems)
    except ConfigurationError as error:
        sys.exit(f"the release cannot be deployed\n\n{error}")
    except OSError as error:
        sys.exit(f"{arguments.release}: {error.strerror}")


if __name__ == "__main__":
    main()
