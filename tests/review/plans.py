"""Terraform's plan of a folder as comparable data."""

from __future__ import annotations

import atexit
import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from rehearsal.provider import Provider
from rehearsal.run import Terraform
from rehearsal.server import Attachment
from tests.terraform import shared_session

LOCAL_STATE = '{"terraform": {"backend": {"local": {}}}}'
Plan = dict[str, Any]


def _unserved() -> Attachment:
    """Return providers that nothing needs and nobody serves: Terraform has them loaded already."""
    session = shared_session()
    providers = {schema.name: Provider(schema) for schema in session.schemas.know([])}
    return Attachment(providers, session.folder)


@cache
def _initialized() -> Path:
    """Return what ``terraform init`` leaves behind; it is the same for all that is planned here.

    The provider is attached to, and never installed; what remains is where the state is.
    """
    folder = Path(tempfile.mkdtemp(prefix="initialized-"))
    atexit.register(shutil.rmtree, folder)
    (folder / "main.tf.json").write_text(LOCAL_STATE)
    terraform(folder, "init", "-input=false", "-no-color")
    return folder / ".terraform"


def terraform(
    folder: Path,
    *arguments: str,
    attachment: Attachment | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
    expected: int = 0,
) -> str:
    """Run Terraform in a folder; return its output.

    ``expected`` is the exit code with which it must end.
    """
    attached = attachment or _unserved()
    code, output = Terraform(shared_session(), attached, variables).run(folder, *arguments)
    assert code == expected, f"terraform {arguments[0]}:\n{output}"
    return output


def unformatted(folder: Path, text: str) -> str:
    """Return the changes that ``terraform fmt`` would make to a text; empty if it makes none."""
    file = folder / "formatted.tf"
    file.write_text(text)
    terraform(folder, "fmt", file.name)
    formatted = file.read_text()
    pairs = zip(text.splitlines(), formatted.splitlines(), strict=False)
    changes = [f"{ours!r} -> {theirs!r}" for ours, theirs in pairs if ours != theirs]
    return "\n".join(changes) if text != formatted else ""


def plan(
    folder: Path,
    name: str,
    text: str,
    *,
    attachment: Attachment | None = None,
    variables: Mapping[str, str] = MappingProxyType({}),
    apply: bool = False,
) -> Plan:
    """Plan a file, with its state in the folder, and return the plan; with ``apply``, the state."""
    folder.mkdir(parents=True)
    (folder / name).write_text(text)
    (folder / "state_override.tf.json").write_text(LOCAL_STATE)
    shutil.copytree(_initialized(), folder / ".terraform")
    common = ("-input=false", "-no-color")
    options: Any = {"attachment": attachment, "variables": variables}
    if apply:
        terraform(folder, "apply", *common, "-auto-approve", **options)
        shown: Plan = json.loads(terraform(folder, "show", "-json", **options))
        return shown
    terraform(folder, "plan", *common, "-lock=false", "-out=plan", **options)
    shown = json.loads(terraform(folder, "show", "-json", "plan", **options))
    del shown["timestamp"]
    # Terraform lists these in the order of a hash table.
    shown.get("relevant_attributes", []).sort(key=json.dumps)
    return shown


def settle(of_json: Any, of_hcl: Any) -> None:
    """Make the configurations of two plans comparable, in place.

    Terraform shows an argument's text as its constant value when it comes from JSON, without
    evaluating it, and beside the references that it found in it. From HCL it shows the evaluated
    constant, or the references alone.
    """
    if isinstance(of_json, dict) and isinstance(of_hcl, dict):
        text = of_json.get("constant_value")
        if text is not None:
            if _evaluates(text):
                del of_json["constant_value"]
                of_hcl.pop("constant_value", None)
            else:
                of_json["constant_value"] = _unescaped(text)
        for name in of_json.keys() & of_hcl.keys():
            settle(of_json[name], of_hcl[name])
    elif isinstance(of_json, list) and isinstance(of_hcl, list):
        for json_item, hcl_item in zip(of_json, of_hcl, strict=False):
            settle(json_item, hcl_item)


def _evaluates(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_evaluates(inner) for pair in value.items() for inner in pair)
    if isinstance(value, list):
        return any(map(_evaluates, value))
    return isinstance(value, str) and bool(re.search(r"(?<!\$)\$\{|(?<!%)%\{", value))


def _unescaped(value: Any) -> Any:
    if isinstance(value, dict):
        return {_unescaped(key): _unescaped(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return list(map(_unescaped, value))
    if isinstance(value, str):
        return value.replace("$${", "${").replace("%%{", "%{")
    return value
