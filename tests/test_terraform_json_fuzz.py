"""Whatever a synthesized file holds, each reader ends with a result or one line of refusal.

``pytest --hypothesis-profile=long tests/test_terraform_json_fuzz.py`` tries 10,000 files instead of
100.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy.rule import NotCheckedError, apply
from policy.rules import RULES
from policy.scan import readable
from policy.stack import Stack
from provider_schema.blocks import Kind
from rehearsal.inputs import values
from rehearsal.synthesized import named_constructs
from rehearsal.workspace import own_backend_key
from review import ReviewError, render
from review.structure import Structure, Structures, from_bindings
from stacks.addresses import Moves, released_addresses, vanished
from terraform_json import SynthesizedError, parse_stack, resources
from tests.review.test_render import LANGUAGE
from tests.support import ROOT

COUNT = max(100, settings().max_examples)
RELEASED = released_addresses()["prod-data"]
SNAPSHOTS = ROOT / "tests/stacks/__snapshots__/test_snapshots"
STACKS = (
    LANGUAGE,
    *(
        json.loads((SNAPSHOTS / f"test_stack_as_reviewed[{name}].json").read_text())
        for name in ("prod-data", "prod-migrations", "prod-budget", "dev-data")
    ),
)
_TEXTS = st.sampled_from(
    [
        *(
            "",
            "//",
            "${",
            "${a.b}",
            "%{ if a }x%{ endif }",
            '${"',
            "${{}}",
            "$${",
            "%%{",
            "~}",
            "${~ a ~}",
        ),
        *(
            "a\nb\n",
            "a\nb ${c}\n",
            "\r",
            "\x00",
            "\ufeff",
            "\u2028",
            "\ud800",
            "ä",
            "a b",
            'a"b',
            "EOT",
        ),
        *(
            "metadata",
            "path",
            "resource",
            "lifecycle",
            "dynamic",
            "provisioner",
            "depends_on",
            "all",
        ),
    ]
) | st.text(max_size=5)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([10**400, 1e300, -0.0, 1.5, float("inf"), float("nan")])
    | _TEXTS
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def structures() -> Structures:
    """Read the schema once; it would take longer than all else."""
    sections = {
        s: {k for stack in STACKS for k, _, _ in resources(stack, s)} for s in ("resource", "data")
    }
    known = from_bindings(sections["resource"], sections["data"])
    cache: dict[tuple[Kind, str], Structure] = {}

    def structure(kind: Kind, name: str) -> Structure:
        if (kind, name) not in cache:
            cache[kind, name] = known(kind, name)
        return cache[kind, name]

    return structure


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside of a document."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


_PLACES = tuple(tuple(places(stack)) for stack in STACKS)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """Draw a stack in which some values are others, gone, in a list, or under another key."""
    number = draw(st.integers(0, len(STACKS) - 1))
    stack = copy.deepcopy(STACKS[number])
    for path in draw(st.lists(st.sampled_from(_PLACES[number]), min_size=1, max_size=3)):
        _change(draw, stack, path)
    text = json.dumps(stack)
    if draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(text)))
        text = (
            text[:at]
            + draw(st.sampled_from(["", '"', "{", "}", ",", "\\", "0"]))
            + text[at + draw(st.integers(0, 2)) :]
        )
    return text.encode()


def _change(draw: st.DrawFn, stack: Any, path: tuple[Any, ...]) -> None:
    parent = stack
    for key in path[:-1]:
        try:
            parent = parent[key]
        except (LookupError, TypeError):
            return
    key = path[-1]
    if (
        not isinstance(parent, dict | list)
        or (isinstance(parent, dict) and key not in parent)
        or (isinstance(parent, list) and not (isinstance(key, int) and key < len(parent)))
    ):
        return
    match draw(st.integers(0, 4)):
        case 0 | 1:
            parent[key] = draw(VALUES)
        case 2:
            parent[key] = [parent[key]] * draw(st.integers(0, 2))
        case 3:
            del parent[key]
        case _ if isinstance(parent, dict):
            parent[draw(_TEXTS)] = parent.pop(key)


@settings(max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(content=changed() | st.binary(max_size=50) | VALUES.map(lambda v: json.dumps(v).encode()))
def test_any_file_is_shown_and_read_or_refused(content: bytes, structures: Structures) -> None:
    for message in filter(None, (_shown(content, structures), _read(content))):
        assert message.startswith("prod-data")
        assert "\n" not in message


def _shown(content: bytes, structures: Structures) -> str | None:
    """Render a file, and return the message where it is refused."""
    try:
        render(content, stack="prod-data", structures=structures).encode()
    except ReviewError as refusal:
        return str(refusal)
    return None


def _read(content: bytes) -> str | None:
    """Read a file as the other commands do, and return the message where it is refused."""
    try:
        document = parse_stack(content, "prod-data")
        stack = Stack("prod-data", document, None)
        apply(RULES, (stack,))
    except (NotCheckedError, SynthesizedError) as refusal:
        return str(refusal)
    readable(document)
    assert all(resource.path for resource in stack.resources())
    values(document, "run")
    own_backend_key(document)
    named_constructs(document, "Error: google_redis_instance.redis_instance")
    addresses = frozenset(f"{kind}.{name}" for kind, name, _ in resources(document))
    list(vanished({"prod-data": RELEASED}, {"prod-data": addresses}, Moves()))
    return None
