"""Comparing the schema in the application's source with the declared contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from drift.deviations import DEVIATIONS, Aspect, Deviation
from drift.facts import Facts, same_kind
from drift.reader import Schema, read_schema
from drift.source import Position, find
from envschema import CONTRACT, Need, Side, Variable


class FindingKind(StrEnum):
    """What a finding says."""

    NEW = "new"
    REMOVED = "removed"
    UNSEEN = "unseen"
    """Not read by what was understood; something that was not understood may read it."""
    RENAMED = "renamed"
    KIND = "kind"
    NEED = "need"
    DEFAULT = "default"
    SECRECY = "secrecy"
    NOT_UNDERSTOOD = "not understood"
    SYNTAX = "syntax"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, or one thing that was not understood."""

    kind: FindingKind
    position: Position
    """The place in the source; of a variable that nothing reads, where its side begins."""
    variable: str | None
    what: str
    fix: str
    declared: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A difference that is meant, and why."""

    variable: str
    aspect: Aspect
    position: Position
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What the comparison found."""

    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    accepted: tuple[Accepted, ...]
    facts: Mapping[str, Facts]
    """What the source says about each variable that it reads."""
    contract: Mapping[str, Variable]

    @property
    def is_clean(self) -> bool:
        """Whether schema and contract agree and everything was understood."""
        return not self.findings


def compare(
    paths: Sequence[Path],
    *,
    contract: Mapping[str, Variable] = CONTRACT,
    deviations: Sequence[Deviation] = DEVIATIONS,
) -> Report:
    """Compare the schema in TypeScript files with the contract.

    A directory stands for every ``ServerEnv.ts`` and ``ClientEnv.ts`` below it. Nothing is
    executed. Only the sides that the files read are compared: without ``ClientEnv.ts`` no client
    variable is missed. Raises SourceError where a path cannot be read at all.
    """
    schema = read_schema(find(paths), known_elsewhere=lambda name: _is_runtime(contract, name))
    accepted: list[Accepted] = []
    comparison = _Comparison(schema, contract, deviations, accepted)
    findings = [*comparison.findings()]
    findings.sort(key=lambda finding: (finding.position, finding.variable or "", finding.kind))
    return Report(schema.files, tuple(findings), tuple(accepted), schema.facts, contract)


def _is_runtime(contract: Mapping[str, Variable], name: str) -> bool:
    return name in contract and contract[name].side is Side.RUNTIME


class _Comparison:
    def __init__(
        self,
        schema: Schema,
        contract: Mapping[str, Variable],
        deviations: Sequence[Deviation],
        accepted: list[Accepted],
    ) -> None:
        self._schema = schema
        self._contract = contract
        self._deviations = {(each.variable, each.aspect): each for each in deviations}
        self._accepted = accepted

    def findings(self) -> Iterator[Finding]:
        for position in self._schema.syntax_errors:
            what, fix = "this is no TypeScript; the file was not compared", "mend the file"
            yield Finding(FindingKind.SYNTAX, position, None, what, fix)
        for trouble in self._schema.troubles:
            fix = "compare this place by hand, or write it so that it is constant"
            yield Finding(FindingKind.NOT_UNDERSTOOD, trouble.position, None, trouble.message, fix)
        new = [each for each in self._schema.facts.values() if self._is_new(each)]
        missing = [*self._missing()]
        renamed = dict(renames(new, missing))
        gone = {variable.name for variable in renamed.values()}
        for facts in new:
            if facts.name in renamed:
                yield _renamed(renamed[facts.name], facts)
            else:
                yield _new(facts)
        for variable in missing:
            if variable.name not in gone:
                yield self._gone(variable)
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
            if not self._is_meant(name, Aspect.READ, begins, False):
                yield variable

    def _gone(self, variable: Variable) -> Finding:
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
        # The values of a secret are neither shown nor compared.
        if facts.kind is None or same_kind(declared.kind, facts.kind):
            return
        if not self._is_meant(facts.name, Aspect.KIND, facts.position, facts.kind):
            yield _changed(
                FindingKind.KIND,
                facts,
                "is of another kind",
                _in_words(declared),
                _in_words(facts),
            )

    def _need(self, declared: Variable, facts: Facts) -> Iterator[Finding]:
        if facts.need is None:
            return
        if _plain(declared.need) is not facts.need:
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
        if not self._is_meant(facts.name, Aspect.SECRECY, facts.position, facts.secret):
            what = "is redacted" if facts.secret else "is redacted no more"
            yield _changed(
                FindingKind.SECRECY, facts, what, _secret(declared.secret), _secret(facts.secret)
            )

    def _is_meant(self, name: str, aspect: Aspect, position: Position, said: object) -> bool:
        deviation = self._deviations.get((name, aspect))
        if deviation is None or not _same(deviation.schema, said):
            return False
        self._accepted.append(Accepted(name, aspect, position, deviation.why))
        return True


def renames(new: Sequence[Facts], missing: Sequence[Variable]) -> Iterator[tuple[str, Variable]]:
    """Return each new name that is an old variable renamed, with the old variable.

    A pair counts where the schema says the same of both, their names differ in one word (changed,
    added or left out) of at least two, and neither has another partner.
    """
    pairs = [
        (facts, variable)
        for facts in new
        for variable in missing
        if _says_the_same(facts, variable) and _is_near(facts.name, variable.name)
    ]
    for facts, variable in pairs:
        partners = [pair for pair in pairs if pair[0] is facts or pair[1] is variable]
        if len(partners) == 1:
            yield facts.name, variable


def _says_the_same(facts: Facts, variable: Variable) -> bool:
    return (
        facts.side is variable.side
        and facts.kind is not None
        and same_kind(facts.kind, variable.kind)
        and facts.need is _plain(variable.need)
        and facts.secret == variable.secret
        and (variable.secret or facts.default == variable.default)
    )


def _is_near(one: str, other: str) -> bool:
    left, right = one.split("_"), other.split("_")
    if len(left) > len(right):
        left, right = right, left
    if len(left) < 2 or len(right) - len(left) > 1:
        return False
    skip = len(right) - len(left)
    return any(
        left[:i] == right[:i] and left[i + 1 - skip :] == right[i + 1 :] for i in range(len(right))
    )


def _plain(need: Need) -> Need:
    """Return the need as a schema can say it: whether it may be empty is said by the kind."""
    return Need.REQUIRED if need is Need.MAY_BE_EMPTY else need


def _same(said: object, other: object) -> bool:
    if isinstance(said, bool) or isinstance(other, bool):
        return said is other
    return same_kind(said, other)  # type: ignore[arg-type]


def _in_words(of: Variable | Facts) -> str:
    kind = of.kind
    assert kind is not None
    if not kind.choices and kind.item is None:
        return kind.name
    if of.secret:
        return kind.name
    return f"{kind.name} ({kind.allowed if kind.allowed.isprintable() else repr(kind.allowed)})"


def _secret(is_secret: bool) -> str:
    return "secret" if is_secret else "no secret"


def _new(facts: Facts) -> Finding:
    said = [facts.kind.name if facts.kind else "of a kind that was not understood"]
    said.append(facts.need or "needed in a way that was not understood")
    if facts.default is not None and not facts.secret:
        said.append(repr(facts.default))
    said.extend(["secret"] if facts.secret else [])
    return Finding(
        FindingKind.NEW,
        facts.position,
        facts.name,
        "is read, and the contract does not declare it",
        "add it to envschema/variables.py: --update prints the declaration",
        found=", ".join(said),
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
