"""The documents say what is true of the code: each quoted thing exists, each example was run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import textwrap
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import unquote

import pytest
from pydantic import BaseModel
from typer import Context
from typer.main import get_command

from beep_infra.app import app
from constructs_lib.environment.settings import EnvironmentSettings
from environments import load
from scripts import settings_page
from tests.support import ENVIRONMENTS, ROOT, Stacks, refused, synthesized
from verify.checks import CHECKS

RUNBOOK = ROOT / "docs" / "runbook.md"
ONTOLOGY = ROOT / "docs" / "concepts" / "effect-ontology.md"
DECISIONS = ROOT / "docs" / "decisions"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
VERIFIED = {check.name for check in CHECKS}
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

# One opening fence, its language, its lines, and the fence that closes it at the same indentation.
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)\n(?P<body>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE
)
_CODE = re.compile(r"`([^`\n]+)`")
_ELLIPSIS = "..."


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    language: str
    body: str


@dataclass(frozen=True)
class Example:
    """Lines for an environment file, and the blocks that follow and show what comes of them."""

    page: str
    environment: str
    is_refused: bool
    change: dict[str, Any]
    after: Fence | None


def _fences(text: str) -> list[Fence]:
    return [Fence(m["language"], textwrap.dedent(m["body"])) for m in _FENCE.finditer(text)]


def _prose(text: str) -> str:
    return _FENCE.sub("", text)


def _examples() -> Iterator[Example]:
    for page in PAGES:
        fences = _fences(page.read_text())
        for fence, after in zip_longest(fences, fences[1:]):
            head = re.match(r"# environments/(\w+)\.toml\n(# refused\n)?", fence.body)
            if fence.language == "toml" and head is not None:
                yield Example(
                    str(page.relative_to(ROOT)),
                    head[1],
                    head[2] is not None,
                    tomllib.loads(fence.body),
                    after,
                )


EXAMPLES = tuple(_examples())


def _label(example: Example) -> str:
    return f"{example.page} {example.environment} {','.join(example.change)}"


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = {**below, **above}
    for key in below.keys() & above.keys():
        if isinstance(below[key], dict) and isinstance(above[key], dict):
            both[key] = _merged(below[key], above[key])
    return both


def _toml(value: object) -> str:
    """Write a value inline; JSON's spelling is TOML's for everything but a table."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False)


def _with(example: Example, folder: Path) -> Path:
    """Return a copy of the environment files in which the example's lines are in force."""
    target = folder / "environments"
    target.mkdir()
    for path in (ROOT / "environments").glob("*.toml"):
        shutil.copy(path, target)
    path = target / f"{example.environment}.toml"
    document = _merged(tomllib.loads(path.read_text()), example.change)
    path.write_text("".join(f"{json.dumps(k)} = {_toml(v)}\n" for k, v in document.items()))
    return target


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.is_refused], ids=_label)
def test_lines_that_a_page_recommends_are_accepted(example: Example, tmp_path: Path) -> None:
    assert load(_with(example, tmp_path)).environments


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.is_refused], ids=_label)
def test_an_error_is_quoted_word_for_word(example: Example, tmp_path: Path) -> None:
    error = refused(_with(example, tmp_path))
    assert example.after is not None
    assert example.after.language == "text"
    assert example.after.body == f"{error}\n\nNothing was synthesized.\n"


@pytest.mark.parametrize(
    "example",
    [e for e in EXAMPLES if e.after is not None and e.after.language == "diff"],
    ids=_label,
)
def test_a_diff_is_quoted_line_for_line(example: Example, stacks: Stacks, tmp_path: Path) -> None:
    assert example.after is not None
    changed = synthesized(load(_with(example, tmp_path)), tmp_path / "cdktf.out")
    sections = re.split(r"^@@ ([\w-]+)\n", example.after.body, flags=re.MULTILINE)
    quoted = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert quoted.keys() == {name for name in stacks if changed[name] != stacks[name]}
    for name, section in quoted.items():
        before, after = _lines(stacks[name]), _lines(changed[name])
        actual = [f"-{line}" for line in before - after] + [f"+{line}" for line in after - before]
        shown = section.splitlines()
        assert len(shown) == len(actual), name
        for line in shown:
            start = line.removesuffix(_ELLIPSIS)
            exact = [a for a in actual if a == line or (start != line and a.startswith(start))]
            assert len(exact) == 1, f"{name}: {line}"


def _lines(stack: dict[str, Any]) -> Counter[str]:
    return Counter(json.dumps(stack, indent=2, sort_keys=True).splitlines())


@EACH_PAGE
def test_terraform_is_quoted_as_it_is_made(page: Path) -> None:
    for fence in _fences(page.read_text()):
        head = re.match(r"# (cdktf\.out/review/[\w-]+\.tf)\n", fence.body)
        if fence.language == "hcl" and head is not None:
            assert fence.body[head.end() :] in (ROOT / head[1]).read_text(), fence.body


