"""From environment files to checked environments, or to one error with every problem."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from constructs_lib.checks import CHECKS
from constructs_lib.environment.catalogue import catalogue_problems
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings, InvalidSettingError
from constructs_lib.environment.wiring import secrets_in_use, wire
from constructs_lib.pipeline.settings import BootstrapSettings, ExportedDatabase, Target
from constructs_lib.postgres.settings import CloudSqlPostgres
from environments.messages import problem_of
from problems import ConfigurationError, Problem, did_you_mean

BOOTSTRAP_FILE = "bootstrap.toml"
FILL_IN = "FILL IN"
"""Marks, in a comment, a value that nobody has chosen yet."""

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that is deployed."""

    shared: BootstrapSettings
    environments: tuple[Environment, ...]
    """In the order in which a change is rolled out."""
    targets: tuple[Target, ...]

    def environment(self, name: str) -> Environment:
        """Return the environment of a name; raises KeyError."""
        for environment in self.environments:
            if environment.settings.environment == name:
                return environment
        raise KeyError(name)


def load(folder: Path) -> Configuration:
    """Read ``bootstrap.toml`` and the file of every environment that it lists.

    Raises ``ConfigurationError`` with all problems of all files.
    """
    problems: list[Problem] = list(catalogue_problems())
    shared = _read(folder / BOOTSTRAP_FILE, BootstrapSettings, problems)
    listed = shared.environments if shared else _listed(folder)
    settings = {
        name: _read(folder / f"{name}.toml", EnvironmentSettings, problems) for name in listed
    }
    problems.extend(_unlisted_files(folder, listed))
    environments = []
    if shared is not None:
        for name, valid in settings.items():
            if valid is not None:
                environments.append(_complete(valid, shared, name, _label(folder, name), problems))
        problems.extend(_collisions(folder, settings, shared))
        problems.extend(_updates_unrehearsed(folder, settings))
    if problems or shared is None:
        raise ConfigurationError(problems)
    targets = tuple(
        Target(
            e.settings.environment, e.settings.project_id, e.settings.project_number, _exported(e)
        )
        for e in environments
    )
    return Configuration(shared, tuple(environments), targets)


def _exported(environment: Environment) -> ExportedDatabase | None:
    settings = environment.settings
    postgres = settings.enabled_postgres
    if settings.database_export is None or postgres is None:
        return None
    return ExportedDatabase(
        settings.region,
        environment.names.postgres,
        postgres.database,
        settings.database_export,
        settings.notification_emails if settings.enable_monitoring else (),
    )


def environment_names(folder: Path) -> tuple[str, ...]:
    """Return the environments that ``bootstrap.toml`` lists, without reading their files.

    Raises ``ConfigurationError`` where that file is not valid.
    """
    return read_bootstrap(folder).environments


def read_environment(folder: Path, name: str) -> EnvironmentSettings:
    """Return the settings of one environment, whatever is wrong with the other files.

    Raises ``ConfigurationError`` with all problems of its file.
    """
    problems: list[Problem] = []
    settings = _read(folder / f"{name}.toml", EnvironmentSettings, problems)
    if settings is None:
        raise ConfigurationError(problems)
    return settings


def read_bootstrap(folder: Path) -> BootstrapSettings:
    """Return the settings that all environments share, without reading the files of these.

    Raises ``ConfigurationError`` with all problems of the file.
    """
    problems: list[Problem] = []
    shared = _read(folder / BOOTSTRAP_FILE, BootstrapSettings, problems)
    if shared is None:
        raise ConfigurationError(problems)
    return shared


def _listed(folder: Path) -> tuple[str, ...]:
    """Return the environments to report on where ``bootstrap.toml`` is at fault: all files."""
    return tuple(sorted(p.stem for p in folder.glob("*.toml") if p.name != BOOTSTRAP_FILE))


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
    apps, unbound = wire(settings, names, where)
    problems.extend(unbound)
    secrets = secrets_in_use(settings, names, apps) if not unbound else ()
    return Environment(settings, shared, names, apps, secrets)


