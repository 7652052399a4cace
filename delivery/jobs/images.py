"""Which images a stack runs, read from its state, so that a plan shows no image that stays.

The variables of images have no default in most environments: a release sets them. A plan that is
only read needs the values of the last apply, or every service would differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

UNKNOWN = f"example.invalid/not-deployed-yet@sha256:{'0' * 64}"
"""For an image that the state does not have, as that of a new service."""

_EXPRESSION = re.compile(r"(?<![$%])\$\{([^{}]*)\}")
_PREFIX = "image_"
_REFERENCE = r"[\w.:/@-]+"


def image_values(configuration: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, str]:
    """Return a value for each variable of an image: what is deployed, its default, or ``UNKNOWN``.

    ``configuration`` is a stack's ``cdk.tf.json``, ``state`` what ``terraform state pull`` prints.
    """
    deployed: dict[str, str] = {}
    for kind, by_name in configuration.get("resource", {}).items():
        for name, arguments in by_name.items():
            for attributes in _instances(state, kind, name):
                deployed |= dict(_matches(arguments, attributes))
    return {
        name: deployed.get(name) or variable.get("default") or UNKNOWN
        for name, variable in configuration.get("variable", {}).items()
        if name.startswith(_PREFIX)
    }


def _instances(state: Mapping[str, Any], kind: str, name: str) -> Iterator[Any]:
    for resource in state.get("resources", ()):
        if (resource["mode"], resource["type"], resource["name"]) == ("managed", kind, name):
            for instance in resource["instances"]:
                yield instance["attributes"]


def _matches(written: Any, stored: Any) -> Iterator[tuple[str, str]]:
    """Yield the images of a value, walking through what is written and what is stored of it."""
    if isinstance(stored, list) and not isinstance(written, list):
        # A block that may stand once is an object where it is written, and a list in the state.
        stored = stored[0] if len(stored) == 1 else None
    if isinstance(written, dict) and isinstance(stored, dict):
        for key, inner in written.items():
            yield from _matches(inner, stored.get(key))
    elif isinstance(written, list) and isinstance(stored, list):
        for inner, value in zip(written, stored, strict=False):
            yield from _matches(inner, value)
    elif isinstance(written, str) and isinstance(stored, str):
        yield from _in_text(written, stored)


def _in_text(template: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the images of a text: of an image alone, or of a script that names one."""
    pattern, seen = "", set()
    # Every second part is an expression.
    for position, part in enumerate(_EXPRESSION.split(template)):
        if position % 2 == 0:
            pattern += re.escape(part.replace("$${", "${").replace("%%{", "%{"))
            continue
        name = part.removeprefix("var.")
        if not name.startswith(_PREFIX):
            pattern += "(?s:.*?)"
        elif name in seen:
            pattern += f"(?P={name})"
        else:
            seen.add(name)
            pattern += f"(?P<{name}>{_REFERENCE})"
    if seen and (match := re.fullmatch(pattern, text)):
        yield from match.groupdict().items()
