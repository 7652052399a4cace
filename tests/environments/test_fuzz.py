"""Whatever an environment file holds, loading ends with environments or with problems to fix.

``pytest --hypothesis-profile=long tests/environments/test_fuzz.py`` tries 10,000 files of each kind
instead of 60.
"""

from __future__ import annotations

import copy
import datetime
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.environment.limits import limits
from environments import load
from problems import ConfigurationError
from stacks.addresses import read_moves
from tests.support import ENVIRONMENTS, ROOT

COUNT = max(60, settings().max_examples)
FUZZ = settings(
    max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck), database=None
)
FILES = ("bootstrap", *ENVIRONMENTS)
TEXTS = {name: (ROOT / "environments" / f"{name}.toml").read_text() for name in FILES}
# The others are not listed, so that a file is read by itself.
TEXTS["bootstrap"] = TEXTS["bootstrap"].replace(
    json.dumps(list(ENVIRONMENTS)), json.dumps([ENVIRONMENTS[0]])
)
DOCUMENTS = {name: tomllib.loads(text) for name, text in TEXTS.items()}

_STRINGS = sorted({v for d in DOCUMENTS.values() for v in d.values() if isinstance(v, str)})
_TEXTS = st.text(max_size=6) | st.sampled_from(
    [
        *(
            "",
            " ",
            "\n",
            "\t",
            "\x00",
            "\x1b[2J",
            "\x7f",
            "\u2028",
            "\u202e",
            "\u00a0",
            "ä",
            "İ",
            "ß",
        ),
        *("${var.x}", "%{if a}", "$", "{}", '"', "'", "\\", "a" * 300, "x" * 70_000, "9" * 30),
        *(
            "https://",
            "https://[",
            "https://[::1%25a]",
            "http://a:99999",
            "//",
            "a@b",
            "@",
            "a@b.c",
        ),
        *(
            "xn--a",
            "a.1",
            "1.2.3.4",
            "10.0.0.0/8",
            "10.0.0.0/33",
            "::/0",
            "0.0.0.0/0",
            "10.1.0.0/24",
        ),
        *(
            "us-central1",
            "us-central1-a",
            "EU",
            "US",
            "prod",
            "dev",
            "true",
            "null",
            "-",
            "a-",
            "-a",
        ),
        *(
            "projects/a/b",
            "a/b:c@sha256:" + "0" * 64,
            "a/b:c",
            "2026-02",
            "03:00",
            "25:61",
            "1h",
            "30s",
        ),
    ]
)
_SCALARS = (
    _TEXTS
    | st.sampled_from(_STRINGS)
    | st.booleans()
    | st.integers(-3, 70)
    | st.sampled_from([-1, 65535, 65536, 10**9, 2**53 + 1, 2**63, 2**64, -(2**63), 10**400])
    | st.sampled_from([float("inf"), float("-inf"), float("nan"), -0.0, 0.5, 1e308, 1e-9, 99.95])
    | st.sampled_from(
        [
            datetime.date(2026, 1, 2),
            datetime.time(3, 4),
            datetime.datetime(2026, 1, 2, 3, 4),
            datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.UTC),
        ]
    )
)
_KEYS = st.sampled_from(
    sorted({key for d in DOCUMENTS.values() for key in d} | {"mode", "engine", "api", "web", "mcp"})
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_KEYS | _TEXTS.filter(lambda t: len(t) < 80), inner, max_size=3)
    ),
    max_leaves=4,
)


def _toml(value: Any) -> str:
    """Write a value of TOML, of any kind."""
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case datetime.date() | datetime.time():
            return value.isoformat()
    return str(value)


def _document(content: dict[str, Any]) -> str:
    return "".join(f"{_toml(key)} = {_toml(value)}\n" for key, value in content.items())


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value inside of a document."""
    inside: Any = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        inside = enumerate(value)
    for key, inner in inside:
        yield (*path, key)
        yield from _places(inner, (*path, key))


@st.composite
def other_values(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a file in which some values are others, gone, elsewhere, or beside a further key."""
    name = draw(st.sampled_from(FILES))
    content = copy.deepcopy(DOCUMENTS[name])
    for _ in range(draw(st.integers(1, 3))):
        *above, key = draw(st.sampled_from(list(_places(content)) or [("environment",)]))
        parent: Any = content
        for step in above:
            parent = parent[step]
        if isinstance(parent, dict) and key not in parent:
            continue
        match draw(st.integers(0, 5)):
            case 0 | 1:
                parent[key] = draw(VALUES)
            case 2:
                parent[key] = draw(_SCALARS)
            case 3:
                del parent[key]
            case 4:
                parent[key] = [parent[key]] if draw(st.booleans()) else {"api": parent[key]}
            case _ if isinstance(parent, dict):
                parent[draw(_KEYS | _TEXTS.filter(lambda t: len(t) < 80))] = draw(VALUES)
    return name, _document(content).encode("utf-8", "replace")


