"""From the tree to files: the same bytes that cdktf writes."""

from __future__ import annotations

import hashlib
import json
import os
import re
from decimal import Decimal
from pathlib import Path

from .tree import Construct, Element, Output, Provider, Resource, Stack
from .values import Json, NotInPythonError, merge, resolved

_quoted = json.encoder.encode_basestring
_LONGEST_ADDRESS, _LONGEST_TEXT = 255, 240


def write(app: Construct, outdir: Path) -> None:
    """Write a folder for each stack, and the manifest; or nothing, where a stack has a fault."""
    if os.environ.get("SYNTH_HCL_OUTPUT") in ("true", "1"):
        raise NotInPythonError("HCL in place of JSON")
    stacks = [construct for construct in app.all() if isinstance(construct, Stack)]
    texts = {}
    for stack in stacks:
        _check_providers(stack)
        texts[stack.id] = stable_json(configuration(stack))
    for name, text in texts.items():
        folder = outdir / "stacks" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "cdk.tf.json").write_text(text, encoding="utf-8")
    outdir.mkdir(parents=True, exist_ok=True)
    manifest = {"version": app.get_context("cdktfVersion"), "stacks": _entries(stacks)}
    (outdir / "manifest.json").write_text(stable_json(manifest), encoding="utf-8")


def _entries(stacks: list[Stack]) -> dict[str, Json]:
    return {
        stack.id: {
            "annotations": [],
            "constructPath": stack.path,
            "dependencies": [dependency.path for dependency in stack.dependencies],
            "name": stack.id,
            "stackMetadataPath": f"stacks/{stack.id}/metadata.json",
            "synthesizedStackPath": f"stacks/{stack.id}/cdk.tf.json",
            "workingDirectory": f"stacks/{stack.id}",
        }
        for stack in stacks
    }


def _check_providers(stack: Stack) -> None:
    """Raise for resources whose provider the stack does not have."""
    elements = stack.elements()
    present = {e.about["provider"] for e in elements if isinstance(e, Provider)}
    wanted = {e.about["provider"]: None for e in elements if isinstance(e, Resource)}
    missing = [name for name in wanted if name not in present]
    if missing:
        raise RuntimeError(
            f"Validation failed with the following errors:\n  [{stack.path}] Found resources "
            "without a matching provider construct. Please make sure to add provider constructs to "
            f"your stack '{stack.id}' for the following providers: {', '.join(missing)}"
        )


def configuration(stack: Stack) -> Json:
    """Return the Terraform JSON of a stack."""
    metadata: dict[str, Json] = {
        "version": stack.get_context("cdktfVersion"),
        "stackName": stack.id,
        "backend": "local",
    }
    if stack.overrides:
        metadata["overrides"] = {"stack": list(stack.overrides)}
    outputs: dict[str, Json] = {}
    written: dict[str, Json] = {}
    elements = stack.elements()
    if not any(element.id == "backend" for element in elements):
        raise NotInPythonError(f"{stack.id}, which has no backend")
    for element in elements:
        merge(metadata, element.notes())
        if isinstance(element, Output):
            merge(outputs, element.place())
    written["//"] = {"metadata": metadata, "outputs": outputs}
    for element in elements:
        merge(written, resolved(element.fragment(), stack))
    merge(written, stack.overrides)
    return resolved(written, stack)


def stock_address(element: Element) -> str:
    """Return the address that cdktf gives to an element unless a stack has a rule of its own."""
    path = []
    for scope in element.scopes():
        if isinstance(scope, Stack):
            break
        if scope.id != "Default":
            path.append(scope.id)
    path.reverse()
    if len(path) == 1 and len(only := _allowed(path[0])) <= _LONGEST_ADDRESS:
        return only
    # As cdktf does; it protects nothing.
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    parts: list[str] = []
    for part in path:
        if not parts or not parts[-1].endswith(part):
            parts.append(part)
    human = "_".join(_allowed(part) for part in parts if part != "Resource")
    return f"{human[:_LONGEST_TEXT]}_{digest[:8].upper()}"


def _allowed(part: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "", part)


def stable_json(value: Json) -> str:
    """Return JSON as json-stable-stringify writes it, with keys in order and two spaces."""
    return _written(value, "\n")


def _written(value: Json, indent: str) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(value)
    inner = f"{indent}  "
    if isinstance(value, list):
        return f"[{','.join([inner + _written(item, inner) for item in value])}{indent}]"
    if isinstance(value, dict):
        members = [
            f"{inner}{_quoted(key)}: {_written(value[key], inner)}"
            for key in sorted(value, key=_utf16)
        ]
        return f"{{{','.join(members)}{indent}}}"
    raise TypeError(f"{value!r} is not JSON")


def _utf16(key: str) -> bytes:
    """Return what JavaScript orders texts by."""
    return key.encode("utf-16-be", "surrogatepass")


def _number(value: float) -> str:
    """Return a number as JavaScript writes it: all of its numbers are floats."""
    text = repr(float(value))
    mantissa, _, power = text.partition("e")
    if -7 < int(power or 0) < 21:
        return f"{Decimal(text):f}".removesuffix(".0")
    return f"{mantissa}e{int(power):+d}"
