"""The file of a further environment, written after that of another.

The text is edited, not generated: comments and order stay, so that the two files can be compared.
"""

from __future__ import annotations

import ipaddress
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from constructs_lib.environment.names import Names
from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.pipeline.settings import BootstrapSettings
from constructs_lib.settings.fields import EnvironmentName
from environments.load import FILL_IN, read_bootstrap, read_environment
from problems import did_you_mean

_RANGE_KEYS = ("subnet_cidr", "service_range_cidr", "connector_cidr")
_POOL = ipaddress.IPv4Network("10.0.0.0/8")
_NOT_TAKEN_OVER = (
    "postgres.instance_name",
    "postgres.disk_name",
    "postgres.disk_snapshot",
    "telemetry.disk_name",
    "telemetry.disk_snapshot",
    # The number of an account in the other environment's project.
    "storage.aws.api_account_unique_id",
)
"""Keys whose values are of the other environment alone; most of them are left by a restore."""


class EnvironmentFileError(Exception):
    """A file that cannot be written; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The text of a new environment's file, and what a person must still fill in."""

    path: Path
    text: str
    to_fill_in: Mapping[str, str]
    """Key to hint, in the order of the file."""

    def write(self) -> None:
        """Write the file whole or not at all; raises EnvironmentFileError where there is one."""
        folder = self.path.parent
        try:
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{self.path.name}.")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(self.text)
                os.chmod(temporary, 0o644)
                # A link to a name that exists fails, where a rename would overwrite.
                os.link(temporary, self.path)
            finally:
                os.unlink(temporary)
        except FileExistsError:
            raise EnvironmentFileError(_exists(self.path)) from None
        except OSError as error:
            reason = f"{folder.name}/{self.path.name} cannot be written: {error.strerror}"
            raise EnvironmentFileError(reason) from None


def new_environment(folder: Path, name: str, source: str) -> Draft:
    """Return the file of environment ``name``, after that of ``source``.

    Other files may be unfinished: only their address ranges are read. Raises EnvironmentFileError
    for a name that cannot be or is taken, and ConfigurationError for a source with faults.
    """
    shared = read_bootstrap(folder)
    _check_name(folder, shared, name)
    settings = read_environment(folder, source)
    _check_length(Names(settings.model_copy(update={"environment": name}), shared), name)
    text = (folder / f"{source}.toml").read_text(encoding="utf-8")
    values = dict(_values(settings, folder, name))
    hints = {
        "project_id": "the id of a project of its own, from gcloud projects list",
        "project_number": "its number, from gcloud projects describe PROJECT_ID",
        "domain": "a domain of its own; the hosts below are within it",
        "notification_emails": "who is notified",
    }
    if settings.storage is not None:
        hints["storage.bucket"] = "a name that is unique among all buckets"
    edited = "".join(_edited(text, values, hints, _renamed(settings, name)))
    _check_edits(edited, values, source)
    document = tomllib.loads(edited)
    to_fill_in = {key: hint for key, hint in hints.items() if _lookup(document, key) is not None}
    return Draft(folder / f"{name}.toml", edited, to_fill_in)


def _lookup(document: Mapping[str, Any], key: str) -> Any:
    value: Any = document
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _check_edits(text: str, values: Mapping[str, str], source: str) -> None:
    """Raise EnvironmentFileError where a value was not found in the form in which it is edited."""
    document = tomllib.loads(text)
    for key, value in values.items():
        if str(_lookup(document, key)) != value.strip('"'):
            raise EnvironmentFileError(
                f"environments/{source}.toml: {key} cannot be rewritten; give it a line of its own"
            )


def _check_name(folder: Path, shared: BootstrapSettings, name: str) -> None:
    try:
        TypeAdapter[str](EnvironmentName).validate_python(name)
    except ValidationError as error:
        context = error.errors()[0]["ctx"]
        raise EnvironmentFileError(
            f"{name!r} {context['what']}; allowed: {context['allowed']}; {context['fix']}"
        ) from None
    path = folder / f"{name}.toml"
    if path.exists() or path.is_symlink():
        raise EnvironmentFileError(_exists(path))
    near = did_you_mean(name, (known for known in shared.environments if known != name))
    if near is not None and near.replace("-", "") == name.replace("-", ""):
        raise EnvironmentFileError(f"{name} differs from {near} by a hyphen only; rename it")


