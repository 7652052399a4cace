"""Imports: the names they bind, the files they mean, and what known packages hold."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from drift.members import member_of_effect
from drift.source import Position, parts, text_of
from drift.values import EnvironmentObject, Foreign, Namespace, Value

WHOLE_MODULE = frozenset({"*", "default"})
"""The imported names that stand for all of a package: it has no other default export."""
_EFFECT_ROOTS = frozenset({"effect", "@effect/schema"})
_PROCESS = frozenset({"process", "node:process"})


def value_of_package(specifier: str, name: str, position: Position) -> Value | None:
    """Return what a name of Effect or of Node's ``process`` is, or None for another package."""
    is_whole = name in WHOLE_MODULE
    if specifier in _EFFECT_ROOTS:
        return Namespace("") if is_whole else member_of_effect("", name)
    root, _, module = specifier.rpartition("/")
    if root in _EFFECT_ROOTS:
        return Namespace(module) if is_whole else member_of_effect(module, name)
    if specifier in _PROCESS:
        if name == "env":
            return EnvironmentObject(position)
        return Foreign("global", ("process",))
    return None


def imported_names(statement: Node) -> Iterator[tuple[str, str]]:
    """Return the imported names with the names they get here; types are left out."""
    for clause in parts(statement):
        for part in parts(clause) if clause.type == "import_clause" else ():
            if part.type == "identifier":
                yield "default", text_of(part)
            elif part.type == "namespace_import":
                yield "*", text_of(next(parts(part)))
            elif part.type == "named_imports":
                for binding in parts(part):
                    name = binding.child_by_field_name("name")
                    if name is not None and not any(
                        child.type == "type" for child in binding.children
                    ):
                        alias = binding.child_by_field_name("alias") or name
                        yield text_of(name), text_of(alias)


def text_in_quotes(node: Node) -> str:
    """Return the text of a string without its quotes, as a module specifier has it."""
    return "".join(text_of(part) for part in parts(node))
