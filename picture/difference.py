"""What a change makes of the picture of an environment: what is new, what goes, and its ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from change.side import Side
from picture.graph import Change, Edge, Kind, Node, Picture
from picture.read import read

_SHOWN = 3
"""Hosts or secrets that a line names; the rest is counted."""


def differences(before: Side, after: Side) -> list[Picture]:
    """Return a picture of what changes in each environment in which something does."""
    pictures = []
    for environment in dict.fromkeys((*before.environments, *after.environments)):
        old, new = (
            read(side, environment) if environment in side.environments else None
            for side in (before, after)
        )
        picture = difference(old, new)
        if picture.nodes:
            pictures.append(picture)
    return pictures


def difference(before: Picture | None, after: Picture | None) -> Picture:
    """Return what differs, with the nodes at both ends of each edge that does.

    One of the two may be missing, but not both.
    """
    shown = after or before
    assert shown is not None
    old, new = (picture or replace(shown, nodes=(), edges=()) for picture in (before, after))
    nodes = list(_nodes(old, new))
    edges = [edge for edge in _edges(old, new) if edge.change]
    kept = {node.id for node in nodes if node.change}
    kept |= {end for edge in edges for end in (edge.source, edge.target)}
    groups = {group.id: group for picture in (old, new) for group in picture.groups}
    return Picture(
        shown.environment,
        shown.title,
        tuple(groups.values()),
        tuple(node for node in nodes if node.id in kept),
        tuple(edges),
    )


def _nodes(before: Picture, after: Picture) -> Iterator[Node]:
    old, new = ({node.id: node for node in picture.nodes} for picture in (before, after))
    for id, node in {**old, **new}.items():
        if id not in old:
            yield replace(node, change=Change.ADDED)
        elif id not in new:
            yield replace(node, change=Change.REMOVED)
        elif old[id] == new[id]:
            # Redis and the database of an environment have one name; what it is tells them apart.
            yield replace(node, lines=node.lines[:1] if node.kind is Kind.STORE else ())
        else:
            lost = (f"before: {line}" for line in old[id].lines if line not in node.lines)
            gained = (f"after: {line}" for line in node.lines if line not in old[id].lines)
            yield replace(node, lines=(*lost, *gained), change=Change.CHANGED)


def _edges(before: Picture, after: Picture) -> Iterator[Edge]:
    old, new = ({edge.key: edge for edge in picture.edges} for picture in (before, after))
    for key, edge in {**old, **new}.items():
        if key not in old:
            yield replace(edge, change=Change.ADDED)
        elif key not in new:
            yield replace(edge, change=Change.REMOVED)
        elif old[key] == new[key]:
            yield edge
        else:
            yield replace(edge, label=_changed_label(old[key], new[key]), change=Change.CHANGED)


def _changed_label(before: Edge, after: Edge) -> str:
    label = after.label
    if before.label != after.label:
        label = f"{before.label} → {after.label}"
    gained = [detail for detail in after.details if detail not in before.details]
    lost = [detail for detail in before.details if detail not in after.details]
    return ", ".join([label, *_signed("+", gained), *_signed("−", lost)])  # noqa: RUF001


def _signed(sign: str, details: Sequence[str]) -> Iterable[str]:
    yield from (f"{sign}{detail}" for detail in details[:_SHOWN])
    if len(details) > _SHOWN:
        yield f"{sign}{len(details) - _SHOWN} more"