def _check_length(names: Names, name: str) -> None:
    for problem in names.problems("environments"):
        raise EnvironmentFileError(
            f"{name} {problem.what}; allowed: {problem.allowed}; {problem.fix}"
        )


def _exists(path: Path) -> str:
    return f"{path.parent.name}/{path.name} exists, and is never overwritten; choose another name"


def _renamed(settings: EnvironmentSettings, name: str) -> tuple[tuple[str, str], ...]:
    """Return what is replaced inside values: the domain first, since it may hold the name."""
    old = settings.environment
    parent = settings.domain.removeprefix(f"{old}.")
    return ((settings.domain, f"{name}.{parent}"), (old, name))


def _values(settings: EnvironmentSettings, folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """Yield the keys whose new value follows from the name or from the other environments."""
    yield "environment", f'"{name}"'
    yield "project_number", "0"
    used = list(_used_ranges(folder))
    for key, cidr in _ranges(settings).items():
        free = next_free(ipaddress.IPv4Network(cidr).prefixlen, used)
        used.append(free)
        yield f"network.{key}", f'"{free}"'


def _used_ranges(folder: Path) -> Iterator[ipaddress.IPv4Network]:
    """Yield the address ranges of every environment file, as far as it can be read."""
    for path in folder.glob("*.toml"):
        try:
            network = tomllib.loads(path.read_text(encoding="utf-8")).get("network")
        except (OSError, ValueError):
            continue
        if not isinstance(network, dict):
            continue
        for key in _RANGE_KEYS:
            try:
                yield ipaddress.IPv4Network(str(network.get(key)))
            except ValueError:
                continue


def _ranges(settings: EnvironmentSettings) -> dict[str, str]:
    values = {key: getattr(settings.network, key) for key in _RANGE_KEYS}
    return {key: cidr for key, cidr in values.items() if cidr is not None}


def next_free(prefix: int, used: Iterable[ipaddress.IPv4Network]) -> ipaddress.IPv4Network:
    """Return the lowest range of 10.0.0.0/8 with a prefix that overlaps none of ``used``.

    Raises EnvironmentFileError where there is none.
    """
    taken = sorted(used)
    candidate = ipaddress.IPv4Network((int(_POOL.network_address), prefix))
    while candidate.subnet_of(_POOL):
        overlapping = [network for network in taken if network.overlaps(candidate)]
        if not overlapping:
            return candidate
        # The next range of this size behind all of those: no smaller step can succeed.
        behind = max(int(network.broadcast_address) for network in overlapping) + 1
        size = candidate.num_addresses
        candidate = ipaddress.IPv4Network((-(-behind // size) * size, prefix))
    raise EnvironmentFileError(f"no /{prefix} of {_POOL} is free beside the other environments")


_KEY = re.compile(r"^(?P<head>\s*(?P<key>[\w.-]+)\s*=\s*)(?P<value>.*?)(?P<comment>\s+#.*)?\n?$")


def _edited(
    text: str,
    values: Mapping[str, str],
    hints: Mapping[str, str],
    renamed: Sequence[tuple[str, str]],
) -> Iterator[str]:
    """Yield the lines of the new file."""
    table = ""
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith("#"):
            yield line
            continue
        if stripped.startswith("[") and stripped.endswith("]") and "=" not in stripped:
            table = f"{stripped.strip('[]')}."
        match = _KEY.match(line)
        if match is None:
            yield _substituted(line, renamed)
            continue
        key = f"{table}{match['key']}"
        if key in _NOT_TAKEN_OVER:
            continue
        if key in values:
            value = values[key]
        elif key == "app_env":
            value = match["value"]
        elif table == "secret_versions.":
            # A new secret has its first version only.
            value = "1"
        else:
            value = _substituted(match["value"], renamed)
        mark = f"  # {FILL_IN}: {hints[key]}" if key in hints else match["comment"] or ""
        yield f"{match['head']}{value}{mark}\n"


def _substituted(text: str, renamed: Sequence[tuple[str, str]]) -> str:
    """Return a text with the other environment's domain and name replaced, in one pass."""
    (domain, new_domain), (name, new_name) = renamed
    # A name beside a dot is part of a host: docker.pkg.dev is not that of dev.
    pattern = (
        rf"(?<![a-z0-9-]){re.escape(domain)}(?![a-z0-9-])"
        rf"|(?<![a-z0-9.]){re.escape(name)}(?![a-z0-9.])"
    )
    return re.sub(pattern, lambda m: new_domain if m[0] == domain else new_name, text)
