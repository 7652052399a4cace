"""The declarations that would end the drift, as Python text for ``envschema/variables.py``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from drift.facts import PLACEHOLDER, Facts, same_kind
from drift.report import FindingKind, Report
from envschema import DEFAULT_VERSION, Feature, Need, Side, Variable, Version, kinds
from envschema.kinds import Kind
from envschema.variables import CLIENT_READERS, SERVER_READERS

_CHANGES = frozenset({FindingKind.KIND, FindingKind.NEED, FindingKind.DEFAULT, FindingKind.SECRECY})
_READERS = {SERVER_READERS: "SERVER_READERS", CLIENT_READERS: "CLIENT_READERS"}


def declarations(report: Report) -> str:
    """Return the lines to put into ``_VARIABLES``; nothing is written anywhere.

    What is to be removed, and what cannot be declared before it is understood, is a comment.
    """
    lines: list[str] = []
    changed: dict[str, None] = {}
    for finding in report.findings:
        name = finding.variable
        if finding.kind in _CHANGES and name is not None:
            changed[name] = None
        elif finding.kind is FindingKind.NEW and name is not None:
            lines += _added(report.facts[name], report.version)
        elif finding.kind is FindingKind.REMOVED:
            lines.append(_removed(report, name or ""))
        elif finding.kind is FindingKind.RENAMED and name is not None and finding.found:
            lines.append(f"# instead of {name}")
            lines += _row(replace(report.contract[name], name=finding.found))
    for name in changed:
        lines.append(f"# instead of the present {name}")
        lines += _row(_changed(report, name))
    return "".join(f"{line}\n" for line in lines)


def _removed(report: Report, name: str) -> str:
    if report.contract[name].since is report.version:
        return f"# remove {name}"
    return f"# end {name}: earlier versions read it; until=Version.{report.version.name}"


def _added(facts: Facts, version: Version) -> Iterator[str]:
    if facts.kind is None or facts.need is None:
        yield f"# {facts.name}: {facts.position} was not understood; declare it by hand"
        return
    apps = SERVER_READERS if facts.side is Side.SERVER else CLIENT_READERS
    yield "# say which applications read it, and which feature it belongs to"
    yield from _row(
        Variable(
            facts.name,
            facts.side,
            facts.kind,
            apps,
            _need(facts.need, facts.kind, facts.side),
            facts.default,
            bool(facts.secret),
            since=version,
        )
    )


def _changed(report: Report, name: str) -> Variable:
    """Return the declared variable with what the source says now; accepted differences stay."""
    old, facts = report.contract[name], report.facts[name]
    drifts = {finding.kind for finding in report.findings if finding.variable == name}
    kind = facts.kind if FindingKind.KIND in drifts and facts.kind else old.kind
    secret = bool(facts.secret) if FindingKind.SECRECY in drifts else old.secret
    need, default = old.need, old.default
    if FindingKind.NEED in drifts and facts.need is not None:
        need, default = facts.need, facts.default
    elif FindingKind.DEFAULT in drifts:
        default = facts.default
    if (secret or old.secret) and default != PLACEHOLDER:
        # What was a secret until now may still be one: its default is not for a terminal.
        default = None
    side = facts.side if old.side is not Side.RUNTIME else old.side
    need = _need(need, kind, side)
    return replace(old, side=side, kind=kind, need=need, default=default, secret=secret)


def _need(need: Need, kind: Kind, side: Side) -> Need:
    """Return the need to declare: what is inlined into a bundle may be said to be empty."""
    if need not in {Need.REQUIRED, Need.MAY_BE_EMPTY} or side is not Side.CLIENT:
        return need
    return Need.MAY_BE_EMPTY if same_kind(kind, kinds.STRING) else Need.REQUIRED


def _row(variable: Variable) -> Iterator[str]:
    secret = "yes" if variable.secret else "no"
    columns = (variable.side, variable.name, variable.need, variable.default or "", secret)
    yield f"# tests/data/shared-env.tsv: {chr(9).join(columns)!r}"
    yield "Variable("
    yield f"    {quoted(variable.name)},"
    yield f"    Side.{variable.side.name},"
    yield f"    {expression(variable.kind)},"
    yield f"    {_apps(variable.apps)},"
    yield f"    Need.{variable.need.name},"
    if variable.default is not None:
        yield f"    default={quoted(variable.default)},"
    if variable.secret:
        yield "    secret=True,"
    if variable.feature is not None:
        yield f"    feature=Feature.{Feature(variable.feature).name},"
    if variable.since is not DEFAULT_VERSION:
        yield f"    since=Version.{variable.since.name},"
    if variable.until is not None:
        yield f"    until=Version.{variable.until.name},"
    yield "),"


def expression(kind: Kind) -> str:
    """Return the Python text of a kind."""
    for name, value in vars(kinds).items():
        if isinstance(value, Kind) and same_kind(value, kind):
            return f"kinds.{name}"
    if kind.item is not None:
        listed = "comma_separated" if kind.trims_items else "split_at_commas"
        return f"kinds.{listed}({expression(kind.item)})"
    if kind.prefix:
        return f"kinds.identifier({quoted(kind.prefix.removesuffix('__'))})"
    return f"kinds.one_of({', '.join(map(quoted, kind.choices))})"


def quoted(text: str) -> str:
    """Return a text as Python writes it, between double quotes where that needs no escape."""
    written = repr(text)
    if written.startswith("'") and '"' not in written:
        return f'"{written[1:-1]}"'
    return written


def _apps(apps: frozenset[str]) -> str:
    if apps in _READERS:
        return _READERS[apps]
    return f"frozenset({{{', '.join(quoted(app) for app in sorted(apps))}}})"
