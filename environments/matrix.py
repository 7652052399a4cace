"""Which variable each application gets, and from where: the wiring as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_lib.environment.environment import Environment
from envschema import Binding, FromTopology, Literal, Side, contract


@dataclass(frozen=True, slots=True)
class Source:
    """Where an application gets a variable from."""

    app: str
    variable: str
    source: str
    """``literal``, ``topology``, or ``secret`` with its pinned version."""
    origin: str
    """The setting, or the id of the secret."""
    value: str | None
    """None for a secret."""
    is_built_in: bool
    """Whether it is an input of the image's build rather than of the running service."""


def sources(environment: Environment, app: str | None = None) -> Iterator[Source]:
    """Yield the sources of one application or of all, by variable and application."""
    for name, variable in contract(environment.settings.version).items():
        for reader, bound in environment.apps.items():
            if app in {None, reader} and name in bound.bindings:
                yield _source(reader, name, bound.bindings[name], variable.side is Side.CLIENT)


def _source(app: str, variable: str, binding: Binding, is_built_in: bool) -> Source:
    match binding:
        case Literal(value, key):
            return Source(app, variable, "literal", key, value, is_built_in)
        case FromTopology(value, key):
            return Source(app, variable, "topology", key, value, is_built_in)
        case secret:
            source = f"secret@{secret.version}"
            return Source(app, variable, source, secret.secret_id, None, is_built_in)


@dataclass(frozen=True, slots=True)
class Row:
    """A variable, where its values come from, and how each application gets it."""

    variable: str
    origins: tuple[str, ...]
    cells: tuple[str, ...]
    """In the order of the applications; empty for those that do not get it."""


def rows(environment: Environment) -> Iterator[Row]:
    """Yield the matrix of variables and applications."""
    by_variable: dict[str, dict[str, Source]] = {}
    for source in sources(environment):
        by_variable.setdefault(source.variable, {})[source.app] = source
    for variable, by_app in by_variable.items():
        origins = tuple(dict.fromkeys(source.origin for source in by_app.values()))
        cells = tuple(_cell(by_app.get(app)) for app in environment.apps)
        yield Row(variable, origins, cells)


def markdown(environment: Environment) -> str:
    """Return the matrix as a Markdown table."""
    lines = [
        f"| variable | from | {' | '.join(environment.apps)} |",
        f"| --- | --- |{' --- |' * len(environment.apps)}",
    ]
    for row in rows(environment):
        origins = ", ".join(f"`{origin}`" for origin in row.origins)
        lines.append(f"| `{row.variable}` | {origins} | {' | '.join(row.cells)} |")
    return "\n".join(lines)


def _cell(source: Source | None) -> str:
    if source is None:
        return ""
    return f"{source.source}, at build" if source.is_built_in else source.source
