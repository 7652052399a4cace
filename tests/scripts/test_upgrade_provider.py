"""What an upgrade of the bindings breaks, from two small tarballs of the form of theirs."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from provider_schema.bindings import Bindings
from provider_schema.difference import Change
from provider_schema.store import SchemaStore
from rehearsal.synthesized import SynthesizedStack
from scripts import upgrade_provider
from scripts.upgrade_provider import Finding, compare

Members = Mapping[str, tuple[str, str]]
"""By name: flags of r, o and c, and the type; a block's is ``list`` or ``set``, in capitals."""

OLD: dict[str, Members] = {
    "google_disk": {
        "name": ("r", "string"),
        "size": ("o", "number"),
        "tier": ("o", "string A B C"),
        "zone": ("oc", "string"),
        "uri": ("c", "string"),
        "labelz": ("o", "string"),
        "legacy": ("o", "string"),
        "rule": ("o", "LIST"),
    },
    "google_old_thing": {"name": ("r", "string")},
}
NEW: dict[str, Members] = {
    "google_disk": {
        "name": ("r", "string"),
        "size": ("o", "string"),
        "tier": ("o", "string A C D"),
        "zone": ("c", "string"),
        "labels": ("o", "string"),
        "owner": ("r", "string"),
        "mode": ("o", "string FAST SLOW"),
        "rule": ("o", "SET"),
    },
    "google_old_things": {"name": ("r", "string")},
}


def javascript(cls: str, base: str, type_name: str, members: Members, version: str) -> bytes:
    """Return a module of bindings: what this project reads of it, and nothing else."""
    docs, table, body = [], [], []
    for name, (flags, form) in members.items():
        kind, *values = form.split(" ")
        link = f"{{@link {cls}#{name} {cls}#{name}}}"
        possible = ", ".join(f'"{value}"' for value in values)
        docs.append(f"  /**\n  * {f'Possible values: [{possible}] ' if values else ''}{link}\n  */")
        is_block = kind.isupper()
        shape = ("true", kind.lower(), f"{cls}RuleList") if is_block else ("false", "simple", kind)
        table.append(
            f"      {name}: {{\n        value: x,\n        isBlock: {shape[0]},\n"
            f'        type: "{shape[1]}",\n        storageClassType: "{shape[2]}",\n      }},\n'
        )
        computed, optional, required = (str(flag in flags).lower() for flag in "cor")
        body.append(
            f"  // {name} - computed: {computed}, optional: {optional}, required: {required}\n"
            + (f'  private r = new {cls}RuleList(this, "{name}", false);\n' if is_block else "")
            + f"  return this.get{'Number' if kind == 'number' else 'String'}Attribute('{name}');\n"
        )
    typescript = (
        f"export interface {cls}Config {{\n{chr(10).join(docs)}\n}}\n"
        f"export interface {cls}Rule {{\n}}\n"
        f"export function {cls[0].lower()}{cls[1:]}RuleToHclTerraform(struct) {{\n"
        '      port: {\n        value: x,\n        isBlock: false,\n        type: "simple",\n'
        '        storageClassType: "number",\n      },\n}\n'
        f"export class {cls}RuleOutputReference extends cdktf.ComplexObject {{\n"
        "  // port - computed: false, optional: false, required: true\n"
        "  return this.getNumberAttribute('port');\n}\n"
        f"export class {cls} extends cdktf.{base} {{\n{''.join(body)}{''.join(table)}}}\n"
    )
    source = base64.b64encode(json.dumps({"sourcesContent": [typescript]}).encode()).decode()
    return (
        f"// /providers/hashicorp/google/{version}/docs\n"
        f'{cls}.tfResourceType = "{type_name}";\n'
        f"//# sourceMappingURL=data:application/json;base64,{source}"
    ).encode()


def bindings(folder: Path, version: str, types: Mapping[str, Members]) -> Bindings:
    tarball = folder / f"google@{version}.jsii.tgz"
    provider: Members = {"project": ("o", "string")}
    modules = {"provider": javascript("Google", "TerraformProvider", "google", provider, version)}
    for name, members in types.items():
        cls = name.title().replace("_", "").removeprefix("Google")
        modules[name] = javascript(cls, "TerraformResource", name, members, version)
    with tarfile.open(tarball, "w:gz") as archive:
        for name, content in modules.items():
            member = tarfile.TarInfo(f"package/lib/{name}/index.js")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return Bindings(version, tarball)


def disk(**arguments: Any) -> dict[str, Any]:
    metadata = {"metadata": {"path": "qa-data/storage/disk"}}
    return {"google_disk": {"this": {"//": metadata, "name": "d", **arguments}}}


def stack(resources: Mapping[str, Any], **sections: Any) -> SynthesizedStack:
    return SynthesizedStack("qa-data", Path(), {"resource": resources, **sections})


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[SchemaStore, SchemaStore]:
    folder = tmp_path_factory.mktemp("bindings")
    old, new = bindings(folder, "1.0.0", OLD), bindings(folder, "2.0.0", NEW)
    return SchemaStore(folder, old), SchemaStore(folder, new)


