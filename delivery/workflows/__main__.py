"""Write the workflows: ``python -m delivery.workflows``. With ``--check`` say which are stale."""

from __future__ import annotations

import argparse
import sys

from delivery.workflows.generate import FOLDER, workflows
from environments import load
from problems import ConfigurationError


def main() -> None:
    """Write every workflow; with ``--check`` exit 1 where one is not as it would be written."""
    parser = argparse.ArgumentParser(prog="delivery.workflows", description=__doc__)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    try:
        texts = workflows(load(FOLDER.parent.parent / "environments"))
    except ConfigurationError as error:
        sys.exit(str(error))
    stale = [
        name
        for name, text in texts.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    if arguments.check and stale:
        sys.exit(f"stale: {', '.join(stale)}; run python -m delivery.workflows")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(texts[name], encoding="utf-8")


if __name__ == "__main__":
    main()
