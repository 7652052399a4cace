"""Check the environment files and print what is wrong: ``python -m environments``."""

from __future__ import annotations

import sys
from pathlib import Path

from environments import load
from problems import ConfigurationError

try:
    load(Path(__file__).parent)
except ConfigurationError as error:
    sys.exit(f"{error}\n\nNothing was synthesized.")
