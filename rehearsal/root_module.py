"""Reads any folder of Terraform, HCL or JSON, and the local modules that it calls.

Real Terraform reads the folder again, and says what is wrong in it. Read here is what the rehearsal
itself needs (types, variables, protections), and refused is what it cannot have: modules and
providers that would have to be fetched, other states, and commands that would really run.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from problems import ConfigurationError, Problem
from provider_schema.store import BETA, GOOGLE, load_aws
from rehearsal import hcl
from rehearsal.inputs import is_secret
from rehearsal.synthesized import IGNORED, SynthesizedStack
from terraform_json import SynthesizedError, blocks, parse

LABELS: Mapping[str, int] = {
    "terraform": 0,
    "locals": 0,
    "provider": 1,
    "variable": 1,
    "output": 1,
    "module": 1,
    "check": 1,
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
}
"""How many labels a block has, by its type. Blocks of other types are not needed here."""
VALUES = "zzzz_rehearsal.auto.tfvars"
"""The copy of the file of values; Terraform reads it after those of the folder."""
_REGISTRY = "registry.terraform.io/"
_STAND_INS = {f"hashicorp/{name}": name for name in (GOOGLE, BETA, "aws")}
_BUILT_IN = "terraform.io/builtin/terraform"
_IN_TEXT = (None, "string", "any", "${string}", "${any}")


@dataclass(frozen=True)
class Declaration:
    """A block at the top of a file, and where it begins (in JSON: only in which file)."""

    type: str
    labels: tuple[str, ...]
    body: Mapping[str, Any]
    place: str

    @property
    def address(self) -> str:
        """The block's type and labels; of a resource, its address."""
        shown = self.labels if self.type == "resource" else (self.type, *self.labels)
        return ".".join(shown)


@dataclass(frozen=True, kw_only=True)
class RootModule(SynthesizedStack):
    """A folder in which ``terraform apply`` would run, with a file of values for its variables.

    ``top`` is the folder below which relative paths hold.
    """

    top: Path
    values: Path | None

    @property
    def place(self) -> Path:
        """Where the folder's copy is, below that of ``top``."""
        return Path(self.top.name or "top") / self.folder.relative_to(self.top)

    def copy_to(self, copy: Path) -> None:
        """Copy the folder and its modules, and link all else that is below ``top``."""
        target = copy
        for _ in self.folder.relative_to(self.top).parts:
            target = target.parent
        _mirror(self.top, target, {self.folder, *self.modules})
        if self.values is not None:
            suffix = ".json" if self.values.suffix == ".json" else ""
            shutil.copyfile(self.values, copy / f"{VALUES}{suffix}")


def is_root_module(folder: Path) -> bool:
    """Tell whether a folder has files that Terraform reads."""
    return any(_files(folder))


def read(folder: Path, values: Path | None = None) -> RootModule:
    """Read a folder and the local modules that it calls, with a file of values for its variables.

    Raises ``ConfigurationError`` with all that the rehearsal cannot have there.
    """
    folder = folder.resolve()
    if values is not None and not values.is_file():
        problem = Problem("command line", "--var-file", "is no file", "name a file", str(values))
        raise ConfigurationError([problem])
    problems: list[Problem] = []
    modules: dict[Path, list[Declaration]] = {}
    waiting = [folder]
    while waiting:
        module = waiting.pop()
        if module in modules:
            continue
        modules[module] = list(_declarations(module, folder, problems))
        waiting += _called(module, modules[module], problems)
    for declarations in modules.values():
        problems += _unavailable(declarations)
    known = _names_with_values(folder, values)
    problems += _without_value(modules[folder], known, folder)
    if problems:
        raise ConfigurationError(problems)
    configurations = {path: _configuration(d, known) for path, d in modules.items()}
    return RootModule(
        name=folder.name or "root",
        folder=folder,
        configuration=configurations.pop(folder),
        modules=configurations,
        top=_top(folder, configurations),
        values=values,
        requirements=tuple(_requirements(d for found in modules.values() for d in found)),
        set_by_files=frozenset(known),
    )


# ------------------------------------------------------------------------------------ reading


