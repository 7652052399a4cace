"""Writes a small jsii package that is real enough for the jsii kernel.

The package `fake_provider` (npm: `@fake/provider`) has the shape of the generated ones: eager
`__init__`, `_jsii` with an assembly, an npm package whose index requires each module. Packages of
other names are other npm packages, which one process can hold as well.
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
    "{package}", "1.0.0", __name__[0:-6], "provider.tgz"
)
__all__ = ["__jsii_assembly__"]
"""

SUBMODULE = """\
import jsii

from .._jsii import *


class Thing(metaclass=jsii.JSIIMeta, jsii_type="{package}.{npm}.Thing"):
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
const MODULES = `${{require("node:path").dirname(__dirname)}}/cloud-thing-v`;
class Thing {{
  loaded() {{ return Object.keys(require.cache).filter((f) => f.startsWith(MODULES)).length; }}
  neighbour() {{ return new (require("..").cloudThingV7.Thing)(); }}
}}
exports.Thing = Thing;
Thing[Symbol.for("jsii.rtti")] = {{ fqn: "{package}.{npm}.Thing", version: "1.0.0" }};
"""


def camel(name: str) -> str:
    return name.replace("_", " ").title().replace(" ", "").replace("C", "c", 1)


def npm_name(name: str) -> str:
    """The npm name of a Python package."""
    return "@fake/" + name.removeprefix("fake_").replace("_", "-")


def node_package(package: str = "@fake/provider") -> dict[str, str]:
    """The files of the npm package, by path."""
    names = [camel(name) for name in MODULES]
    files = {name.replace("_", "-"): camel(name) for name in MODULES}
    index = [f'exports.{npm} = require("./{file}");' for file, npm in files.items()]
    start = ['"use strict";', " = ".join(f"exports.{name}" for name in names) + " = void 0;"]
    number = {"primitive": "number"}
    types = {
        f"{package}.{npm}.Thing": {
            "kind": "class",
            "assembly": package,
            "fqn": f"{package}.{npm}.Thing",
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
    name = {"name": package, "version": "1.0.0"}
    return {
        ".jsii": json.dumps(assembly | name),
        "package.json": json.dumps({"main": "lib/index.js"} | name),
        "lib/index.js": "\n".join(start + index),
        **{
            f"lib/{file}/index.js": NODE_MODULE.format(package=package, npm=npm)
            for file, npm in files.items()
        },
    }


def write_package(site: Path, name: str = "fake_provider", *, init: str | None = None) -> Path:
    """Write a package; `init` replaces the text of its `__init__`."""
    package = site / name
    (package / "_jsii").mkdir(parents=True)
    if init is None:
        names = ", ".join(f'"{module}"' for module in MODULES)
        init = INIT.format(names=names) + "".join(f"from . import {m}\n" for m in MODULES)
    (package / "__init__.py").write_text(init)
    (package / "_jsii" / "__init__.py").write_text(JSII.format(package=npm_name(name)))
    for module in MODULES:
        (package / module).mkdir()
        (package / module / "__init__.py").write_text(
            SUBMODULE.format(package=npm_name(name), npm=camel(module))
        )
    write_assembly(package, node_package(npm_name(name)))
    return package


def write_assembly(package: Path, files: dict[str, str]) -> None:
    """Write the npm package that the Python package carries."""
    with tarfile.open(package / "_jsii" / "provider.tgz", "w:gz") as archive:
        for path, text in files.items():
            entry = tarfile.TarInfo(f"package/{path}")
            entry.size, entry.mode = len(text.encode()), 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
