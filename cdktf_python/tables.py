"""How generated bindings turn their arguments into Terraform's, read from their JavaScript.

The bindings' wheel carries the JavaScript that jsii would run. It is generated, and of a handful of
forms: a function for each struct, a class for each resource, reference and list. What these say is
read once for each version of the bindings, into one file for each of their modules.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import tarfile
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

FORMAT = 1
"""Increase this when what is read or how it is kept changes."""

Argument = tuple[str, str, str]
"""The name in Terraform, the name in JavaScript, and how the value is written: see ``_MAPPERS``."""

_END = "\n}\n"
_STRUCT = re.compile(r"(?:^|\n)function (\w+)(?<!Hcl)ToTerraform\(struct\) \{\n")
_CLASS = re.compile(r"(?:^|\n)class (\w+) extends cdktf\.(\w+) \{\n")
_ARGUMENT = re.compile(r"^ +(\w+): (.*)\((?:struct\.|this\._)(\w+?)(?:\.internalValue)?\),$")
_GETTER = re.compile(
    r"^    get (\w+)\(\) \{\n        return this\.get(\w+)Attribute\('(\w+)'\);\n", re.MULTILINE
)
_CHILD_GETTER = re.compile(r"^    get (\w+)\(\) \{\n        return this\._(\w+);\n", re.MULTILINE)
_CHILD = re.compile(
    r'^ +this\._(\w+) = new (\w+)\(this, "(\w+)"(?:, (true|false))?\);$', re.MULTILINE
)
_ITEM = re.compile(r"^    get\(index\) \{\n        return new (\w+)\(", re.MULTILINE)
_SUPER = re.compile(r"^        super\((.*)\);$", re.MULTILINE)
_IDENTITY = (
    (re.compile(r"terraformResourceType: '(\w+)'"), "type"),
    (re.compile(r"providerName: '([^']+)'"), "provider"),
    (re.compile(r"providerVersion: '([^']+)'"), "version"),
    (re.compile(r"terraformProviderSource: '([^']+)'"), "source"),
)
_ROOTS = ("TerraformResource", "TerraformDataSource", "TerraformProvider")
_MAPPERS = (
    (re.compile(r"cdktf\.(?:string|number|boolean|any)ToTerraform"), "value"),
    (re.compile(r"cdktf\.listMapper\(cdktf\.\w+ToTerraform, false\)"), "value"),
    (re.compile(r"cdktf\.hashMapper\(cdktf\.\w+ToTerraform\)"), "value"),
    (re.compile(r"(\w+)ToTerraform"), "struct"),
    (re.compile(r"cdktf\.listMapper\((\w+)ToTerraform, (?:true|false)\)"), "structs"),
)


class Module:
    """What a module of the bindings says: its structs and classes, by their names in JavaScript."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.structs: dict[str, list[Argument]] = data["structs"]
        self.classes: dict[str, dict[str, Any]] = data["classes"]

    @classmethod
    def read(cls, path: Path) -> Module:
        """Return what was kept of a module."""
        return cls(json.loads(path.read_text(encoding="utf-8")))


def parsed(text: str) -> dict[str, Any]:
    """Return what the JavaScript of a module says; what has another form is left out."""
    structs = {}
    classes = {}
    for part in text.split(_END):
        if (head := _STRUCT.search(part)) is not None:
            arguments = _arguments(part[head.end() :])
            if arguments is not None:
                structs[head[1]] = arguments
        elif (head := _CLASS.search(part)) is not None:
            about = _class(head[2], part[head.end() :])
            if about is not None:
                classes[head[1]] = about
    return {"structs": structs, "classes": classes}


def _class(base: str, body: str) -> dict[str, Any] | None:
    """Return what is known of a class; None where it could not be made from that."""
    about: dict[str, Any] = {"base": base}
    if base == "ComplexList":
        item = _ITEM.search(body)
        return {**about, "item": item[1]} if item else None
    children = {name: [cls, tf, wraps == "true"] for name, cls, tf, wraps in _CHILD.findall(body)}
    about["children"] = {
        name: children[inner]
        for name, inner in _CHILD_GETTER.findall(body)
        if name == inner and inner in children
    }
    about["getters"] = {name: [kind, tf] for name, kind, tf in _GETTER.findall(body)}
    if base in _ROOTS:
        for pattern, key in _IDENTITY:
            found = pattern.search(body)
            about[key] = found[1] if found else None
        synthesis = body.partition("    synthesizeAttributes() {\n")[2].partition("\n    }\n")[0]
        about["arguments"] = _arguments(synthesis)
        return about if about["type"] and about["arguments"] is not None else None
    if base == "ComplexObject":
        parent = _SUPER.search(body)
        about["parent"] = parent[1] if parent else None
        return about
    return None


def _arguments(body: str) -> list[Argument] | None:
    """Return the arguments that a function writes; None where one is written in another way."""
    arguments = []
    for line in filter(str.strip, body.partition("return {")[2].partition("}")[0].splitlines()):
        match = _ARGUMENT.match(line)
        if match is None:
            return None
        mapper = next((m for m in (_mapper(match[2], *known) for known in _MAPPERS) if m), None)
        if mapper is None:
            return None
        arguments.append((match[1], match[3], mapper))
    return arguments


def _mapper(text: str, pattern: re.Pattern[str], kind: str) -> str | None:
    match = pattern.fullmatch(text)
    if match is None:
        return None
    return f"{kind} {match[1]}" if pattern.groups else kind


def folder(package: str) -> Path:
    """Return where the files of a package of bindings are kept: beside the installed packages."""
    version = metadata.version(package.replace("_", "-"))
    return Path(sys.prefix) / "cdktf-python" / f"{package}-{version}-{FORMAT}"


def problem(package: str) -> str | None:
    """Return why what is read of a package could not be kept; None where it can, or is."""
    kept = folder(package)
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return f"{kept.parent} cannot be made: {error.strerror}"
    if kept.is_dir() or os.access(kept.parent, os.W_OK | os.X_OK):
        return None
    return f"nothing can be written into {kept.parent}"


@cache
def module(package: str, name: str) -> Module | None:
    """Return a module of the bindings by its name in Python; None if it has another form."""
    kept = folder(package)
    if not kept.is_dir():
        _build(package, kept)
    path = kept / f"{name}.json"
    return Module.read(path) if path.exists() else None


def _build(package: str, kept: Path) -> None:
    """Read all modules of a package; the folder appears whole, whoever else does the same."""
    with tempfile.TemporaryDirectory(dir=kept.parent) as unfinished:
        built = Path(unfinished) / "built"
        built.mkdir()
        with tarfile.open(_tarball(package), mode="r|gz") as archive:
            for member in archive:
                parts = Path(member.name).parts
                if len(parts) != 4 or parts[1] != "lib" or parts[3] != "index.js":
                    continue
                file = archive.extractfile(member)
                assert file is not None
                text = file.read().decode().partition("\n//# sourceMappingURL=")[0]
                name = parts[2].replace("-", "_")
                (built / f"{name}.json").write_text(json.dumps(parsed(text)), encoding="utf-8")
        try:
            os.rename(built, kept)
        except OSError:
            if not kept.is_dir():
                raise


def _tarball(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    [tarball] = (Path(spec.origin).parent / "_jsii").glob("*.jsii.tgz")
    return tarball
