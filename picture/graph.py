"""The picture of an environment as data: nodes in groups, and edges between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a node is."""

    CALLER = "caller"
    """Somebody outside of the project who calls in."""
    EDGE = "edge"
    SERVICE = "service"
    JOB = "job"
    MACHINE = "machine"
    NETWORK = "network"
    STORE = "store"
    """A database, Redis, a bucket or a topic."""
    SECRETS = "secrets"
    EXTERNAL = "external"
    """Something outside of the project that is called."""


class Relation(StrEnum):
    """What an edge says of its source."""

    CALLS = "calls"
    READS = "reads"
    """May read secrets."""


class Change(StrEnum):
    """What became of a node or an edge between two sides."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Group:
    """A box around nodes; ``parent`` is the id of the box around it."""

    id: str
    title: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A thing, by the name that people know it by."""

    id: str
    kind: Kind
    title: str
    lines: tuple[str, ...] = ()
    """What the picture says below the title."""
    group: str | None = None
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """That one node uses another, by the ids of both."""

    source: str
    target: str
    relation: Relation
    label: str = ""
    """The protocol and the port."""
    details: tuple[str, ...] = ()
    """Hosts and paths, or names of secrets."""
    change: Change | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What identifies it among the edges of a picture."""
        return self.source, self.target, self.relation


@dataclass(frozen=True, slots=True)
class Picture:
    """The nodes and edges of an environment, in an order that its stacks determine."""

    environment: str
    title: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @property
    def titles(self) -> Mapping[str, str]:
        """What nodes and groups are called, by id."""
        titles = {group.id: group.title for group in self.groups}
        return titles | {node.id: node.title for node in self.nodes}


class Drawing:
    """Collects a picture; a node or an edge that is there already stays, and gains details."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[tuple[str, str, str], Edge] = {}

    def group(self, id: str, title: str, parent: str | None = None) -> str:
        """Add a group, and return its id."""
        self._groups.setdefault(id, Group(id, title, parent))
        return id

    def node(self, id: str, kind: Kind, title: str, **more: Any) -> str:
        """Add a node, and return its id."""
        self._nodes.setdefault(id, Node(id, kind, title, **more))
        return id

    def edge(
        self,
        source: str,
        target: str,
        relation: Relation,
        label: str = "",
        details: Iterable[str] = (),
    ) -> None:
        """Add an edge between two nodes."""
        new = Edge(source, target, relation, label)
        known = self._edges.setdefault(new.key, new)
        merged = tuple(dict.fromkeys((*known.details, *details)))
        self._edges[new.key] = replace(known, details=merged)

    @property
    def targets(self) -> frozenset[str]:
        """The ids of the nodes to which an edge leads already."""
        return frozenset(edge.target for edge in self._edges.values())

    def picture(self, environment: str, title: str) -> Picture:
        """Return what was collected, without groups that hold nothing."""
        held = {node.group for node in self._nodes.values()}
        held |= {group.parent for group in self._groups.values() if group.id in held}
        return Picture(
            environment,
            title,
            tuple(group for group in self._groups.values() if group.id in held),
            tuple(self._nodes.values()),
            tuple(edge for edge in self._edges.values() if {*edge.key[:2]} <= {*self._nodes}),
        )


def bundled(picture: Picture) -> Picture:
    """Return the picture with fewer lines: nodes of a group with the same edges share them.

    The nodes get a group of their own, from which one edge leads to what all of them use. It says
    the same: an edge of a group is an edge of each of its nodes.
    """
    groups, nodes, edges = list(picture.groups), list(picture.nodes), list(picture.edges)
    for group in picture.groups:
        members = {node.id for node in nodes if node.group == group.id}
        sharers = _sharers(edges, members)
        if not sharers:
            continue
        shared = f"{group.id} together"
        if sharers == members:
            shared = group.id
        else:
            groups.append(Group(shared, "", group.id))
            nodes = [replace(n, group=shared) if n.id in sharers else n for n in nodes]
        edges = list(_merged(edges, sharers, shared))
    return replace(picture, groups=tuple(groups), nodes=tuple(nodes), edges=tuple(edges))


def _what(edge: Edge) -> tuple[str, str, str]:
    return edge.target, edge.relation, edge.label


def _sources(edges: Iterable[Edge], members: set[str]) -> dict[tuple[str, str, str], set[str]]:
    """Return which members have an edge to a target, by what the edge says."""
    sources: dict[tuple[str, str, str], set[str]] = {}
    for edge in edges:
        if edge.source in members and edge.target not in members:
            sources.setdefault(_what(edge), set()).add(edge.source)
    return sources


def _sharers(edges: Iterable[Edge], members: set[str]) -> set[str]:
    """Return the members that save most edges when they share them; none if there are no two."""
    sources = list(_sources(edges, members).values())

    def saved(sharers: set[str]) -> tuple[int, list[str]]:
        return (len(sharers) - 1) * sum(sharers <= other for other in sources), sorted(sharers)

    best = max(sources, key=saved, default=set())
    return best if len(best) > 1 else set()


def _merged(edges: Iterable[Edge], sharers: set[str], shared: str) -> Iterable[Edge]:
    edges = list(edges)
    common = {what for what, of in _sources(edges, {*sharers}).items() if of == sharers}
    merged: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        if edge.source not in sharers or _what(edge) not in common:
            yield edge
            continue
        known = merged.setdefault(_what(edge), replace(edge, source=shared, details=()))
        details = tuple(dict.fromkeys((*known.details, *edge.details)))
        merged[_what(edge)] = replace(known, details=details)
    yield from merged.values()
