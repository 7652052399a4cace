"""The environment's own files: settings that are still examples, and what is synthesized."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from preflight.context import Context
from results import Result, failed, passed, warned

_EXAMPLE = re.compile(r"(?<![a-z0-9])example(?![a-z0-9])|^0{6}-0{6}-0{6}$", re.IGNORECASE)
_EXAMPLE_NUMBERS = {
    "github.owner_id": range(100_000_001, 100_000_002),
    "github.repository_id": range(200_000_001, 200_000_002),
    "project_number": range(100_000_000_000, 100_000_001_000),
}
"""By key: the numbers in this repository's files."""


def examples(context: Context) -> Iterator[Result]:
    """No setting is still an example of this repository."""
    own = context.settings.model_dump(mode="json")
    shared = context.shared.model_dump(mode="json")
    by_file = {
        context.file: sorted(_examples(own)),
        "environments/bootstrap.toml": sorted(_examples(shared)),
    }
    for file, keys in by_file.items():
        if keys:
            yield failed(
                "settings",
                f"{file} holds examples: {', '.join(keys)}",
                needed="names and numbers of your own",
                fix=f"edit {file}, then make synth",
            )
        else:
            yield passed("settings", f"{file} holds no example")


def _examples(value: Any, key: str = "") -> Iterator[str]:
    """Yield the keys whose value is an example."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _examples(inner, f"{key}.{name}" if key else name)
    elif isinstance(value, list):
        if any(True for inner in value for _ in _examples(inner)):
            yield key
    elif isinstance(value, str):
        if _EXAMPLE.search(value):
            yield key
    elif isinstance(value, int) and value in _EXAMPLE_NUMBERS.get(key, ()):
        yield key


def synthesized(context: Context) -> Iterator[Result]:
    """The stacks are synthesized, after the last change of their settings."""
    files = context.stack_files
    missing = [name for name, path in files.items() if not path.exists()]
    if missing:
        yield failed(
            "stacks",
            f"not synthesized: {', '.join(missing)}",
            needed="every stack of the environment, and bootstrap",
            fix="make synth",
        )
        return
    _ = context.stacks
    oldest = min(path.stat().st_mtime for path in files.values())
    folder = context.root / "environments"
    settings = (folder / "bootstrap.toml", context.root / context.file)
    newer = [path.name for path in settings if path.stat().st_mtime > oldest]
    if newer:
        yield warned(
            "stacks",
            f"older than {', '.join(newer)}",
            needed="stacks of the present settings",
            fix="make synth",
        )
    else:
        yield passed("stacks", f"{len(files)} stacks are synthesized")
