"""Reading the schema: which variables the given files read, and what was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tree_sitter import Node

from drift.evaluate import Evaluator
from drift.facts import Facts, name_of, side_of, together
from drift.modules import Declaration, Module, Program
from drift.source import Position, read, text_of
from drift.values import Closure, Namespace, Naming, Native, Read, Value, reads_in, settle
from envschema.variables import Side

_WORD = re.compile(rb"(?<![\w$])[A-Za-z_$][\w$]*")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIDES = {"ServerEnv.ts": Side.SERVER, "ClientEnv.ts": Side.CLIENT}
_NO_EXPRESSION = frozenset(
    {
        "import_specifier",
        "import_clause",
        "namespace_import",
        "export_specifier",
        "nested_type_identifier",
        "nested_identifier",
        "type_query",
        "type_annotation",
    }
)


_PATTERNS = frozenset(
    {
        "required_parameter",
        "optional_parameter",
        "formal_parameters",
        "pair_pattern",
        "array_pattern",
        "rest_pattern",
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """Something that was not understood, and whether it may hide variables."""

    position: Position
    message: str
    hides: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """What the given files read."""

    files: tuple[str, ...]
    facts: dict[str, Facts]
    begins: dict[Side, Position]
    """Where the variables of a side are read first; a side that is not here was not given."""
    hidden: frozenset[Side]
    """The sides where something not understood may read further variables."""
    troubles: tuple[Trouble, ...]
    syntax_errors: tuple[Position, ...]


def read_schema(
    paths: Sequence[Path], *, known_elsewhere: Callable[[str], bool] = lambda name: False
) -> Schema:
    """Read the schema in the given files. Raises SourceError for a file that cannot be read.

    ``known_elsewhere`` tells which variables may be taken from the environment directly.
    """
    evaluator = Evaluator()
    program = Program(evaluator)
    errors: list[Position] = []
    for path in paths:
        source = read(path)
        broken = source.syntax_errors()
        errors.extend(broken)
        if not broken:
            program.add(source)
    reads: list[Read] = []
    for module in program.given:
        reads.extend(_reads_of(evaluator, module))
    for module in program.given:
        _probe_closures(evaluator, module)
    names = [*_named(evaluator, reads, _naming(evaluator, program))]
    for module in program.given:
        _look_for_the_rest(evaluator, module)
    names.extend(_direct(evaluator, known_elsewhere))
    files = {read.position.file for _, read in names}
    troubled = {position.file for position, _ in evaluator.troubles}
    for module in program.given:
        file = str(module.source.path)
        if not module.was_imported and not {file} & (files | troubled):
            evaluator.trouble(module.source.position_at(0, 0), "no schema is read in this file")
    facts = together(evaluator, names)
    return Schema(
        tuple(str(path) for path in paths),
        facts,
        _begins(facts),
        _hidden(evaluator, facts),
        tuple(sorted(Trouble(*key, hides) for key, hides in evaluator.troubles.items())),
        tuple(errors),
    )


def _reads_of(evaluator: Evaluator, module: Module) -> Iterator[Read]:
    """Return what the declarations of a file read and no other declaration takes over."""
    values = [(each, evaluator.resolve(each.thunk)) for each in module.declarations]
    for declaration, value in values:
        reads = reads_in(value)
        taken = _taken_over(evaluator, declaration)
        left = [read for read in reads if read.origin not in taken or read.origin is None]
        if not left:
            continue
        if not declaration.is_exported and not _is_mentioned(module, declaration):
            evaluator.trouble(
                declaration.thunk.position, f"{declaration.name} is neither exported nor used"
            )
            continue
        yield from (read for read in settle(evaluator, value) if read.origin not in taken)


def _taken_over(
    evaluator: Evaluator, declaration: Declaration
) -> set[tuple[Position, tuple[str, ...]] | None]:
    taken: set[tuple[Position, tuple[str, ...]] | None] = set()
    for other, needed in evaluator.references.items():
        if declaration.thunk in needed and other is not declaration.thunk:
            taken.update(read.origin for read in reads_in(other.value()))
    return taken - {None}


def _is_mentioned(module: Module, declaration: Declaration) -> bool:
    name = (declaration.name or "").encode()
    exported = declaration.name in module.exports
    return exported or sum(1 for hit in _WORD.finditer(module.source.text) if hit[0] == name) > 1


def _naming(evaluator: Evaluator, program: Program) -> Naming:
    """Return the provider of the configs that nothing here loads: the only one that is made."""
    found: dict[Naming, Position] = {}
    for module in program.given:
        made = {
            each.thunk: value
            for each in module.declarations
            if isinstance(value := evaluator.resolve(each.thunk), Naming)
        }
        for thunk, naming in made.items():
            if not any(thunk in evaluator.references.get(other, ()) for other in made):
                found.setdefault(naming, thunk.position)
    if len(found) > 1:
        for position in list(found.values())[1:]:
            evaluator.trouble(position, "a second ConfigProvider: which one applies is not known")
    return next(iter(found), Naming())


def _named(
    evaluator: Evaluator, reads: Sequence[Read], naming: Naming
) -> Iterator[tuple[str, Read]]:
    for each in dict.fromkeys(reads):
        name = name_of(each, naming)
        if _VARIABLE.fullmatch(name):
            yield name, each
        elif each.certain:
            what = "a variable is read without a name" if not name else "no name of a variable"
            evaluator.trouble(each.position, what)


def _probe_closures(evaluator: Evaluator, module: Module) -> None:
    """Look into the functions that nothing calls: what they read whatever they are given."""
    values = [evaluator.resolve(each.thunk) for each in module.declarations]
    closures = [value for value in values if isinstance(value, Closure)]
    for closure in [*closures, *(closure for _, closure in module.closures)]:
        if closure.node.id in evaluator.called:
            continue
        for each in reads_in(evaluator.probe(closure)):
            if each.path:
                why = "read in a function that nothing here calls"
                evaluator.trouble(each.position, why)


def _look_for_the_rest(evaluator: Evaluator, module: Module) -> None:
    """Report each mention of Effect's Config that was not evaluated, so that nothing is dropped."""
    source = module.source
    names = _aliases(evaluator, module)
    file, covered = str(source.path), 0
    for hit in _WORD.finditer(source.text):
        start = hit.start()
        if hit[0] not in names or start < covered or (file, start) in evaluator.visited:
            continue
        node = source.root.named_descendant_for_byte_range(start, hit.end())
        if node is None or node.type not in {"identifier", "shorthand_property_identifier"}:
            continue
        outer = _expression_around(evaluator, module, node)
        if outer is not None:
            covered = outer.end_byte
            evaluator.trouble(
                source.position(node), f"{text_of(node)} is used in code that is not followed"
            )


