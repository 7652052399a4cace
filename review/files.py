"""Writes the folder of review files."""

from __future__ import annotations

from pathlib import Path

from files import write_whole
from review.render import Source, render_all
from terraform_json import content_of, read_manifest


def write(out: Path) -> None:
    """Write a file into ``<out>/review`` for each stack of the manifest; delete any other ``.tf``.

    All stacks are rendered before the first file is written. A file whose text is unchanged is not
    written again; the others are replaced atomically. Raises ``ReviewError``, and
    ``SynthesizedError`` where stacks are missing.
    """
    entries = read_manifest(out)
    rendered = render_all([Source(content_of(e.file), name) for name, e in entries.items()])
    texts = {f"{name}.tf": text for name, text in zip(entries, rendered, strict=True)}
    folder = out / "review"
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        _write_if_changed(folder / name, text.encode(), out)
    for path in folder.glob("*.tf"):
        if path.name not in texts:
            path.unlink()


def write_folder(folder: Path) -> list[Path]:
    """Write ``review/<name>.tf`` for each ``<name>.tf.json`` of a folder; return what is there now.

    Terraform does not read folders below its own. Raises ``ReviewError``, before it writes.
    """
    paths = sorted(folder.glob("*.tf.json"))
    rendered = render_all(
        [Source(path.read_bytes(), folder.resolve().name, path.name) for path in paths]
    )
    texts = {
        folder / "review" / path.name.removesuffix(".json"): text
        for path, text in zip(paths, rendered, strict=True)
    }
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        _write_if_changed(path, text.encode(), folder)
    return list(texts)


def _write_if_changed(path: Path, content: bytes, out: Path) -> None:
    if not path.is_file() or path.read_bytes() != content:
        # What a killed process leaves is outside of the folder that is committed.
        write_whole(path, content, beside=out)