def _read(path: Path, model: type[_Model], problems: list[Problem]) -> _Model | None:
    """Return the validated file, or add what is wrong with it to ``problems``."""
    where = f"{path.parent.name}/{path.name}"
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except FileNotFoundError:
        problems.append(_missing(where, path))
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
    except OSError as error:
        problems.append(
            Problem(
                where, path.name, f"cannot be read: {error.strerror}", "make it a readable file"
            )
        )
        return None
    faults: list[Problem] = list(_unfilled(where, text))
    settings: _Model | None = None
    try:
        # Through JSON, because strict mode takes an array for a tuple only from JSON. TOML's dates
        # have no place in these files; as text they fail as text does.
        settings = model.model_validate_json(json.dumps(raw, default=str))
    except ValidationError as error:
        faults.extend(problem_of(where, model, detail) for detail in error.errors())
    if issubclass(model, EnvironmentSettings):
        invalid = {problem.key.split(".")[0].split("[")[0] for problem in faults}
        valid = settings if isinstance(settings, model) else _partly_valid(model, raw, invalid)
        faults.extend(_cross_check(where, valid))
    problems.extend(faults)
    return None if faults else settings


def _unfilled(where: str, text: str) -> Iterator[Problem]:
    """Yield each line that ``environment new`` has marked and nobody has looked at."""
    for number, line in enumerate(text.splitlines(), 1):
        key, mark, hint = line.partition(f"# {FILL_IN}")
        if mark and not line.lstrip().startswith("#"):
            yield Problem(
                where,
                key.partition("=")[0].strip(),
                f"is still to be filled in, on line {number}",
                "set the value, and remove the comment",
                value=key.partition("=")[2].strip(),
                allowed=hint.removeprefix(": "),
            )


def _missing(where: str, path: Path) -> Problem:
    if path.name == BOOTSTRAP_FILE:
        return Problem(where, path.name, "the file is missing", "create it")
    return Problem(
        where,
        path.name,
        f"the file is missing, and environments of {BOOTSTRAP_FILE} lists it",
        f"make it with beep-infra environment new {path.stem} --from ENV, "
        "or take it out of the list",
    )


def _partly_valid(
    model: type[EnvironmentSettings], raw: Mapping[str, Any], invalid: set[str]
) -> EnvironmentSettings:
    values = {
        name: _adapter(model, name).validate_json(json.dumps(raw[name], default=str))
        for name in model.model_fields
        if name in raw and name not in invalid
    }
    return model.partly_valid(values, invalid)


@cache
def _adapter(model: type[EnvironmentSettings], name: str) -> TypeAdapter[Any]:
    return TypeAdapter(model.model_fields[name].rebuild_annotation())


def _cross_check(where: str, settings: EnvironmentSettings) -> Iterator[Problem]:
    """Run each check as far as the settings that it asks for are valid by themselves."""
    for check in CHECKS:
        try:
            for finding in check(settings):
                yield finding.problem(where)
        except InvalidSettingError:
            continue


def _unlisted_files(folder: Path, listed: Sequence[str]) -> Iterator[Problem]:
    known = {f"{name}.toml" for name in listed} | {BOOTSTRAP_FILE}
    for path in sorted(folder.glob("*.toml")):
        if path.name not in known:
            near = did_you_mean(path.stem, listed)
            yield Problem(
                f"{folder.name}/{path.name}",
                path.name,
                f"is not listed in environments of {BOOTSTRAP_FILE}",
                f'add "{path.stem}" to the list, or remove the file'
                + (f" (there is {near}.toml)" if near else ""),
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
        if s.gcs_storage and s.gcs_storage.bucket == shared.state_bucket:
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


_TRACKS = ("canary", "stable", "week5")
"""Of Cloud SQL's updates, from the earliest."""


def _updates_unrehearsed(
    folder: Path, settings: Mapping[str, EnvironmentSettings | None]
) -> Iterator[Problem]:
    """Yield each production whose database is updated before any other environment's."""
    tracks = {
        name: _TRACKS.index(s.postgres.maintenance.track)
        for name, s in settings.items()
        if s is not None and isinstance(s.postgres, CloudSqlPostgres)
    }
    for name, track in tracks.items():
        s = settings[name]
        others = [other for other in tracks if other != name]
        if s is None or s.app_env != "prod" or not others:
            continue
        if track <= min(tracks[other] for other in others):
            later = " or ".join(_TRACKS[track + 1 :])
            yield Problem(
                _label(folder, name),
                "postgres.maintenance.track",
                "has Cloud SQL update production no later than any other environment",
                f"set {later}, or an earlier track in {others[0]}"
                if later
                else f"set an earlier track in {others[0]}",
                value=f'"{_TRACKS[track]}"',
                allowed=f"a track after that of one of {', '.join(others)}",
            )