def test_the_readme_shows_an_error_and_a_diff() -> None:
    readme = [example for example in EXAMPLES if example.page == "README.md"]
    assert {e.after.language for e in readme if e.after is not None} == {"text", "diff"}


def _inventory() -> list[tuple[str, str, str]]:
    """Return the rows of the table with three columns, without its head."""
    rows = [
        tuple(cell.strip() for cell in line.strip("|").split("|"))
        for line in ONTOLOGY.read_text().split("\n## ")[0].splitlines()
        if line.startswith("|")
    ]
    return [(theirs, here, note) for theirs, here, note in rows[2:] if not theirs.startswith("**")]


INVENTORY = _inventory()


@pytest.mark.parametrize("row", INVENTORY, ids=lambda row: row[0])
def test_what_stands_for_their_resource_exists(row: tuple[str, str, str], stacks: Stacks) -> None:
    _, here, note = row
    assert here
    for code in _CODE.findall(here + note):
        kind, found, rest = code.partition(": ")
        if not found:
            continue
        match kind:
            case "key":
                assert _is_key(rest), code
            case "variable" | "output":
                stack, name = rest.split(" ")
                assert name in stacks[stack][kind], code
            case _:
                resource, name = rest.split(".")
                assert name in stacks[kind]["resource"][resource], code


@pytest.mark.parametrize("row", INVENTORY, ids=lambda row: row[0])
def test_every_row_names_something_or_gives_a_reason(row: tuple[str, str, str]) -> None:
    assert any(": " in code or code == "reason:" for code in _CODE.findall(row[1]))


def _is_key(path: str) -> bool:
    """Tell whether an environment file may hold a key such as ``services.api.cpu``.

    Of a table with modes, the key of any mode; a table of tables takes any name.
    """
    places: list[Any] = [EnvironmentSettings]
    for part in path.split("."):
        tables = [t for t in _unwrapped(places) if isinstance(t, type) and issubclass(t, BaseModel)]
        maps = [get_args(p)[-1] for p in _unwrapped(places) if get_origin(p) is Mapping]
        fields = [t.model_fields[part].annotation for t in tables if part in t.model_fields]
        places = [*fields, *maps]
        if not places:
            return False
    return True


def _unwrapped(annotations: Iterable[Any]) -> Iterator[Any]:
    for annotation in annotations:
        if get_origin(annotation) in {Annotated, Union, UnionType}:
            yield from _unwrapped(get_args(annotation))
        else:
            yield annotation


@EACH_PAGE
def test_every_quoted_key_is_a_setting(page: Path) -> None:
    keys = [c.removeprefix("key: ") for c in _CODE.findall(page.read_text()) if c[:5] == "key: "]
    assert [key for key in keys if not _is_key(key)] == []