def _files(folder: Path) -> Iterator[Path]:
    """Yield Terraform's files of a folder; those that override others come last."""
    paths = [
        path
        for path in sorted(folder.iterdir() if folder.is_dir() else ())
        if path.name.endswith((".tf", ".tf.json")) and not path.name.startswith((".", "#"))
    ]
    yield from sorted(paths, key=lambda p: bool(re.search(r"(^|_)override\.tf(\.json)?$", p.name)))


def _declarations(module: Path, folder: Path, problems: list[Problem]) -> Iterator[Declaration]:
    for path in _files(module):
        shown = os.path.relpath(path, folder)
        if path.suffix == ".tf":
            for block in hcl.read_blocks(path.read_bytes()):
                if LABELS.get(block.type) == len(block.labels):
                    yield Declaration(block.type, block.labels, block.body, f"{shown}:{block.line}")
            continue
        try:
            document = parse(path.read_bytes())
            for section, count in LABELS.items():
                for labels, body in blocks(document.get(section, []), count):
                    yield Declaration(section, labels, body, shown)
        except SynthesizedError as error:
            problems.append(Problem(shown, path.name, str(error), "correct the file"))


def _called(
    module: Path, declarations: Iterable[Declaration], problems: list[Problem]
) -> Iterator[Path]:
    for call in (d for d in declarations if d.type == "module"):
        source = str(call.body.get("source", ""))
        path = (module / source).resolve()
        if not source.startswith(("./", "../")):
            problems.append(
                Problem(
                    call.place,
                    f"{call.address}.source",
                    "is fetched from elsewhere, and the rehearsal is offline",
                    "copy the module into a folder, and name that",
                    source,
                    'a path that begins with "./" or "../"',
                )
            )
        elif not is_root_module(path):
            fix = "correct the path, which is relative to the folder of this file"
            what = "is no folder with *.tf or *.tf.json"
            problems.append(Problem(call.place, f"{call.address}.source", what, fix, source))
        else:
            yield path


def _configuration(declarations: Iterable[Declaration], with_value: set[str]) -> dict[str, Any]:
    """Return a module as Terraform JSON; a variable whose value is in a file has a default."""
    configuration: dict[str, list[Any]] = {}
    variables: dict[str, dict[str, Any]] = {}
    for declaration in declarations:
        if declaration.type == "variable":
            variables.setdefault(declaration.labels[0], {}).update(declaration.body)
        else:
            nested = hcl.nested(declaration.labels, declaration.body)
            configuration.setdefault(declaration.type, []).append(nested)
    for name in variables.keys() & with_value:
        variables[name].setdefault("default", None)
    return {**configuration, "variable": variables}


def _names_with_values(folder: Path, values: Path | None) -> set[str]:
    """Return the variables that a file sets which Terraform reads by itself, or the named one."""
    paths = [folder / "terraform.tfvars", folder / "terraform.tfvars.json"]
    paths += [*folder.glob("*.auto.tfvars"), *folder.glob("*.auto.tfvars.json")]
    names: set[str] = set()
    for path in (*paths, *([values] if values else ())):
        if path.is_file():
            content = path.read_bytes()
            names |= parse(content).keys() if path.suffix == ".json" else hcl.read_names(content)
    return names


def _top(folder: Path, modules: Iterable[Path]) -> Path:
    """Return the checkout, or what holds all modules: below it, relative paths hold."""
    checkout = next((p for p in (folder, *folder.parents) if (p / ".git").exists()), folder)
    return Path(os.path.commonpath([checkout, *modules]))


def _mirror(source: Path, target: Path, copied: set[Path]) -> None:
    target.mkdir(parents=True, exist_ok=True)
    is_copied = source in copied
    names = {path.name for path in source.iterdir()}
    for name in sorted(names - IGNORED(str(source), sorted(names))):
        path = source / name
        if any(module.is_relative_to(path) for module in copied):
            _mirror(path, target / name, copied)
        elif is_copied and path.is_dir():
            shutil.copytree(path, target / name, ignore=IGNORED, symlinks=True)
        elif is_copied:
            shutil.copy2(path, target / name)
        else:
            (target / name).symlink_to(path)


