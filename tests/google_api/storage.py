"""Cloud Storage's objects, with the generations of the real one: 412 for another than expected."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.google_api.answers import Answer, MethodRoute, error


@dataclass
class ObjectStore:
    """A bucket with versioning, as the state bucket has it."""

    versions: dict[str, dict[int, str]] = field(default_factory=dict)
    """By name: the content of each generation, the live one last."""
    page_size: int = 2
    _generation: int = 1_700_000_000_000_000

    def live(self, name: str) -> int:
        """Return the generation of an object; 0 where there is none, as in preconditions."""
        return max(self.versions.get(name, (0,)))

    def write(self, name: str, content: str) -> int:
        """Write an object."""
        self._generation += 1
        self.versions.setdefault(name, {})[self._generation] = content
        return self._generation


def _metadata(name: str, generation: int) -> dict[str, Any]:
    return {"kind": "storage#object", "name": name, "generation": str(generation)}


def _upload(world: Any, _: re.Match[str], query: dict[str, list[str]], body: Any) -> Answer:
    assert query["uploadType"] == ["media"]
    [name] = query["name"]
    expected = query.get("ifGenerationMatch")
    if expected is not None and int(expected[0]) != world.objects.live(name):
        return error(412, "At least one of the pre-conditions you specified did not hold.")
    return 200, _metadata(name, world.objects.write(name, body))


def _get(world: Any, match: re.Match[str], query: dict[str, list[str]], _: Any) -> Answer:
    name = unquote(match["name"])
    live = world.objects.live(name)
    generation = int(query.get("generation", [live])[0])
    if generation not in world.objects.versions.get(name, {}):
        return error(404, f"No such object: {name}")
    if query.get("alt") == ["media"]:
        return 200, world.objects.versions[name][generation]
    return 200, _metadata(name, generation)


def _list(world: Any, _: re.Match[str], query: dict[str, list[str]], __: Any) -> Answer:
    prefix = query.get("prefix", [""])[0]
    names = sorted(name for name in world.objects.versions if name.startswith(prefix))
    start, size = int(query.get("pageToken", ["0"])[0]), world.objects.page_size
    page: dict[str, Any] = {
        "items": [_metadata(name, world.objects.live(name)) for name in names[start : start + size]]
    }
    return 200, page | ({"nextPageToken": str(start + size)} if start + size < len(names) else {})


UPLOADS = "/storage.googleapis.com/upload/"
_BUCKET = r"/storage/v1/b/[a-z0-9-]+/o"
ROUTES: tuple[MethodRoute, ...] = (
    ("POST", r"/storage\.googleapis\.com/upload" + _BUCKET, _upload),
    ("GET", r"/storage\.googleapis\.com" + _BUCKET + r"/(?P<name>[^/]+)", _get),
    ("GET", r"/storage\.googleapis\.com" + _BUCKET, _list),
)