def _aliases(evaluator: Evaluator, module: Module) -> set[bytes]:
    """Return the names that stand for something that reads the environment."""
    found = {b"process", b"Bun"}
    closures: dict[bytes, frozenset[bytes]] = {}
    schemas: set[bytes] = set()
    for name, held in module.scope.names.items():
        value = evaluator.resolve(held)
        if isinstance(value, Closure):
            words = _WORD.findall(value.node.text or b"")
            closures[name.encode()] = frozenset(words)
        elif value == Namespace("Schema"):
            schemas.add(name.encode())
        elif _reads_when_called(value):
            found.add(name.encode())
    # A function that uses such a name is one itself, and so on.
    growing = True
    while growing:
        more = {name for name, words in closures.items() if words & found} - found
        growing = bool(more)
        found |= more
    return found | schemas


def _reads_when_called(value: Value) -> bool:
    if isinstance(value, Namespace):
        return value.name in {"", "Config"}
    return isinstance(value, Native) and value.name not in {"pipe", "flow", "identity", "constant"}


def _expression_around(evaluator: Evaluator, module: Module, node: Node) -> Node | None:
    """Return the expression that uses a name to read something, or None where it reads nothing."""
    parent = node.parent
    if parent is None or parent.type in _NO_EXPRESSION:
        return None
    if parent.child_by_field_name("name") == node or parent.type in _PATTERNS:
        return None
    outer = node
    chain = [text_of(node)]
    while parent is not None and parent.type in {"member_expression", "call_expression"}:
        if parent.type == "member_expression":
            field = parent.child_by_field_name("property")
            chain.append(text_of(field) if field is not None else "")
        outer, parent = parent, parent.parent
    if parent is not None and parent.type in _NO_EXPRESSION:
        return None
    found = module.scope.names.get(chain[0])
    value = evaluator.resolve(found) if found is not None else None
    if isinstance(value, Namespace):
        path = [value.name, *chain[1:]] if value.name else chain[1:]
        if path[:1] == ["Schema"]:
            return outer if path[1:2] == ["Config"] else None
        return outer if path[:1] == ["Config"] and path[1:2] != ["isConfig"] else None
    if chain[0] in {"process", "Bun"} and value is None:
        return outer if chain[1:2] == ["env"] else None
    return outer


def _direct(
    evaluator: Evaluator, known_elsewhere: Callable[[str], bool]
) -> Iterator[tuple[str, Read]]:
    """Report the variables that are taken from the environment without a schema."""
    for position, name in evaluator.environment.items():
        if position in evaluator.used or known_elsewhere(name):
            continue
        shown = name if _VARIABLE.fullmatch(name) else "a variable"
        evaluator.trouble(position, f"{shown} is read directly, without a schema", hides=False)
        yield name, Read((name,), position, None, certain=False)


def _begins(facts: dict[str, Facts]) -> dict[Side, Position]:
    begins: dict[Side, Position] = {}
    for each in facts.values():
        begins[each.side] = min(begins.get(each.side, each.position), each.position)
    return begins


def _hidden(evaluator: Evaluator, facts: dict[str, Facts]) -> frozenset[Side]:
    by_file: dict[str, set[Side]] = {}
    for each in facts.values():
        by_file.setdefault(each.position.file, set()).add(side_of(each.name))
    hidden: set[Side] = set()
    for (position, _), hides in evaluator.troubles.items():
        if hides:
            named = _SIDES.get(Path(position.file).name)
            hidden |= by_file.get(position.file, set()) | ({named} if named else set(Side))
    return frozenset(hidden)