def broken(stores: tuple[SchemaStore, SchemaStore], *stacks: SynthesizedStack) -> dict[str, str]:
    _, findings = compare(*stores, stacks)
    return {finding.name: finding.change.what for finding in findings if finding.uses}


@pytest.mark.parametrize(
    ("arguments", "name", "what"),
    [
        ({"size": 3}, "size", "is string, and was number"),
        ({"tier": "B"}, "tier", "no longer takes B"),
        ({"zone": "a"}, "zone", "can no longer be set"),
        ({"labelz": "a"}, "labelz", "is gone; perhaps it is labels now"),
        ({"legacy": "a"}, "legacy", "is gone"),
        ({"rule": [{"port": 1}]}, "rule", "is a set, and was a list"),
        ({"dynamic": {"rule": {"content": {"port": 1}}}}, "rule", "is a set, and was a list"),
    ],
)
def test_an_argument_in_use_that_changes_breaks(
    stores: tuple[SchemaStore, SchemaStore], arguments: dict[str, Any], name: str, what: str
) -> None:
    required = {"google_disk.owner": "a new argument, required"}
    expected = {**required, f"google_disk.{name}": what}
    assert broken(stores, stack(disk(**arguments))) == expected


def test_what_is_not_used_breaks_nothing_and_is_listed(
    stores: tuple[SchemaStore, SchemaStore],
) -> None:
    (old, new), findings = compare(*stores, [stack(disk(owner="me", tier="A"))])
    assert (old, new) == ("1.0.0", "2.0.0")
    assert [finding for finding in findings if finding.uses] == []
    assert {f.name: f.change.what for f in findings}["google_disk.mode"] == (
        "a new argument, one of FAST, SLOW"
    )


def test_an_expression_that_refers_to_what_is_gone_breaks(
    stores: tuple[SchemaStore, SchemaStore],
) -> None:
    output = {"address": {"value": "a ${google_disk.this[0].uri} b"}}
    findings = broken(stores, stack(disk(owner="me"), output=output))
    assert findings == {"google_disk.uri": "is gone"}


def test_a_type_that_is_gone_names_its_constructs(
    stores: tuple[SchemaStore, SchemaStore],
) -> None:
    _, (finding, *_) = compare(*stores, [stack({"google_old_thing": {"x": {"name": "n"}}})])
    assert finding.name == "google_old_thing"
    assert finding.change.what == "is gone; perhaps it is google_old_things now"
    assert [(use.stack, use.place) for use in finding.uses] == [("qa-data", "google_old_thing.x")]


def write(folder: Path, **arguments: Any) -> Path:
    """Write an output folder of cdktf with one stack."""
    path = folder / "stacks" / "qa-data" / "cdk.tf.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"resource": disk(**arguments)}))
    stacks = {"qa-data": {"synthesizedStackPath": "stacks/qa-data/cdk.tf.json"}}
    (folder / "manifest.json").write_text(json.dumps({"stacks": stacks}))
    return folder


def test_the_command_reads_the_wheel_and_says_which_construct_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVIDER_SCHEMA_CACHE", str(tmp_path))
    monkeypatch.setattr(
        "provider_schema.store.installed", lambda: bindings(tmp_path, "16.12.1", OLD)
    )
    (tmp_path / "wheels").mkdir()
    wheel = tmp_path / "wheels" / "cdktn_provider_google-99.0.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(bindings(tmp_path, "99.0.0", NEW).tarball, "_jsii/google@99.0.0.jsii.tgz")
    breaking = write(tmp_path / "breaking", size=3)
    assert upgrade_provider.main(["99.0.0", "--out", str(breaking)]) == 1
    output = capsys.readouterr().out
    assert "google 16.12.1 -> 99.0.0\n" in output
    assert (
        "google_disk.size\n    is string, and was number\n    used by storage/disk of qa-data\n"
        in output
    )

    sound = write(tmp_path / "sound", owner="me")
    assert upgrade_provider.main(["99.0.0", "--out", str(sound), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["wheel"] == wheel.name
    assert {c["name"] for c in document["changes"]} >= {"google_disk.mode", "google_disk.size"}

    assert upgrade_provider.main(["latest", "--out", str(sound)]) == 2
    assert "latest is no version of the bindings" in capsys.readouterr().err
    wheel.write_bytes(b"")
    assert upgrade_provider.main(["99.0.0", "--out", str(sound)]) == 2
    assert "holds no jsii tarball; remove it" in capsys.readouterr().err


def test_a_finding_is_named_as_terraform_names_it() -> None:
    change = Change(("a", "b"), "is gone")
    names = [Finding(kind, "google_x", change).name for kind in ("resource", "data", "provider")]
    assert names == ["google_x.a.b", "data.google_x.a.b", "provider.a.b"]
