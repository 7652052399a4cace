"""Writes a small jsii package that is real enough for the jsii kernel.

The package `fake_provider` (npm: `@fake/provider`) has the shape of the generated ones: eager
`__init__`, `_jsii` with an assembly, an npm package whose index requires each module.
"""

import io
import json
import tarfile
from pathlib import Path

MODULES = [f"cloud_thing_v{number}" for number in range(25)]

INIT = """\
'''Text with an import in it:

from . import nothing_at_all
'''
from pkgutil import extend_path
__path__ = extend_path(__path__, __name__)

import publication

from ._jsii import *

ROOT = "at the root"
__all__ = ["ROOT", {names}]

publication.publish()

# Loading modules to ensure their types are registered with the jsii runtime library
"""

JSII = """\
import jsii

__jsii_assembly__ = jsii.JSIIAssembly.load(
    "@fake/provider", "1.0.0", __name__[0:-6], "provider.tgz"
)
__all__ = ["__jsii_assembly__"]
"""

SUBMODULE = """\
import jsii

from .._jsii import *


class Thing(metaclass=jsii.JSIIMeta, jsii_type="@fake/provider.{npm}.Thing"):
    def __init__(self) -> None:
        jsii.create(self.__class__, self, [])

    @jsii.member(jsii_name="loaded")
    def loaded_in_node(self) -> int:
        return jsii.invoke(self, "loaded", [])

    @jsii.member(jsii_name="neighbour")
    def neighbour(self) -> object:
        return jsii.invoke(self, "neighbour", [])
"""

NODE_MODULE = """\
"use strict";
class Thing {{
  loaded() {{ return Object.keys(require.cache).filter((f) => /cloud-thing-v/.test(f)).length; }}
  neighbour() {{ return new (require("..").cloudThingV7.Thing)(); }}
}}
exports.Thing = Thing;
Thing[Symbol.for("jsii.rtti")] = {{ fqn: "@fake/provider.{npm}.Thing", version: "1.0.0" }};
"""


def camel(name: str) -> str:
    return name.replace("_", " ").title().replace(" ", "").replace("C", "c", 1)


def node_package() -> dict[str, str]:
    """The files of the npm package, by path."""
    names = [camel(name) for name in MODULES]
    files = {name.replace("_", "-"): camel(name) for name in MODULES}
    index = [f'exports.{npm} = require("./{file}");' for file, npm in files.items()]
    start = ['"use strict";', " = ".join(f"exports.{name}" for name in names) + " = void 0;"]
    number = {"primitive": "number"}
    types = {
        f"@fake/provider.{npm}.Thing": {
            "kind": "class",
            "assembly": "@fake/provider",
            "fqn": f"@fake/provider.{npm}.Thing",
            "name": "Thing",
            "namespace": npm,
            "initializer": {},
            "methods": [
                {"name": "loaded", "returns": {"type": number}},
                {"name": "neighbour", "returns": {"type": {"primitive": "any"}}},
            ],
        }
        for npm in names
    }
    assembly = {"schema": "jsii/0.10.0", "jsiiVersion": "5.9.0", "targets": {}, "types": types}
    name = {"name": "@fake/provider", "version": "1.0.0"}
    return {
        ".jsii": json.dumps(assembly | name),
        "package.json": json.dumps({"main": "lib/index.js"} | name),
        "lib/index.js": "\n".join(start + index),
        **{f"lib/{file}/index.js": NODE_MODULE.format(npm=npm) for file, npm in files.items()},
    }


def write_package(site: Path, name: str = "fake_provider", *, init: str | None = None) -> Path:
    """Write a package; `init` replaces the text of its `__init__`."""
    package = site / name
    (package / "_jsii").mkdir(parents=True)
    if init is None:
        names = ", ".join(f'"{module}"' for module in MODULES)
        init = INIT.format(names=names) + "".join(f"from . import {m}\n" for m in MODULES)
    (package / "__init__.py").write_text(init)
    (package / "_jsii" / "__init__.py").write_text(JSII)
    for module in MODULES:
        (package / module).mkdir()
        (package / module / "__init__.py").write_text(SUBMODULE.format(npm=camel(module)))
    write_assembly(package, node_package())
    return package


def write_assembly(package: Path, files: dict[str, str]) -> None:
    """Write the npm package that the Python package carries."""
    with tarfile.open(package / "_jsii" / "provider.tgz", "w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
