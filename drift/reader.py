"""Reading the schema: which variables the given files read, and what was not understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from drift.contents import reads_in, settle
from drift.facts import Facts, facts_by_name, side_of
from drift.interpreter import SchemaInterpreter
from drift.journal import Journal, Trouble, Trust
from drift.modules import Declaration, Module, Program
from drift.reads import Naming, Origin, Read
from drift.source import Position, identifiers_in, read_source
from drift.unvisited import report_unvisited_mentions
from drift.values import Closure
from envschema.variables import Side

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SIDES = {"ServerEnv.ts": Side.SERVER, "ClientEnv.ts": Side.CLIENT}


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
    trusted: tuple[Trust, ...]
    """What was taken for what its name says."""
    followed: tuple[str, ...]
    """The files that were not given and were read for what the given ones import."""
    syntax_errors: tuple[Position, ...]


def read_schema(
    paths: Sequence[Path], *, known_elsewhere: Callable[[str], bool] = lambda name: False
) -> Schema:
    """Read the schema in the given files. Raises SourceError for a file that cannot be read.

    ``known_elsewhere`` tells which variables may be taken from the environment directly.
    """
    interpreter = SchemaInterpreter()
    journal = interpreter.journal
    program = Program(interpreter)
    syntax_errors: list[Position] = []
    for path in paths:
        source = read_source(path)
        errors = source.syntax_errors()
        syntax_errors.extend(errors)
        if not errors:
            program.add(source)
    by_module = {module: [*_reads_of(interpreter, module)] for module in program.given}
    reads = [read for of_module in by_module.values() for read in of_module]
    for module in program.given:
        _probe_closures(interpreter, module)
    named_reads = [*_named(journal, reads, _naming(interpreter, program))]
    for module in program.given:
        report_unvisited_mentions(interpreter, module)
    named_reads.extend(_direct_reads(journal, known_elsewhere))
    readers = {module for module, of_module in by_module.items() if of_module}
    _report_files_without_schema(journal, program, readers, named_reads)
    facts = facts_by_name(journal, named_reads)
    return Schema(
        tuple(str(path) for path in paths),
        facts,
        _begins(facts),
        _hidden(journal, facts),
        journal.troubles,
        journal.trusted,
        program.followed,
        tuple(syntax_errors),
    )


def _reads_of(interpreter: SchemaInterpreter, module: Module) -> Iterator[Read]:
    """Return the reads of a file's declarations, those left out that another declaration carries.

    In ``const port = Config.port("PORT"); export const config = Config.all({ port })`` the read
    counts where ``config`` has it: there it may have got a default or a prefix.
    """
    # All declarations first: only then is it known which of them need one another.
    values = [(item, interpreter.resolve(item.thunk)) for item in module.declarations]
    for declaration, value in values:
        carried = _carried_by_others(interpreter, declaration)
        if all(read.origin in carried for read in reads_in(value)):
            continue
        if not declaration.is_exported and not _is_mentioned(module, declaration):
            why = f"{declaration.name} is neither exported nor used"
            interpreter.report(declaration.thunk.position, why)
            continue
        yield from (read for read in settle(interpreter, value) if read.origin not in carried)


def _carried_by_others(interpreter: SchemaInterpreter, declaration: Declaration) -> set[Origin]:
    """Return the origins of the reads in the declarations that need this one."""
    return {
        read.origin
        for user, needed in interpreter.references.items()
        if declaration.thunk in needed and user is not declaration.thunk
        for read in reads_in(user.value())
        if read.origin is not None
    }


def _is_mentioned(module: Module, declaration: Declaration) -> bool:
    if declaration.name in module.exports:
        return True
    name = (declaration.name or "").encode()
    return sum(1 for _, word in identifiers_in(module.source.text) if word == name) > 1


def _naming(interpreter: SchemaInterpreter, program: Program) -> Naming:
    """Return how the configs that nothing here loads are named: as the only provider does it."""
    namings: dict[Naming, Position] = {}
    for module in program.given:
        providers = {
            declaration.thunk: value
            for declaration in module.declarations
            if isinstance(value := interpreter.resolve(declaration.thunk), Naming)
        }
        for thunk, naming in providers.items():
            # A provider that another one is built from is not the one that applies.
            if not any(thunk in interpreter.references.get(user, ()) for user in providers):
                namings.setdefault(naming, thunk.position)
    for position in list(namings.values())[1:]:
        interpreter.report(position, "a second ConfigProvider: which one applies is not known")
    return next(iter(namings), Naming())


def _named(journal: Journal, reads: Iterable[Read], naming: Naming) -> Iterator[tuple[str, Read]]:
    """Return the reads with the names of their variables; report those without a usable name."""
    for read in dict.fromkeys(reads):
        name = (read.naming or naming).name(read.path)
        if _VARIABLE.fullmatch(name):
            yield name, read
        elif read.certain:
            what = "a variable is read without a name" if not name else "no name of a variable"
            journal.report(read.position, what)


def _probe_closures(interpreter: SchemaInterpreter, module: Module) -> None:
    """Look into the functions that nothing calls: what they read whatever they are given."""
    values = [interpreter.resolve(declaration.thunk) for declaration in module.declarations]
    for closure in [*values, *module.closures]:
        if not isinstance(closure, Closure) or closure.node.id in interpreter.journal.called:
            continue
        for read in reads_in(interpreter.probe(closure)):
            if read.path:
                interpreter.report(read.position, "read in a function that nothing here calls")


def _direct_reads(
    journal: Journal, known_elsewhere: Callable[[str], bool]
) -> Iterator[tuple[str, Read]]:
    """Return and report the variables taken from the environment without a schema."""
    for position, name in journal.environment.items():
        if position in journal.decoded or known_elsewhere(name):
            continue
        shown = name if _VARIABLE.fullmatch(name) else "a variable"
        journal.report(position, f"{shown} is read directly, without a schema", hides=False)
        yield name, Read((name,), position, None, certain=False)


def _report_files_without_schema(
    journal: Journal,
    program: Program,
    readers: Set[Module],
    named_reads: Sequence[tuple[str, Read]],
) -> None:
    """Report the given files that read nothing and serve no other file: probably a wrong path.

    ``readers`` are those that read something, be it in a file that they import.
    """
    accounted = {read.position.file for _, read in named_reads}
    accounted |= {trouble.position.file for trouble in journal.troubles}
    for module in program.given:
        if (
            module not in readers
            and not module.was_imported
            and str(module.source.path) not in accounted
        ):
            exports = ", ".join(module.exports)
            why = "no schema is read in this file"
            if exports:
                why += f", and no other given file imports what it exports: {exports[:200]}"
            journal.report(module.source.position_at(0, 0), why)


def _begins(facts_by_name: Mapping[str, Facts]) -> dict[Side, Position]:
    begins: dict[Side, Position] = {}
    for facts in facts_by_name.values():
        begins[facts.side] = min(begins.get(facts.side, facts.position), facts.position)
    return begins


def _hidden(journal: Journal, facts_by_name: Mapping[str, Facts]) -> frozenset[Side]:
    """Return the sides that a file with a hiding trouble may read: by its name and its reads."""
    sides_by_file: dict[str, set[Side]] = {}
    for facts in facts_by_name.values():
        sides_by_file.setdefault(facts.position.file, set()).add(side_of(facts.name))
    hidden: set[Side] = set()
    for trouble in journal.troubles:
        if trouble.hides:
            file = trouble.position.file
            side = _SIDES.get(Path(file).name)
            hidden |= sides_by_file.get(file, set()) | ({side} if side else set(Side))
    return frozenset(hidden)
