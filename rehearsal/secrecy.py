"""Searches what a rehearsal left for secrets that must be nowhere in it.

Two kinds: the values given to secret variables (canaries), and what the cloud itself makes and the
schema calls sensitive, to which the stand-in gives values that begin with ``CLOUD_CANARY``.
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
class Found:
    """A secret, and where it is; ``address`` is the resource that holds it, where one does."""

    secret: str
    place: str
    address: str = ""
    attribute: str = ""

    def __str__(self) -> str:
        """Name the secret, never its value."""
        where = f", {self.address} {self.attribute}" if self.address else ""
        return f"{self.secret} is in {self.place}{where}"


@dataclass(frozen=True)
class Search:
    """What must not be there, and the documented exceptions."""

    refused: tuple[Found, ...]
    allowed: tuple[Found, ...]


def exceptions() -> Mapping[str, str]:
    """Why an attribute may hold a secret, by ``type.attribute``."""
    entries = tomllib.loads(ALLOWED.read_text())["allowed"]
    return {f"{e['type']}.{e['attribute']}": e["reason"] for e in entries}


def search(canaries: Mapping[str, str], folder: Path, texts: Mapping[str, str]) -> Search:
    """Search every file below ``folder``, and the texts, for the canaries; both have names."""
    found = [
        one
        for place, data in (*_files(folder), *((n, t.encode()) for n, t in texts.items()))
        for one in _in_data(canaries, place, data)
    ]
    known = exceptions()
    allowed = [f for f in found if f"{f.address.partition('.')[0]}.{f.attribute}" in known]
    refused = dict.fromkeys(f for f in found if f not in allowed)
    return Search(tuple(refused), tuple(dict.fromkeys(allowed)))


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


def _in_data(canaries: Mapping[str, str], place: str, data: bytes) -> Iterator[Found]:
    needles = {name: [v.encode(), *_base64_forms(v)] for name, v in canaries.items()}
    cloud = CLOUD_CANARY.encode()
    hit = [name for name, forms in needles.items() if any(form in data for form in forms)]
    if not hit and cloud not in data:
        return
    document = _json(data)
    if document is None:
        yield from (Found(name, place) for name in hit)
        # The binary plan repeats the state's attributes; the plan as JSON tells whose they are.
        if cloud in data and not place.endswith("!tfplan"):
            yield Found("a secret of the cloud", place)
        return
    for address, attribute, text in _strings(document):
        encoded = text.encode()
        for name, forms in needles.items():
            if any(form in encoded for form in forms):
                yield Found(name, place, address, attribute)
        if cloud in encoded:
            yield Found("a secret of the cloud", place, address, attribute)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data) if data[:1] in (b"{", b"[") else None
    except ValueError:
        return None


def _strings(
    value: Any, address: str = "", path: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, str]]:
    """Every string with the resource it belongs to and the attribute there, in state and plan."""
    if isinstance(value, dict):
        # A resource, not a block with such arguments: a SQL user has a type and a name too.
        if str(value.get("type")).startswith("google_") and isinstance(value.get("name"), str):
            address, path = f"{value['type']}.{value['name']}", ()
        for key, inner in value.items():
            yield from _strings(key, address, path)
            # The forms of state and plan put these around a resource's own attributes.
            outer = key in ("instances", "attributes", "values", "change", "before", "after")
            yield from _strings(inner, address, () if outer and len(path) == 0 else (*path, key))
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, address, path)
    elif isinstance(value, str):
        yield address, ".".join(path), value


def _base64_forms(value: str) -> Iterable[bytes]:
    """The part of a value's base64 that is the same whatever stands around it."""
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + value.encode()).rstrip(b"=")
        yield encoded[(0, 2, 3)[shift] : -1]