# ----------------------------------------------------------------------------------- problems


def _unavailable(declarations: Sequence[Declaration]) -> Iterator[Problem]:
    """Yield what of a module the rehearsal cannot have, or must not run."""
    sources = _sources(declarations)
    for name, (source, place) in sources.items():
        if source not in _STAND_INS and source != _BUILT_IN:
            yield _no_stand_in(place, f"required_providers.{name}", source)
    aws = load_aws().resources
    for block in declarations:
        if block.type == "provider" and block.labels[0] not in sources:
            yield from _implied(block.place, block.address, f"hashicorp/{block.labels[0]}")
        if block.type not in ("resource", "data", "ephemeral"):
            continue
        local = _local_name(block)
        if local not in sources and local != "terraform":
            yield from _implied(block.place, block.address, f"hashicorp/{local}")
        if block.type == "resource" and local == "aws" and block.labels[0] not in aws:
            yield Problem(
                block.place,
                block.address,
                "is of a type that the stand-in for aws does not have",
                "rehearse it in another way",
                allowed=", ".join(aws),
            )
        if "provisioner" in block.body:
            yield Problem(
                block.place,
                block.address,
                "has a provisioner, whose commands the rehearsal would really run",
                "rehearse a copy of the folder without it",
            )
        if block.labels[0] == "terraform_remote_state":
            yield Problem(
                block.place,
                block.address,
                "reads the state of another folder, which the rehearsal does not have",
                "rehearse a copy of the folder with a variable in its place",
            )


def _local_name(block: Declaration) -> str:
    """Return the name that a resource's module has for its provider."""
    provider = str(block.body.get("provider") or block.labels[0].partition("_")[0])
    return re.sub(r"^\$\{|\}$", "", provider).partition(".")[0]


def _sources(declarations: Iterable[Declaration]) -> dict[str, tuple[str, str]]:
    """Return the source of each provider that a module requires, and where it says so."""
    sources = {}
    for place, name, requirement in _required(declarations):
        source = requirement.get("source") if isinstance(requirement, dict) else None
        address = str(source or f"hashicorp/{name}").removeprefix(_REGISTRY)
        sources[name] = (address if "/" in address else f"hashicorp/{address}", place)
    return sources


def _required(declarations: Iterable[Declaration]) -> Iterator[tuple[str, str, Any]]:
    for block in declarations:
        if block.type == "terraform":
            for _, providers in blocks(block.body.get("required_providers"), 0):
                for name, requirement in providers.items():
                    yield block.place, name, requirement


def _requirements(declarations: Iterable[Declaration]) -> Iterator[tuple[str, str]]:
    for place, name, requirement in _required(declarations):
        version = requirement.get("version") if isinstance(requirement, dict) else requirement
        if name in (GOOGLE, BETA) and version:
            yield place, str(version)


def _implied(place: str, key: str, source: str) -> Iterator[Problem]:
    if source not in _STAND_INS:
        yield _no_stand_in(place, key, source)


def _no_stand_in(place: str, key: str, source: str) -> Problem:
    return Problem(
        place,
        key,
        "is of a provider that is not to be had: the rehearsal fetches none",
        "rehearse a copy of the folder without it",
        source,
        f"{', '.join(_STAND_INS)}, and what is built into Terraform",
    )


def _without_value(
    declarations: Iterable[Declaration], known: set[str], folder: Path
) -> Iterator[Problem]:
    """Yield the variables that need a value; secrets in text get one from the rehearsal."""
    variables: dict[str, dict[str, Any]] = {}
    places: dict[str, str] = {}
    for block in declarations:
        if block.type == "variable":
            variables.setdefault(block.labels[0], {}).update(block.body)
            places.setdefault(block.labels[0], block.place)
    for name, variable in variables.items():
        is_canary = is_secret(variable) and variable.get("type") in _IN_TEXT
        if not is_canary and name not in known and "default" not in variable:
            yield Problem(
                places[name],
                f"variable.{name}",
                "has no default, and no file sets it",
                f"set it in {folder.name}/terraform.tfvars, or in a file that --var-file names",
            )
