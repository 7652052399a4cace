"""Environments beside those of the repository, to measure what a further one costs.

``python -m bench.growth write FOLDER COUNT`` writes the environment files, and
``python -O -m bench.growth synth FOLDER`` synthesizes them as ``main.py`` does.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ENVIRONMENTS = Path(__file__).parent.parent / "environments"


def further_environments(folder: Path, count: int) -> None:
    """Write ``count`` more environments to a folder of environment files, each after one of them.

    Each has a name, project, domain and bucket of its own.
    """
    from environments import BOOTSTRAP_FILE, load
    from environments.new import new_environment

    sources = load(folder).shared.environments
    bootstrap = folder / BOOTSTRAP_FILE
    for number in range(1, count + 1):
        name = f"further{number}"
        configuration = load(folder)
        draft = new_environment(folder, name, sources[number % len(sources)])
        text = _with_value(draft.text, "project_id", f'"beep-{name}-example"')
        text = _with_value(text, "project_number", str(200_000_000_000 + number))
        text = _with_value(text, "bucket", f'"beep-{name}-example"')
        text = re.sub(r"  # FILL IN: .*", "", text)
        draft.path.write_text(text, encoding="utf-8")
        names = (*configuration.shared.environments, name)
        listed = ", ".join(f'"{known}"' for known in names)
        text = _with_value(bootstrap.read_text(encoding="utf-8"), "environments", f"[{listed}]")
        bootstrap.write_text(text, encoding="utf-8")


def _with_value(text: str, key: str, value: str) -> str:
    return re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.MULTILINE)


def write(folder: Path, count: int) -> None:
    """Copy the environment files of the repository to a new folder, and add further ones."""
    folder.mkdir()
    for file in ENVIRONMENTS.glob("*.toml"):
        shutil.copy(file, folder)
    further_environments(folder, count)


def synth(folder: Path) -> None:
    """Synthesize the environments of a folder to where ``CDKTF_OUTDIR`` says."""
    import main as app

    app.ROOT = folder.parent
    app.main()


def main() -> None:
    """Do what the command line says."""
    match sys.argv[1:]:
        case ["write", folder, count]:
            write(Path(folder), int(count))
        case ["synth", folder]:
            synth(Path(folder))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
