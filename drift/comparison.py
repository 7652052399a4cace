"""Comparing the schema in the application's source with the declared contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from drift.deviations import DEVIATIONS, Aspect, Deviation
from drift.facts import Facts, same_kind, schema_need
from drift.reader import Schema, read_schema
from drift.renames import renames
from drift.report import Accepted, Finding, FindingKind, Report
from drift.source import Position, find
from envschema import DEFAULT_VERSION, Need, Side, Variable, Version
from envschema import contract as contract_of
from envschema.kinds import Kind


def compare(
    paths: Sequence[Path],
    *,
    version: Version | None = None,
    contract: Mapping[str, Variable] | None = None,
    deviations: Sequence[Deviation] = DEVIATIONS,
) -> Report:
    """Compare the schema in TypeScript files with the contract.

    A directory stands for every ``ServerEnv.ts`` and ``ClientEnv.ts`` below it. Nothing is
    executed. Only the sides that the files read are compared: without ``ClientEnv.ts`` no client
    variable is missed. ``version`` is that of the applications; ``contract`` stands in for what it
    reads. Raises SourceError where a path cannot be read at all.
    """
    version = version or DEFAULT_VERSION
    declared = contract_of(version) if contract is None else contract
    schema = read_schema(find(paths), known_elsewhere=lambda name: _is_runtime(declared, name))
    comparison = _Comparison(schema, declared, deviations)
    findings = [*comparison.findings()]
    findings.sort(key=lambda finding: (finding.position, finding.variable or "", finding.kind))
    accepted = tuple(comparison.accepted)
    return Report(
        version,
        schema.files,
        tuple(findings),
        accepted,
        schema.trusted,
        schema.followed,
        schema.facts,
        declared,
    )


def _is_runtime(contract: Mapping[str, Variable], name: str) -> bool:
    return name in contract and contract[name].side is Side.RUNTIME


class _Comparison:
    def __init__(
        self, schema: Schema, contract: Mapping[str, Variable], deviations: Sequence[Deviation]
    ) -> None:
        self.accepted: list[Accepted] = []
        """The differences that a deviation declares, as ``findings`` meets them."""
        self._schema = schema
        self._contract = contract
        self._deviations = {(item.variable, item.aspect): item for item in deviations}

    def findings(self) -> Iterator[Finding]:
        for position in self._schema.syntax_errors:
            what, fix = "this is no TypeScript; the file was not compared", "mend the file"
            yield Finding(FindingKind.SYNTAX, position, None, what, fix)
        for trouble in self._schema.troubles:
            fix = "compare this place by hand, or write it so that it is constant"
            yield Finding(FindingKind.NOT_UNDERSTOOD, trouble.position, None, trouble.message, fix)
        new = [facts for facts in self._schema.facts.values() if self._is_new(facts)]
        missing = [*self._missing()]
        renamed = dict(renames(new, missing))
        old_names = {variable.name for variable in renamed.values()}
        for facts in new:
            if facts.name in renamed:
                yield _renamed(renamed[facts.name], facts)
            else:
                yield _new(facts)
        for variable in missing:
            if variable.name not in old_names:
                yield self._removed(variable)
        for facts in self._schema.facts.values():
            declared = self._contract.get(facts.name)
            if declared is not None:
                yield from self._differences(declared, facts)

    def _is_new(self, facts: Facts) -> bool:
        return facts.name not in self._contract and facts.secret is not None

    def _missing(self) -> Iterator[Variable]:
        for name, variable in self._contract.items():
            begins = self._schema.begins.get(variable.side)
            if begins is None or name in self._schema.facts:
                continue
            if not self._is_accepted(name, Aspect.READ, begins, False):
                yield variable

    def _removed(self, variable: Variable) -> Finding:
        position = self._schema.begins[variable.side]
        if variable.side in self._schema.hidden:
            what = "is declared, and nothing that was understood reads it"
            fix = "mend or compare what was not understood first"
            return Finding(FindingKind.UNSEEN, position, variable.name, what, fix)
        what = "is declared, and the schema reads it no more"
        fix = "remove it from envschema/variables.py"
        return Finding(FindingKind.REMOVED, position, variable.name, what, fix)

    def _differences(self, declared: Variable, facts: Facts) -> Iterator[Finding]:
        if declared.side is not Side.RUNTIME and declared.side is not facts.side:
            yield _changed(
                FindingKind.NEED, facts, f"is read by the {facts.side}", declared.side, facts.side
            )
        yield from self._kind(declared, facts)
        yield from self._need(declared, facts)
        yield from self._secrecy(declared, facts)

    def _kind(self, declared: Variable, facts: Facts) -> Iterator[Finding]:
        if facts.kind is None or same_kind(declared.kind, facts.kind):
            return
        if not self._is_accepted(facts.name, Aspect.KIND, facts.position, facts.kind):
            yield _changed(
                FindingKind.KIND,
                facts,
                _how_kinds_differ(declared, facts),
                _kind_in_words(declared.kind, is_secret=declared.secret),
                _kind_in_words(facts.kind, is_secret=bool(facts.secret)),
            )

    def _need(self, declared: Variable, facts: Facts) -> Iterator[Finding]:
        if facts.need is None:
            return
        if schema_need(declared.need) is not facts.need:
            yield _changed(
                FindingKind.NEED, facts, "is needed otherwise", declared.need, facts.need
            )
            return
        is_hidden = declared.secret or bool(facts.secret)
        if facts.need is not Need.DEFAULT or facts.default is None or is_hidden:
            return
        if facts.default != declared.default:
            yield _changed(
                FindingKind.DEFAULT,
                facts,
                "has another default",
                repr(declared.default),
                repr(facts.default),
            )

    def _secrecy(self, declared: Variable, facts: Facts) -> Iterator[Finding]:
        if facts.secret is None or facts.secret == declared.secret:
            return
        if not self._is_accepted(facts.name, Aspect.SECRECY, facts.position, facts.secret):
            what = "is redacted" if facts.secret else "is redacted no more"
            yield _changed(
                FindingKind.SECRECY, facts, what, _secret(declared.secret), _secret(facts.secret)
            )

    def _is_accepted(
        self, name: str, aspect: Aspect, position: Position, schema: Kind | bool
    ) -> bool:
        deviation = self._deviations.get((name, aspect))
        if deviation is None or not _same(deviation.schema, schema):
            return False
        self.accepted.append(Accepted(name, aspect, position, deviation.why))
        return True


def _same(pinned: Kind | bool, schema: Kind | bool) -> bool:
    if isinstance(pinned, bool) or isinstance(schema, bool):
        return pinned is schema
    return same_kind(pinned, schema)


def _how_kinds_differ(declared: Variable, facts: Facts) -> str:
    """Return what a change of kind means for values; of two closed lists, which values."""
    kind, secret = facts.kind, declared.secret or bool(facts.secret)
    if kind is None or secret or not (declared.kind.choices and kind.choices):
        return "is of another kind"
    if declared.kind.name != kind.name:
        return "is of another kind"
    new = [word for word in kind.choices if word not in declared.kind.choices]
    gone = [word for word in declared.kind.choices if word not in kind.choices]
    parts = [f"accepts {', '.join(map(repr, gone))} no more"] if gone else []
    parts += [f"accepts {', '.join(map(repr, new))} too"] if new else []
    return " and ".join(parts)


def _kind_in_words(kind: Kind, *, is_secret: bool) -> str:
    # The choices of a secret are not for reports.
    if is_secret or (not kind.choices and kind.item is None):
        return kind.name
    return f"{kind.name} ({kind.allowed if kind.allowed.isprintable() else repr(kind.allowed)})"


def _secret(is_secret: bool) -> str:
    return "secret" if is_secret else "no secret"


def _new(facts: Facts) -> Finding:
    words = [facts.kind.name if facts.kind else "of a kind that was not understood"]
    words.append(facts.need or "needed in a way that was not understood")
    if facts.default is not None and not facts.secret:
        words.append(repr(facts.default))
    words.extend(["secret"] if facts.secret else [])
    return Finding(
        FindingKind.NEW,
        facts.position,
        facts.name,
        "is read, and the contract does not declare it",
        "add it to envschema/variables.py: --update prints the declaration",
        found=", ".join(words),
    )


def _renamed(variable: Variable, facts: Facts) -> Finding:
    return Finding(
        FindingKind.RENAMED,
        facts.position,
        variable.name,
        f"is read as {facts.name} now, with all else the same",
        "rename it in envschema/variables.py and in the environment files",
        variable.name,
        facts.name,
    )


def _changed(kind: FindingKind, facts: Facts, what: str, declared: str, found: str) -> Finding:
    fix = "change it in envschema/variables.py: --update prints the declaration"
    return Finding(kind, facts.position, facts.name, what, fix, declared, found)