def _slug(heading: str) -> str:
    """Return the anchor that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _prose(page.read_text()), re.MULTILINE)
    return {_slug(heading) for heading in headings}


def test_the_page_of_the_settings_is_made_of_the_settings() -> None:
    assert settings_page.PAGE.read_text() == settings_page.page(), "run make update-snapshots"


def test_the_index_of_the_decisions_lists_each_with_its_title_and_status() -> None:
    rows = []
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        title, _, status = path.read_text().split("\n")[:3]
        number, _, name = title.removeprefix("# ").partition(" ")
        rows.append(f"| [{number}]({path.name}) | {name} | {status.split('. ')[1].rstrip('.')} |")
    index = (DECISIONS / "README.md").read_text().splitlines()
    assert [line.rpartition(" | ")[0] + " |" for line in index if line.startswith("| [")] == rows


def test_every_page_is_in_the_index_of_its_folder() -> None:
    for index in (ROOT / "docs").glob("*/README.md"):
        pages = {path.name for path in index.parent.glob("*.md")} - {index.name}
        assert pages <= set(re.findall(r"\]\(([\w.-]+\.md)\)", index.read_text())), index


def test_every_alert_has_a_section_in_the_runbook(stacks: Stacks) -> None:
    sources = [path.read_text() for path in (ROOT / "constructs_lib").rglob("*.py")]
    anchors = {
        a for source in sources for a in re.findall(r'(?:runbook|RUNBOOK) ?= ?"([^"]+)"', source)
    }
    assert anchors
    assert anchors <= _anchors(RUNBOOK)
    for stack in stacks.values():
        for policy in stack.get("resource", {}).get("google_monitoring_alert_policy", {}).values():
            path, _, anchor = policy["documentation"]["content"].rpartition(" ")[2].partition("#")
            assert (ROOT / path) == RUNBOOK
            assert anchor in anchors


@EACH_PAGE
def test_every_command_that_a_page_names_exists_with_its_options(page: Path) -> None:
    for line in _command_lines(page.read_text()):
        problem = _unknown_part(line)
        assert problem is None, f"{' '.join(line)}: {problem}"


def test_the_nine_items_of_the_production_plan_have_commands() -> None:
    section = RUNBOOK.read_text().partition("## Checklist of a rollout")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if re.match(r"\| \d\.", line)]
    assert [row[2] for row in rows] == [str(number) for number in range(1, 10)]
    for row in rows:
        assert list(_command_lines(row)), row


def test_a_command_that_does_not_exist_is_noticed() -> None:
    for line, part in (
        ("rollout go --env prod", "go"),
        ("rollout run --environment prod", "--environment"),
        ("verify prod --only helth", "helth"),
        ("secrets export --env prod -- beep-infra rollout run --relase x", "--relase"),
        ("preflight", None),
    ):
        assert (_unknown_part(line.split()) or "").endswith(part or "")


def _command_lines(text: str) -> Iterator[list[str]]:
    """Yield what stands behind ``beep-infra`` in fences and in inline code, as words."""
    code = [fence.body for fence in _fences(text) if fence.language in {"sh", "console"}]
    code += [f"{inline}\n" for inline in _CODE.findall(_prose(text))]
    for body in code:
        for line in body.replace("\\\n", " ").splitlines():
            found = re.search(r"(?:^|[\s(])beep-infra ([a-z].*)", line)
            if found is not None:
                command = re.split(r"\s+#|[|;&)<>]", found[1].replace("\\|", " "))[0]
                yield shlex.split(command.replace("...", ""))


def _unknown_part(words: list[str]) -> str | None:
    """Return what of a command there is not, or None."""
    command: Any = get_command(app)
    context = Context(command)
    while words and hasattr(command, "list_commands"):
        if words[0] not in command.list_commands(context):
            # A group alone is named as well, and so is what stands for any command.
            return None if not re.match(r"[a-z-]+$", words[0]) else f"there is no {words[0]}"
        command = command.get_command(context, words[0])
        words = words[1:]
    options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    for position, word in enumerate(words):
        if word == "--":
            rest = words[position + 1 :]
            return _unknown_part(rest[1:]) if rest[:1] == ["beep-infra"] else None
        if word.startswith("--") and word.partition("=")[0] not in options:
            return f"there is no option {word}"
        if word in {"--only", "--skip"} and words[position + 1] not in VERIFIED:
            return f"verify has no check {words[position + 1]}"
    return None


def test_every_section_that_a_check_points_to_exists() -> None:
    sources = [
        path.read_text()
        for folder in ("verify", "preflight")
        for path in (ROOT / folder).glob("*.py")
    ]
    places = {p for source in sources for p in re.findall(r"docs/[\w/.-]+\.md(?:#[\w-]+)?", source)}
    assert places
    for place in places:
        path, _, anchor = place.partition("#")
        assert (ROOT / path).exists(), place
        assert not anchor or anchor in _anchors(ROOT / path), place


@EACH_PAGE
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(page.read_text())):
        if "://" in target:
            continue
        path, _, anchor = unquote(target).partition("#")
        file = (page.parent / path) if path else page
        assert file.exists(), target
        if anchor:
            assert anchor in _anchors(file), target


@EACH_PAGE
def test_every_make_target_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page.read_text()
    commands = [c for c in _CODE.findall(_prose(text)) if c.startswith("make ")]
    commands += [
        line
        for fence in _fences(text)
        if fence.language == "sh"
        for line in fence.body.splitlines()
        if line.startswith("make ")
    ]
    assert [c for c in commands if c.split()[1] not in targets] == []


@pytest.fixture(scope="module")
def defined() -> set[str]:
    """The names of all tests."""
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }


@EACH_PAGE
def test_every_test_that_is_named_exists(page: Path, defined: set[str]) -> None:
    named = {code for code in _CODE.findall(page.read_text()) if re.fullmatch(r"test_\w+", code)}
    assert named - defined == set()


@EACH_PAGE
def test_every_stack_that_a_command_names_is_synthesized(page: Path, stacks: Stacks) -> None:
    commands = "\n".join(f.body for f in _fences(page.read_text()) if f.language == "sh")
    named = set(re.findall(r"^ *tf ([a-z]+(?:-[a-z]+)?) ", commands, re.MULTILINE))
    parts = set(re.findall(r"^ *tf \$env-([a-z]+) ", commands, re.MULTILINE))
    assert named | {f"{name}-{part}" for name in ENVIRONMENTS for part in parts} <= stacks.keys()


def test_what_must_not_be_committed_is_ignored() -> None:
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {"*.tfvars", "*.tfstate", "*.tfstate.*", "tfplan*", "cdktf.out/*"} <= set(ignored)
