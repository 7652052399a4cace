"""The app: environment files in, one Terraform root module for each stack out."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from environments import load
from problems import ConfigurationError

ROOT = Path(__file__).parent


def main() -> None:
    """Synthesize every stack of every environment, or nothing."""
    try:
        configuration = load(ROOT / "environments")
    except ConfigurationError as error:
        sys.exit(f"{error}\n\nNothing was synthesized.")
    # Only now: starting cdktf costs far more than finding out that it is not needed.
    from stacks.app import synthesize

    outdir = Path(os.environ.get("CDKTF_OUTDIR") or ROOT / "cdktf.out")
    synthesize(configuration, outdir)


if __name__ == "__main__":
    main()
