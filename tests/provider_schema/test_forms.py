"""Bindings of cdktn have another form than those of cdktf, and give the same schema."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from itertools import islice
from pathlib import Path

import pytest

from provider_schema.bindings import _typescript, installed, modules, parse_module, type_of
from provider_schema.blocks import SchemaError

TYPE = b'class Topic { static tfResourceType = "google_pubsub_topic" }'


def _compiled(typescript: str) -> bytes:
    """Return a module that carries its TypeScript, as compiled ones do."""
    source_map = base64.b64encode(json.dumps({"sourcesContent": [typescript]}).encode())
    return b"//# sourceMappingURL=data:application/json;base64," + source_map


def _tarball(folder: Path, files: dict[str, bytes]) -> Path:
    path = folder / "provider-google@9.0.0.jsii.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"package/lib/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def test_classes_of_cdktn_give_the_schema_of_those_of_cdktf() -> None:
    compared = 0
    for name, files in islice(modules(installed().tarball), 12):
        texts = [_typescript(file, name) for file in files]
        renamed = [_compiled(text.replace("cdktf.", "cdktn.")) for text in texts]
        if any("cdktf." in text for text in texts):
            assert parse_module(name, renamed) == parse_module(name, files), name
            compared += 1
    assert compared > 5


@pytest.mark.parametrize(
    ("name", "javascript", "kind"),
    [
        ("pubsub-topic", TYPE, ("resource", "google_pubsub_topic")),
        ("pubsub-topic", b'Topic.tfResourceType = "google_x";', ("resource", "google_x")),
        ("data-google-x", TYPE, ("data", "google_pubsub_topic")),
        ("ephemeral-google-x", TYPE, None),
        ("provider-functions", b"", None),
    ],
)
def test_a_type_is_known_by_a_field_of_its_class_in_either_form(
    name: str, javascript: bytes, kind: tuple[str, str] | None
) -> None:
    assert type_of(name, javascript) == kind


@pytest.mark.parametrize("reference", ["./index-structs", "./index-structs/index"])
def test_the_structs_of_a_large_type_are_read_with_it(reference: str, tmp_path: Path) -> None:
    index = f'require("{reference}");'.encode()
    tarball = _tarball(
        tmp_path,
        {
            "compute-url-map/index-structs/index.js": b"lists the others",
            "compute-url-map/index-structs/structs0.js": b"structs",
            "compute-url-map/index.js": index,
            "pubsub-topic/index.js": TYPE,
        },
    )
    assert dict(modules(tarball)) == {
        "compute-url-map": [index, b"structs"],
        "pubsub-topic": [TYPE],
    }


def test_bindings_of_another_environment_are_read_there(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    (site / "cdktn_provider_google" / "_jsii").mkdir(parents=True)
    (site / "cdktn_provider_google-21.1.0.dist-info").mkdir()
    (site / "cdktn_provider_google-21.1.0.dist-info" / "METADATA").write_text(
        "Name: cdktn-provider-google\nVersion: 21.1.0\n"
    )
    tarball = _tarball(site / "cdktn_provider_google" / "_jsii", {})
    bindings = installed("cdktn_provider_google", tmp_path)
    assert (bindings.version, bindings.tarball) == ("21.1.0", tarball)
    with pytest.raises(SchemaError, match=r"cdktn-provider-google, .* not installed in"):
        installed("cdktn_provider_google", tmp_path / "nowhere")
