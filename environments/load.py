"""From environment files to checked environments, or to one error that tells everything."""

from __future__ import annotations

import inspect
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from constructs_lib.environment.cross_checks import CROSS_CHECKS
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import BootstrapSettings, EnvironmentSettings
from constructs_lib.environment.wiring import secrets_in_use, wire
from problems import ConfigurationError, Problem, did_you_mean

ENVIRONMENTS = ("dev", "staging", "prod")
"""In the order in which a change is rolled out."""
BOOTSTRAP_FILE = "bootstrap.toml"

_MODES = ("mode", "engine")

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Target:
    """What must be known of an environment to let the pipeline, and nobody else, into it."""

    environment: str
    project_id: str
    project_number: int


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that is deployed."""

    shared: BootstrapSettings
    environments: tuple[Environment, ...]
    targets: tuple[Target, ...]


def load(folder: Path) -> Configuration:
    """Read ``bootstrap.toml`` and every environment file of ``folder``.

    Raises ``ConfigurationError`` with all problems of all files.
    """
    problems: list[Problem] = []
    shared = _read(folder / BOOTSTRAP_FILE, BootstrapSettings, problems)
    settings = {
        name: _read(folder / f"{name}.toml", EnvironmentSettings, problems) for name in ENVIRONMENTS
    }
    problems.extend(_unexpected_files(folder))
    environments = []
    if shared is not None:
        for name, valid in settings.items():
            if valid is not None:
                environments.append(_complete(valid, shared, name, _label(folder, name), problems))
        problems.extend(_collisions(folder, settings, shared))
    if problems or shared is None:
        raise ConfigurationError(problems)
    targets = tuple(
        Target(e.settings.environment, e.settings.project_id, e.settings.project_number)
        for e in environments
    )
    return Configuration(shared, tuple(environments), targets)


def _label(folder: Path, name: str) -> str:
    return f"{folder.name}/{name}.toml"


def _complete(
    settings: EnvironmentSettings,
    shared: BootstrapSettings,
    name: str,
    where: str,
    problems: list[Problem],
) -> Environment:
    if settings.environment != name:
        problems.append(
            Problem(
                where,
                "environment",
                "does not match the name of the file",
                f'set environment = "{name}", or rename the file',
                value=f'"{settings.environment}"',
                allowed=f'"{name}"',
            )
        )
    names = Names(settings, shared)
    problems.extend(names.problems(where))
    apps, found = wire(settings, names, where)
    problems.extend(found)
    secrets = secrets_in_use(settings, names, apps) if not found else ()
    return Environment(settings, shared, names, apps, secrets)


def _read(path: Path, model: type[_Model], problems: list[Problem]) -> _Model | None:
    """Return the validated file, or add what is wrong with it to ``problems``."""
    where = f"{path.parent.name}/{path.name}"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(Problem(where, path.name, "the file is missing", "create it"))
        return None
    except UnicodeDecodeError as error:
        problems.append(
            Problem(where, path.name, f"is not UTF-8: byte {error.start}", "save it as UTF-8")
        )
        return None
    except tomllib.TOMLDecodeError as error:
        problems.append(
            Problem(where, "TOML", f"is not valid TOML: {error}", "correct the syntax there")
        )
        return None
    found: list[Problem] = []
    settings: _Model | None = None
    try:
        # Through JSON, because strict mode takes an array for a tuple only from JSON. TOML's dates
        # have no place in these files; as text they fail as text does.
        settings = model.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        found.extend(_problem(where, model, detail) for detail in error.errors())
    if model is EnvironmentSettings:
        invalid = {problem.key.split(".")[0].split("[")[0] for problem in found}
        found.extend(_cross_check(where, raw, invalid))
    problems.extend(found)
    return None if found else settings


def _cross_check(where: str, raw: Mapping[str, Any], invalid: set[str]) -> Iterator[Problem]:
    """Run each check whose settings are all valid."""
    valid = {
        name: _validated(name, field, raw)
        for name, field in EnvironmentSettings.model_fields.items()
        if name not in invalid
    }
    for check in CROSS_CHECKS:
        needed = inspect.signature(check).parameters
        if valid.keys() >= needed.keys():
            for found in check(**{name: valid[name] for name in needed}):
                yield Problem(
                    where, found.key, found.what, found.fix, found.shown_value, found.allowed
                )


def _validated(name: str, field: FieldInfo, raw: Mapping[str, Any]) -> Any:
    if name not in raw:
        return field.get_default()
    adapter = TypeAdapter[Any](field.annotation)  # type: ignore[arg-type]
    return adapter.validate_json(json.dumps(raw[name], default=str))


def _unexpected_files(folder: Path) -> Iterator[Problem]:
    known = {f"{name}.toml" for name in ENVIRONMENTS} | {BOOTSTRAP_FILE}
    for path in sorted(folder.glob("*.toml")):
        if path.name not in known:
            yield Problem(
                f"{folder.name}/{path.name}",
                path.name,
                "is not the file of an environment",
                "remove it or rename it",
                allowed=", ".join(sorted(known)),
            )


def _collisions(
    folder: Path,
    settings: Mapping[str, EnvironmentSettings | None],
    shared: BootstrapSettings,
) -> Iterator[Problem]:
    """Yield values that environments must not share; names are unique within a project only."""
    present = [(name, s) for name, s in settings.items() if s is not None]
    for (name_a, a), (name_b, b) in combinations(present, 2):
        for key in ("project_id", "project_number", "domain"):
            value = getattr(a, key)
            if value == getattr(b, key):
                yield Problem(
                    _label(folder, name_b),
                    key,
                    f"is also the {key} of {name_a}",
                    f"give {name_b} a {key} of its own",
                    value=f'"{value}"' if isinstance(value, str) else str(value),
                )
        if a.storage and b.storage and a.storage.bucket == b.storage.bucket:
            yield Problem(
                _label(folder, name_b),
                "storage.bucket",
                f"is also the bucket of {name_a}",
                f"give {name_b} a bucket of its own",
                value=f'"{b.storage.bucket}"',
            )
    for name, s in present:
        if s.gcs_on and s.gcs_on.bucket == shared.state_bucket:
            yield Problem(
                _label(folder, name),
                "storage.bucket",
                f"is also the state_bucket of {BOOTSTRAP_FILE}",
                f"give {name} a bucket of its own",
                value=f'"{shared.state_bucket}"',
            )
        if s.project_id == shared.project_id:
            yield Problem(
                _label(folder, name),
                "project_id",
                f"is also the project of {BOOTSTRAP_FILE}, which holds the state of all",
                f"give {name} a project of its own",
                value=f'"{s.project_id}"',
            )


def _problem(where: str, model: type[BaseModel], detail: Mapping[str, Any]) -> Problem:
    """Turn one of pydantic's errors into a problem in the words of the file."""
    location, table = _in_the_file(model, detail["loc"])
    key = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in location).lstrip(".")
    context = detail.get("ctx", {})
    match detail["type"]:
        case "extra_forbidden":
            known = list(table.model_fields)
            near = did_you_mean(str(location[-1]), known)
            mode = _mode_with(model, detail["loc"])
            instead = f", or set {key.rpartition('.')[0]}.{mode}" if mode else ""
            return Problem(
                where,
                key,
                f"needs {mode}" if mode else "is not a setting",
                f"rename it to {near}" if near else f"remove it{instead}",
                allowed=", ".join(known),
            )
        case "missing":
            return Problem(where, key, "is missing", f"add {location[-1]}")
        case "beep":
            return Problem(
                where,
                key,
                context["what"],
                context["fix"],
                value=_shown(detail["input"]),
                allowed=context["allowed"],
            )
        case "literal_error":
            return _not_allowed(where, key, detail["input"], context["expected"])
        case "union_tag_invalid":
            mode = context["discriminator"].strip("'")
            return _not_allowed(where, f"{key}.{mode}", context["tag"], context["expected_tags"])
        case "union_tag_not_found":
            mode = context["discriminator"].strip("'")
            return Problem(where, f"{key}.{mode}", "is missing", f"add {mode}")
        case _:
            message = (detail["msg"][0].lower() + detail["msg"][1:]).removeprefix("input ")
            allowed = message.removeprefix("should be ")
            return Problem(
                where,
                key,
                message,
                f"set {key} to {allowed}",
                value=_shown(detail["input"]),
                allowed=allowed,
            )


