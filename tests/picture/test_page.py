"""The page of an environment is whole, accessible, and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from change.side import Side
from environments import Configuration
from envschema import Literal
from picture.environment import environment_page
from picture.graph import Picture
from picture.page import Link, Section, Table, page
from picture.svg import STYLE
from policy.stack import Stack
from scripts.pictures import FOLDER
from tests.picture.hostile import HOSTILE
from tests.support import ENVIRONMENTS, ROOT

_VOID = frozenset({"meta", "br"})
_COLOUR = re.compile(r"--([a-z]+): (#[0-9a-f]{6})")
READABLE = 4.5
"""WCAG 2.2, 1.4.3: the least contrast of text."""


class Document(HTMLParser):
    """The elements of a page, and the texts below each of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1] if self._open else "", data))

    def of(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


@pytest.fixture(scope="module")
def pages(pictures: dict[str, Picture], side: Side, configuration: Configuration) -> dict[str, str]:
    """The drawings are those that are committed, which another test holds against the stacks."""
    settings = {e.settings.environment: e.settings for e in configuration.environments}
    stacks = [
        Stack(name, stack.text, settings.get(name.rpartition("-")[0]))
        for name, stack in side.stacks.items()
    ]
    return {
        name: environment_page(
            pictures[name], (FOLDER / f"{name}.svg").read_text(), configuration, stacks
        )
        for name in ENVIRONMENTS
    }


@pytest.fixture(scope="module")
def documents(pages: dict[str, str]) -> dict[str, Document]:
    return {name: Document(text) for name, text in pages.items()}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_nothing_is_loaded_and_no_style_but_the_two_applies(
    pages: dict[str, str], documents: dict[str, Document], environment: str
) -> None:
    document = documents[environment]
    assert not {name for name, _ in document.elements} & {"script", "link", "img", "iframe"}
    assert not [a for _, a in document.elements if {"src", "style", "xlink:href"} & {*a}]
    assert not re.search(r"url\((?!#)|@import", pages[environment])
    policy = next(str(m["content"]) for m in document.of("meta") if "content" in m)
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    styles = [text for tag, text in document.texts if tag == "style"]
    assert len(styles) == 2
    for style in styles:
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_headings_links_and_tables_are_in_order(
    documents: dict[str, Document], environment: str
) -> None:
    document = documents[environment]
    headings = [tag for tag, _ in document.elements if re.fullmatch(r"h\d", tag)]
    assert headings == ["h1", *["h2"] * 8]
    ids = [str(a["id"]) for _, a in document.elements if "id" in a]
    assert len({*ids}) == len(ids)
    anchors = {h for a in document.of("a") if (h := str(a["href"])).startswith("#")}
    assert anchors == {f"#{a['id']}" for a in document.of("section")}
    assert {a.get("scope") for a in document.of("th")} == {"col", "row"}
    tables = len([*document.of("table")])
    assert len([*document.of("caption")]) == tables == 10
    regions = [*document.of("div")]
    assert len(regions) == tables + 1
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in regions)


def test_what_an_operator_looks_for_is_there(documents: dict[str, Document]) -> None:
    texts = {text for _, text in documents["prod"].texts}
    assert {
        "https://api.example.com",
        "4096Mi",
        "1 to 8",
        "OAUTH_PROVIDER_NAMES",
        "secret@2",
        "beep-better-auth-secret",
        "Postgres does not run",
        "roles/cloudsql.client on beep-prod-example",
        "Cloud SQL",
        "CIS 6.4",
    } <= texts
    paragraph = " ".join(text for tag, text in documents["prod"].texts if tag == "p")
    assert "of a budget of 2,500 USD" in paragraph


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_alert_leads_to_a_heading_of_the_runbook(
    documents: dict[str, Document], side: Side, environment: str
) -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    anchors = {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", runbook, re.MULTILINE)
    }
    links = [h for a in documents[environment].of("a") if "runbook.md" in (h := str(a["href"]))]
    alerts = [p for p in side.of("google_monitoring_alert_policy") if p.environment == environment]
    assert len(links) == len(alerts)
    assert {link.partition("#")[2] for link in links} <= anchors


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_no_value_of_a_literal_is_on_the_page(
    pages: dict[str, str], configuration: Configuration, environment: str
) -> None:
    values = {
        binding.value
        for app in configuration.environment(environment).apps.values()
        for binding in app.bindings.values()
        if isinstance(binding, Literal) and len(binding.value) > 8
    }
    assert values
    assert [value for value in values if value in pages[environment]] == []


def test_a_hostile_name_stays_a_text_wherever_it_stands() -> None:
    table = Table(HOSTILE, (HOSTILE,), ((HOSTILE,), (Link(HOSTILE, HOSTILE),)))
    text = page(HOSTILE, HOSTILE, [Section("s", HOSTILE, HOSTILE, (table,))])
    tags = {tag for tag, _ in Document(text).elements}
    assert "script" not in tags
    plain = Document(page("t", "i", [Section("s", "t", "t", (Table("c", ("h",), ()),))]))
    # A line break in a cell is one on the page.
    assert tags - {tag for tag, _ in plain.elements} == {"br"}


def luminance(colour: str) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one_colour: str, other: str) -> float:
    darker, lighter = sorted((luminance(one_colour), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast_in_light_and_in_dark(scheme: str) -> None:
    fills = ("paper", "service", "job", "store", "secrets", "edge", "outside")
    poor = []
    for style, pairs in (
        (STYLE, [*(("ink", fill) for fill in fills), ("faint", "paper")]),
        (
            (ROOT / "picture" / "page.css").read_text(),
            [("text", "ground"), ("faint", "ground"), ("link", "ground"), ("text", "head")],
        ),
    ):
        light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
        colours = dict(_COLOUR.findall(light if scheme == "light" else dark.partition("}")[0]))
        poor += [p for p in pairs if contrast(*(colours[name] for name in p)) < READABLE]
    assert poor == []
