"""Searches the files and the output of a rehearsal for secrets, which must not be in them.

There are two kinds of secrets: canaries, which are the values of secret variables, and sensitive
attributes that the cloud sets, whose values from the stand-in begin with ``CLOUD_CANARY``.
"""

from __future__ import annotations

import base64
import io
import json
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal.values import CLOUD_CANARY

ALLOWED = Path(__file__).with_name("allowed_secrets.toml")


@dataclass(frozen=True)
class Leak:
    """A secret, and where it is; ``address`` and ``attribute`` are set if a resource has it."""

    secret: str
    place: str
    address: str = ""
    attribute: str = ""

    def __str__(self) -> str:
        """Return the name of the secret and where it is, never its value."""
        where = f", {self.address} {self.attribute}" if self.address else ""
        return f"{self.secret} is in {self.place}{where}"


@dataclass(frozen=True)
class SearchResult:
    """The leaks, and the secrets that a documented exception allows."""

    refused: tuple[Leak, ...]
    allowed: tuple[Leak, ...]


def exceptions() -> Mapping[str, str]:
    """Return the reasons why attributes may hold a secret, by ``type.attribute``."""
    entries = tomllib.loads(ALLOWED.read_text())["allowed"]
    return {f"{e['type']}.{e['attribute']}": e["reason"] for e in entries}


def search(canaries: Mapping[str, str], folder: Path, texts: Mapping[str, str]) -> SearchResult:
    """Search every file below ``folder``, and the texts, for secrets.

    ``canaries`` and ``texts`` are by name; messages name them so.
    """
    leaks = [
        leak
        for place, data in (*_files(folder), *((n, t.encode()) for n, t in texts.items()))
        for leak in _leaks_in(canaries, place, data)
    ]
    reasons = exceptions()
    allowed = [
        leak for leak in leaks if f"{leak.address.partition('.')[0]}.{leak.attribute}" in reasons
    ]
    refused = dict.fromkeys(leak for leak in leaks if leak not in allowed)
    return SearchResult(tuple(refused), tuple(dict.fromkeys(allowed)))


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            place = str(path.relative_to(folder))
            yield place, data
            if zipfile.is_zipfile(io.BytesIO(data)):
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    for name in archive.namelist():
                        yield f"{place}!{name}", archive.read(name)


def _leaks_in(canaries: Mapping[str, str], place: str, data: bytes) -> Iterator[Leak]:
    needles = {name: [v.encode(), *_base64_forms(v)] for name, v in canaries.items()}
    cloud = CLOUD_CANARY.encode()
    present = [name for name, forms in needles.items() if any(form in data for form in forms)]
    if not present and cloud not in data:
        return
    document = _parsed(data)
    if document is None:
        yield from (Leak(name, place) for name in present)
        # The binary plan repeats attributes of the state; the plan as JSON is searched by resource.
        if cloud in data and not place.endswith("!tfplan"):
            yield Leak("a secret of the cloud", place)
        return
    for address, attribute, text in _strings(document):
        encoded = text.encode()
        for name, forms in needles.items():
            if any(form in encoded for form in forms):
                yield Leak(name, place, address, attribute)
        if cloud in encoded:
            yield Leak("a secret of the cloud", place, address, attribute)


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data) if data[:1] in (b"{", b"[") else None
    except ValueError:
        return None


def _strings(
    value: Any, address: str = "", path: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, str]]:
    """Yield the address, the attribute and the text of every string in a state or plan."""
    if isinstance(value, dict):
        # Only a resource has a type that begins with google_; blocks may have these keys as well.
        if str(value.get("type")).startswith("google_") and isinstance(value.get("name"), str):
            address, path = f"{value['type']}.{value['name']}", ()
        for key, inner in value.items():
            yield from _strings(key, address, path)
            # State and plan have these keys around a resource's own attributes.
            is_wrapper = key in ("instances", "attributes", "values", "change", "before", "after")
            yield from _strings(
                inner, address, () if is_wrapper and len(path) == 0 else (*path, key)
            )
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, address, path)
    elif isinstance(value, str):
        yield address, ".".join(path), value


def _base64_forms(value: str) -> Iterable[bytes]:
    """Return the parts of a value's base64 that do not depend on the text around it.

    There are three, by the position of the value modulo 3.
    """
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value.encode()).rstrip(b"=")
        yield encoded[(0, 2, 3)[shift] : -1]
