"""The files of one comparison as modules: what they declare, export and import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tree_sitter import Node

from drift.foreign import NOT_FOLLOWED
from drift.functions import FUNCTIONS, declarations_of
from drift.imports import (
    WHOLE_MODULE,
    imported_names,
    text_in_quotes,
    value_of_package,
)
from drift.known import OWN_PACKAGES, known_schema
from drift.source import Position, Source, SourceError, parts, read_source, text_of
from drift.values import (
    Closure,
    Foreign,
    Interpreter,
    ObjectValue,
    SchemaValue,
    Scope,
    Thunk,
    Unknown,
    Value,
)
from drift.workspace import Workspace, candidate_files

MOST_FILES = 5_000
"""Files that imports and barrels lead to, most of which only are searched for a name."""
MOST_PARSED = 500
"""Files that are parsed because they mention a name; a schema needs a handful."""
DEEPEST = 30
"""Files that import a name from one another in a row."""
_BARREL = re.compile(rb"\bexport\s*\*")


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """A declaration at the top of a module; a statement without a name is one too."""

    name: str | None
    thunk: Thunk
    is_exported: bool


class Module:
    """One file: its names, its exports, and its declarations in order."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scope = Scope(source)
        self.declarations: list[Declaration] = []
        self.closures: list[Closure] = []
        self.exports: dict[str, Callable[[], Value]] = {}
        self.forwards: list[str] = []
        """The module specifiers of ``export * from``."""
        self.was_imported = False


