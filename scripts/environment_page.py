"""Write ``docs/reference/environment.md``: ``python -m scripts.environment_page``."""

from __future__ import annotations

from pathlib import Path

from environments import Configuration, load
from environments.matrix import markdown

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "environment.md"

_HEAD = """# Where each variable comes from

Made by `make update-snapshots`; a test holds it against the environment files. One environment
alone, also as JSON: `beep-infra env show --env prod` ([the command](cli.md)).

`literal`: the environment file states it. `topology`: it follows from the settings under "from".
`secret@2`: version 2 of the secret under "from". `at build`: `next build` compiles it into the
image; the running service does not read it.
"""


def page(configuration: Configuration) -> str:
    """Return the page: the matrix of every environment."""
    sections = [
        f"## {environment.settings.environment}\n\n{markdown(environment)}\n"
        for environment in configuration.environments
    ]
    return "\n".join([_HEAD, *sections])


if __name__ == "__main__":
    PAGE.write_text(page(load(ROOT / "environments")), encoding="utf-8")
