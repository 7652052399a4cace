"""The files of one comparison as modules: what they declare, export and import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tree_sitter import Node

from drift.functions import FUNCTIONS, declarations_of
from drift.imports import (
    WHOLE_MODULE,
    candidate_files,
    imported_names,
    text_in_quotes,
    value_of_package,
)
from drift.known import OWN_PACKAGES
from drift.source import Position, Source, SourceError, parts, read_source, text_of
from drift.values import (
    Closure,
    Foreign,
    Interpreter,
    ObjectValue,
    Scope,
    Thunk,
    Unknown,
    Value,
)

MOST_FILES = 200
"""Files that imports lead to; a schema needs a handful."""


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
    """All files of one comparison: those given, and those that they import by a relative path."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self.given: list[Module] = []
        self._modules: dict[Path, Module] = {}

    def add(self, source: Source) -> Module:
        """Add a file that was given."""
        module = self._module(source)
        self.given.append(module)
        return module

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
        if source is not None and not exported_names:
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
            target = self._target(module, specifier)
            if target is not None:
                return self._exported(target, name)
            if specifier.startswith(OWN_PACKAGES) and name != "*":
                # Which file of the package declares it is not known: a given one that exports it.
                exporters = [file for file in self.given if name in file.exports]
                if len(exporters) == 1:
                    exporters[0].was_imported = True
                    return exporters[0].exports[name]()
            return Foreign(specifier, () if name in WHOLE_MODULE else (name,))

        return compute

    def _exported(self, module: Module, name: str) -> Value:
        if name == "*":
            module.was_imported = True
            return ObjectValue({key: compute() for key, compute in module.exports.items()})
        pending, seen = [module], {module}
        while pending:
            exporter = pending.pop(0)
            if name in exporter.exports:
                exporter.was_imported = True
                return exporter.exports[name]()
            for specifier in exporter.forwards:
                target = self._target(exporter, specifier)
                if target is not None and target not in seen:
                    seen.add(target)
                    pending.append(target)
        return Foreign(module.source.path.name, (name,))

    def _target(self, module: Module, specifier: str) -> Module | None:
        """Return the module that a relative import names, where its file can be read."""
        if not specifier.startswith("."):
            return None
        base = module.source.path.parent / specifier
        for path in candidate_files(base):
            resolved = path.resolve()
            if resolved in self._modules:
                return self._modules[resolved]
            if path.is_file() and len(self._modules) < MOST_FILES:
                try:
                    source = read_source(path)
                except SourceError:
                    return None
                return None if source.root.has_error else self._module(source)
        return None