class Program:
    """All files of one comparison: those given, and those that they import.

    Imports are followed by relative paths and, in a workspace, into its other packages.
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self.given: list[Module] = []
        self._modules: dict[Path, Module] = {}
        self._sources: dict[Path, Source] = {}
        self._workspaces: dict[Path, Workspace | None] = {}
        self._files: dict[tuple[Path, str], Path | str] = {}
        self._objects: dict[tuple[Module, str], ObjectValue] = {}
        self._parsed = 0
        self._depth = 0

    def add(self, source: Source) -> Module:
        """Add a file that was given."""
        module = self._module(source)
        self.given.append(module)
        return module

    @property
    def followed(self) -> tuple[str, ...]:
        """The files that were not given and were read for what the given ones import."""
        given = set(self.given)
        files = (m.source.path for m in self._modules.values() if m not in given)
        return tuple(sorted(map(str, files)))

    def _module(self, source: Source) -> Module:
        module = Module(source)
        self._modules[source.path.resolve()] = module
        for statement in parts(source.root):
            self._bind(module, statement, is_exported=False)
        return module

    # Statements at the top of a file

    def _bind(self, module: Module, statement: Node, *, is_exported: bool) -> None:
        kind = statement.type
        if kind == "import_statement":
            self._import(module, statement)
        elif kind == "export_statement":
            self._export(module, statement)
        elif kind in {"lexical_declaration", "variable_declaration"}:
            for declarator in parts(statement):
                for name, thunk in declarations_of(self._interpreter, declarator, module.scope):
                    self._declare(module, name, thunk, is_exported=is_exported)
        elif kind in FUNCTIONS:
            name_node = statement.child_by_field_name("name")
            if name_node is not None:
                closure = Closure(statement, module.scope)
                name = text_of(name_node)
                module.scope.names[name] = closure
                module.closures.append(closure)
                if is_exported:
                    module.exports[name] = lambda: closure
        elif kind in {"class_declaration", "abstract_class_declaration", "enum_declaration"}:
            self._bind_type(module, statement, is_exported=is_exported)
        elif kind == "expression_statement":
            node = next(parts(statement), None)
            if node is not None:
                position = module.source.position(node)
                thunk = self._interpreter.declare(module.scope, node, position)
                module.declarations.append(Declaration(None, thunk, True))

    def _declare(self, module: Module, name: str, thunk: Thunk, *, is_exported: bool) -> None:
        module.scope.names[name] = thunk
        module.declarations.append(Declaration(name, thunk, is_exported))
        if is_exported:
            module.exports[name] = lambda: self._interpreter.resolve(thunk)

    def _bind_type(self, module: Module, statement: Node, *, is_exported: bool) -> None:
        name = statement.child_by_field_name("name")
        if name is None:
            return
        position = module.source.position(statement)
        compute = self._enum if statement.type == "enum_declaration" else self._class
        thunk = Thunk(position, lambda: compute(module, statement, position))
        self._declare(module, text_of(name), thunk, is_exported=is_exported)

    def _class(self, module: Module, statement: Node, position: Position) -> Value:
        pending = [child for child in parts(statement) if child.type == "class_heritage"]
        for heritage in pending:
            for clause in parts(heritage):
                extended = clause.child_by_field_name("value")
                if extended is not None:
                    return self._interpreter.evaluate(extended, module.scope)
        return Unknown(position, "a class that is not followed")

    def _enum(self, module: Module, statement: Node, position: Position) -> Value:
        entries: dict[str, Value] = {}
        body = statement.child_by_field_name("body")
        for part in parts(body) if body is not None else ():
            name, value = part.child_by_field_name("name"), part.child_by_field_name("value")
            if name is not None and value is not None:
                entries[text_of(name)] = self._interpreter.evaluate(value, module.scope)
        return ObjectValue(entries)

    def _export(self, module: Module, statement: Node) -> None:
        declaration = statement.child_by_field_name("declaration")
        source = statement.child_by_field_name("source")
        value = statement.child_by_field_name("value")
        if declaration is not None:
            self._bind(module, declaration, is_exported=True)
        elif value is not None:
            position = module.source.position(value)
            thunk = self._interpreter.declare(module.scope, value, position)
            module.declarations.append(Declaration(None, thunk, True))
            module.exports["default"] = lambda: self._interpreter.resolve(thunk)
        exported_names = [
            (text_of(node), text_of(export.child_by_field_name("alias") or node))
            for clause in parts(statement)
            if clause.type == "export_clause"
            for export in parts(clause)
            if (node := export.child_by_field_name("name")) is not None
        ]
        whole = [child for child in parts(statement) if child.type == "namespace_export"]
        if source is not None and whole:
            # export * as name from "..."
            position = module.source.position(statement)
            compute = self._imported(module, text_in_quotes(source), "*")
            module.exports[text_of(next(parts(whole[0])))] = Thunk(position, compute).value
        elif source is not None and not exported_names:
            module.forwards.append(text_in_quotes(source))
        for name, alias in exported_names:
            if source is not None:
                position = module.source.position(statement)
                compute = self._imported(module, text_in_quotes(source), name)
                module.exports[alias] = Thunk(position, compute).value
            else:
                module.exports[alias] = self._local(module, name)

    def _local(self, module: Module, name: str) -> Callable[[], Value]:
        def compute() -> Value:
            held = module.scope.find(name)
            return Foreign("global", (name,)) if held is None else self._interpreter.resolve(held)

        return compute

    # Imports

    def _import(self, module: Module, statement: Node) -> None:
        source = statement.child_by_field_name("source")
        if source is None or any(child.type == "type" for child in statement.children):
            return
        specifier = text_in_quotes(source)
        position = module.source.position(statement)
        for name, local in imported_names(statement):
            module.scope.names[local] = Thunk(position, self._imported(module, specifier, name))

    def _imported(self, module: Module, specifier: str, name: str) -> Callable[[], Value]:
        """Return what computes a name of another module; ``*`` is the module itself."""

        def compute() -> Value:
            value = value_of_package(specifier, name, module.source.position_at(0, 0))
            if value is not None:
                return value
            if self._depth >= DEEPEST:
                return Foreign(specifier, (name,), f"over {DEEPEST} files import one another")
            self._depth += 1
            try:
                return self._value_of(module, specifier, name)
            finally:
                self._depth -= 1

        return compute

    def _value_of(self, module: Module, specifier: str, name: str) -> Value:
        is_own = specifier.startswith(OWN_PACKAGES)
        if is_own:
            if name in NOT_FOLLOWED:
                return Foreign(specifier, (name,))
            given = self._given(name)
            if given is not None:
                return self._followed(specifier, name, given)
        target = self._target(module, specifier)
        if isinstance(target, Module):
            return self.exported(target, specifier, name)
        path = () if name in WHOLE_MODULE else (name,)
        if not is_own:
            return Foreign(specifier, path, target)

        def member(name: str) -> Value | None:
            value = None if name in NOT_FOLLOWED else self._given(name)
            return None if value is None else self._followed(specifier, name, value)

        return Foreign(specifier, path, target, member)

    def _given(self, name: str) -> Value | None:
        """Return what the given files export by a name, where they agree on one thing.

        Without a workspace it is not known which file a package keeps it in.
        """
        if name in WHOLE_MODULE:
            return None
        found = [value for file in self.given if (value := self.lookup(file, name)) is not None]
        return found[0] if found and all(value is found[0] for value in found) else None

    def _followed(self, specifier: str, name: str, value: Value) -> Value:
        """Return what was declared, or the schema known by name where that is not understood.

        A closed list is never taken from its name where its file is there: it is what changes.
        """
        kind = known_schema(Foreign(specifier, (name,)))
        if kind is None or kind.choices or (isinstance(value, SchemaValue) and value.kind):
            return value
        why = "its declaration is not understood"
        if isinstance(value, Unknown):
            why += f" ({value.position}: {value.why})"
        elif isinstance(value, SchemaValue) and value.trouble:
            why += f" ({value.trouble[0]}: {value.trouble[1]})"
        elif isinstance(value, Foreign) and value.why:
            why = value.why
        return Foreign(specifier, (name,), why)

    def exported(self, module: Module, specifier: str, name: str) -> Value:
        """Return what a module exports by a name; the module itself is an object of its exports."""
        if name == "*":
            module.was_imported = True
            return self._objects.setdefault(
                (module, specifier), ObjectValue(Exports(self, module, specifier))
            )
        value = self.lookup(module, name)
        if value is None:
            why = f"{shown(module.source.path)} does not export {name}"
            value = Foreign(specifier, () if name in WHOLE_MODULE else (name,), why)
        return self._followed(specifier, name, value)

    def lookup(self, module: Module, name: str) -> Value | None:
        """Return what a module exports by a name, through ``export *`` as well, or None."""
        for exporter, barrels in self._exporters(module, name.encode()):
            if name in exporter.exports:
                for passed in (exporter, *barrels):
                    passed.was_imported = True
                return exporter.exports[name]()
        return None

    def names(self, module: Module) -> Iterator[str]:
        """Yield the names that a module exports, through ``export *`` as well."""
        names = (name for file, _ in self._exporters(module, b"") for name in file.exports)
        yield from dict.fromkeys(names)

    def _exporters(
        self, module: Module, wanted: bytes
    ) -> Iterator[tuple[Module, tuple[Module, ...]]]:
        """Yield the files whose exports a module has, each with the barrels that lead to it.

        Files without the wanted text are left out, so that they need not be parsed.
        """
        pending: list[tuple[Module, tuple[Module, ...]]] = [(module, ())]
        seen = {module}
        while pending:
            exporter, barrels = pending.pop(0)
            yield exporter, barrels
            for specifier in exporter.forwards:
                target = self._target(exporter, specifier, wanted)
                if isinstance(target, Module) and target not in seen:
                    seen.add(target)
                    pending.append((target, (*barrels, exporter)))

    # Files

    def _target(self, module: Module, specifier: str, wanted: bytes = b"") -> Module | str:
        """Return the module that an import means, or why it is not followed."""
        key = (module.source.path.parent, specifier)
        if key not in self._files:
            self._files[key] = self._file(module.source.path, specifier)
        found = self._files[key]
        return found if isinstance(found, str) else self._load(found, wanted)

    def _file(self, importer: Path, specifier: str) -> Path | str:
        """Return the file that an import means, without links in its path, or why there is none."""
        workspace = self._workspace(importer)
        if specifier.startswith("."):
            for path in candidate_files(importer.parent / specifier):
                if path.is_file():
                    resolved = path.resolve()
                    if workspace is not None and not resolved.is_relative_to(workspace.root):
                        return f"{shown(path)} leads out of the workspace"
                    return resolved
            return f"there is no file {specifier} beside {shown(importer)}"
        if workspace is None:
            return "no workspace of packages is around the given files"
        found = workspace.find(specifier, importer)
        return found if isinstance(found, str) else found.resolve()

    def _workspace(self, file: Path) -> Workspace | None:
        folder = file.parent
        if folder not in self._workspaces:
            resolved = file.resolve()
            roots = (w for w in self._workspaces.values() if w is not None)
            known = (w for w in roots if resolved.is_relative_to(w.root))
            self._workspaces[folder] = next(known, None) or Workspace.around(file)
        return self._workspaces[folder]

    def _load(self, path: Path, wanted: bytes) -> Module | str:
        """Return the module in a file, or why it is not followed."""
        if path in self._modules:
            return self._modules[path]
        if path not in self._sources:
            if len(self._sources) >= MOST_FILES:
                return f"over {MOST_FILES} files are imported"
            try:
                self._sources[path] = read_source(shown(path))
            except SourceError as error:
                return str(error)
        source = self._sources[path]
        if wanted not in source.text and not _BARREL.search(source.text):
            return f"{source.path} does not mention it"
        if self._parsed >= MOST_PARSED:
            return f"over {MOST_PARSED} files are imported"
        self._parsed += 1
        if source.root.has_error:
            return f"{source.path} is no TypeScript"
        return self._module(source)


class Exports(Mapping[str, Value]):
    """What a module exports, computed name by name when it is asked for."""

    def __init__(self, program: Program, module: Module, specifier: str) -> None:
        self._program = program
        self._module = module
        self._specifier = specifier

    def __getitem__(self, name: str) -> Value:
        """Return the value of an export; known functions stand for themselves."""
        is_own = self._specifier.startswith(OWN_PACKAGES)
        if is_own and name in NOT_FOLLOWED:
            return Foreign(self._specifier, (name,))
        if self._program.lookup(self._module, name) is None and not self._is_known(name):
            raise KeyError(name)
        return self._program.exported(self._module, self._specifier, name)

    def _is_known(self, name: str) -> bool:
        return known_schema(Foreign(self._specifier, (name,))) is not None

    def __iter__(self) -> Iterator[str]:
        """Return the names of all exports."""
        return self._program.names(self._module)

    def __len__(self) -> int:
        """Return how many exports there are."""
        return sum(1 for _ in self)

    # Two objects of exports are the same where they are of one module; comparing computes nothing.
    __eq__ = object.__eq__
    __hash__ = object.__hash__


def shown(path: Path) -> Path:
    """Return a path as messages show it: from the working directory where it is below that."""
    working_directory = Path.cwd()
    return path.relative_to(working_directory) if path.is_relative_to(working_directory) else path
