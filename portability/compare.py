"""Holds the output of another core against today's, but for the differences that are accepted."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("differences.toml")
_ANY = "*"


@dataclass
class Difference:
    """An accepted difference: what is ``today`` at a path is ``there`` on the other core."""

    where: tuple[str, ...]
    reason: str
    today: object = None
    there: object = None
    as_text: bool = False
    uses: int = field(default=0, compare=False)

    def applied(self, value: object) -> object:
        """Return a value of this path as it is there."""
        if self.as_text and isinstance(value, int):
            self.uses += 1
            return str(value)
        if not self.as_text and value == self.today:
            self.uses += 1
            return self.there
        return value


def differences(core: str, versions: Mapping[str, str], file: Path = FILE) -> list[Difference]:
    """Return the accepted differences of a core; ``versions`` fills the placeholders."""
    entries = tomllib.loads(file.read_text(encoding="utf-8"))["difference"]
    accepted = []
    for entry in entries:
        if core not in entry.pop("cores", [core]):
            continue
        there = entry.pop("there", None)
        if isinstance(there, str):
            there = there.format_map(versions)
        accepted.append(Difference(tuple(entry.pop("where")), there=there, **entry))
    return accepted


def problems(today: Path, there: Path, accepted: Sequence[Difference]) -> list[str]:
    """Return what differs between two output folders and is not accepted, a line for each value.

    The accepted differences count their uses; one without a use is a problem as well.
    """
    files = sorted({str(p.relative_to(out)) for out in (today, there) for p in out.rglob("*.json")})
    lines = []
    for name in files:
        documents = [_read(out / name) for out in (today, there)]
        if None in documents:
            lines.append(f"{name}: {'only there' if documents[0] is None else 'only today'}")
            continue
        for difference in accepted:
            documents[0] = _masked(documents[0], difference.where, difference)
        lines += [f"{name}: {line}" for line in _unequal(documents[0], documents[1], ())]
    unused = [d for d in accepted if not d.uses]
    return lines + [f"differences.toml: nothing differs at {'/'.join(d.where)}" for d in unused]


def _read(file: Path) -> Any:
    return json.loads(file.read_bytes()) if file.exists() else None


def _masked(value: Any, where: Sequence[str], difference: Difference) -> Any:
    """Return a document with the values of a path as they are on the other core."""
    if not where:
        return difference.applied(value)
    key, *rest = where
    if isinstance(value, list):
        return [_masked(item, where, difference) for item in value]
    if not isinstance(value, dict):
        return value
    return {k: _masked(v, rest, difference) if key in (_ANY, k) else v for k, v in value.items()}


def _unequal(today: Any, there: Any, at: tuple[str, ...]) -> Iterator[str]:
    """Yield a line for each value that differs."""
    if isinstance(today, dict) and isinstance(there, dict):
        for key in sorted({*today, *there}):
            if key in today and key in there:
                yield from _unequal(today[key], there[key], (*at, key))
            else:
                yield f"{'/'.join((*at, key))} is only {'today' if key in today else 'there'}"
    elif isinstance(today, list) and isinstance(there, list) and len(today) == len(there):
        for number, pair in enumerate(zip(today, there, strict=True)):
            yield from _unequal(*pair, (*at, str(number)))
    elif type(today) is not type(there) or today != there:
        yield f"{'/'.join(at)} is {json.dumps(today)} today, {json.dumps(there)} there"