def _not_allowed(where: str, key: str, value: object, expected: str) -> Problem:
    near = did_you_mean(str(value), expected.split("'")[1::2])
    return Problem(
        where,
        key,
        "is not one of the allowed values",
        f'set it to "{near}"' if near else "choose one of them",
        value=_shown(value),
        allowed=expected.replace("'", '"'),
    )


def _in_the_file(
    model: type[BaseModel], location: tuple[str | int, ...]
) -> tuple[list[str | int], type[BaseModel]]:
    """Return a place as the file spells it, and the table in which it stands.

    Pydantic names the mode of a table with modes as a step of its own; no file does.
    """
    shown: list[str | int] = []
    table: type[BaseModel] = model
    place: Any = model
    for part in location:
        tables = _tables(place)
        if len(tables) > 1:
            place = next(t for t in tables if part == _mode(t)[1])
            continue
        if part == "[key]":
            # What is wrong with a name, pydantic says of a step below it.
            continue
        shown.append(part)
        if tables:
            table = tables[0]
            field = table.model_fields.get(str(part))
            place = field.annotation if field else Any
        else:
            place = get_args(place)[-1] if get_origin(place) is Mapping else Any
    return shown, table


def _mode_with(model: type[BaseModel], location: tuple[str | int, ...]) -> str | None:
    """Return the mode, as the file sets it, under which a table has the key that it refuses."""
    place: Any = model
    for part in location[:-2]:
        table = next(iter(_tables(place)), None)
        field = table.model_fields.get(str(part)) if table else None
        place = field.annotation if field else Any
    tables = _tables(place)
    having = [t for t in tables if location[-1] in t.model_fields]
    if len(tables) < 2 or not having:
        return None
    return '{} = "{}"'.format(*_mode(having[0]))


def _mode(table: type[BaseModel]) -> tuple[str, str]:
    """Return the key that tells the modes of a table apart, and this mode's own value."""
    name = next(name for name in _MODES if name in table.model_fields)
    return name, get_args(table.model_fields[name].annotation)[0]


def _tables(annotation: Any) -> list[type[BaseModel]]:
    """Return the tables that a setting may be: one for each mode."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        return [table for inner in get_args(annotation) for table in _tables(inner)]
    return []


def _shown(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