@st.composite
def other_text(draw: st.DrawFn) -> tuple[str, bytes]:
    """Draw a file in which some lines or characters are gone, twice, or others."""
    name = draw(st.sampled_from(FILES))
    text = TEXTS[name]
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            lines = text.splitlines(keepends=True) or [""]
            at = draw(st.integers(0, len(lines) - 1))
            other = draw(
                st.sampled_from(lines) | st.sampled_from(["", "[", "[[a]]\n", "[a]\n", "a.b = 1\n"])
            )
            lines[at : at + draw(st.integers(0, 2))] = [other] * draw(st.integers(0, 2))
            text = "".join(lines)
        else:
            at = draw(st.integers(0, len(text)))
            odd = draw(
                st.sampled_from(
                    [*"[]{}=\"'#.,\\ \n\r\t\x00\ufeff0-_aä\u202e", '"""', "FILL IN", "# FILL IN"]
                )
            )
            text = text[:at] + odd * draw(st.integers(0, 2)) + text[at + draw(st.integers(0, 2)) :]
    content = text.encode()
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(content)))
        content = (
            content[:at] + draw(st.sampled_from([b"\xff", b"\x80", b"\xed\xa0\x80"])) + content[at:]
        )
    return name, content


def _loaded(folder: Path, name: str, content: bytes) -> None:
    """Load the file with the others; fail unless it is accepted or its problems can be fixed."""
    environment = ENVIRONMENTS[0] if name == "bootstrap" else name
    bootstrap = TEXTS["bootstrap"].replace(f'["{ENVIRONMENTS[0]}"]', f'["{environment}"]')
    files = {
        "bootstrap": bootstrap.encode(),
        environment: TEXTS[environment].encode(),
        name: content,
    }
    folder = folder / "environments"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for stem, text in files.items():
        (folder / f"{stem}.toml").write_bytes(text)
    try:
        configuration = load(folder)
    except ConfigurationError as error:
        _can_be_fixed(error)
        return
    for loaded in configuration.environments:
        assert all(sentence.isprintable() for sentence in limits(loaded.settings))
        assert loaded.apps


def _can_be_fixed(error: ConfigurationError) -> None:
    assert error.problems
    for problem in error.problems:
        assert problem.where
        assert problem.key
        assert problem.what
        assert problem.fix
    # What a file holds is never a command to the terminal, nor a line of the message.
    assert all(line.isprintable() for line in str(error).split("\n"))


@FUZZ
@given(file=other_values())
def test_other_values_are_accepted_or_reported(
    file: tuple[str, bytes], tmp_path_factory: Any
) -> None:
    _loaded(tmp_path_factory.getbasetemp(), *file)


@FUZZ
@given(file=other_text())
def test_other_text_is_accepted_or_reported(file: tuple[str, bytes], tmp_path_factory: Any) -> None:
    _loaded(tmp_path_factory.getbasetemp(), *file)


_MOVES = {
    "moved": [{"part": "data", "from": "google_x.a", "to": "google_x.b"}],
    "removed": [{"stack": "*-data", "address": "google_x.c", "reason": "no longer needed"}],
}


@st.composite
def other_moves(draw: st.DrawFn) -> bytes:
    """Draw a file of moves with other values."""
    content: dict[str, Any] = copy.deepcopy(_MOVES)
    for _ in range(draw(st.integers(1, 3))):
        *above, key = draw(st.sampled_from(list(_places(content))))
        parent: Any = content
        for step in above:
            parent = parent[step]
        parent[key] = draw(VALUES)
    return _document(content).encode("utf-8", "replace")


@FUZZ
@given(content=other_moves() | st.binary(max_size=40))
def test_other_moves_are_accepted_or_reported(content: bytes, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "moves.toml"
    path.write_bytes(content)
    try:
        read_moves(path)
    except ConfigurationError as error:
        _can_be_fixed(error)
