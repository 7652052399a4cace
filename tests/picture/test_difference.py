"""The picture of a change has what changes, both ends of it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

from change.markdown import markdown
from change.report import compare
from change.side import Side
from picture.difference import differences
from picture.graph import Change, Picture


def edited(side: Side, stack: str, edit: Callable[[dict[str, Any]], None]) -> Side:
    text = deepcopy(dict(side.stacks[stack].text))
    edit(text["resource"])
    return Side({**side.stacks, stack: replace(side.stacks[stack], text=text)})


def without_a_reader(resources: dict[str, Any]) -> None:
    del resources["google_secret_manager_secret_iam_member"][
        "secrets_beep_liveblocks_secret_key_beep_todox"
    ]


def without_marketing(resources: dict[str, Any]) -> None:
    del resources["google_cloud_run_v2_service"]["cloud_run_beep_marketing"]


def with_more_instances(resources: dict[str, Any]) -> None:
    api = resources["google_cloud_run_v2_service"]["cloud_run_beep_api"]
    api["template"]["scaling"]["max_instance_count"] = 3


def changes(picture: Picture) -> set[tuple[str | None, str]]:
    titles = picture.titles
    nodes = {(node.change, node.title) for node in picture.nodes}
    return nodes | {
        (edge.change, f"{titles[edge.source]} > {titles[edge.target]}: {edge.label}")
        for edge in picture.edges
    }


def test_nothing_is_drawn_of_what_stays(side: Side) -> None:
    assert differences(side, side) == []
    (picture,) = differences(side, edited(side, "prod-foundation", without_a_reader))
    assert picture.environment == "prod"
    assert changes(picture) == {
        (Change.CHANGED, "beep-todox"),
        (None, "26 secrets"),
        (Change.CHANGED, "beep-todox > 26 secrets: reads, −beep-liveblocks-secret-key"),  # noqa: RUF001
    }
    todox = next(node for node in picture.nodes if node.title == "beep-todox")
    assert todox.lines == ("before: reads 12 secrets", "after: reads 11 secrets")


def test_what_goes_in_one_direction_comes_in_the_other(side: Side) -> None:
    smaller = edited(side, "prod-services", without_marketing)
    for sides, change in (((side, smaller), Change.REMOVED), ((smaller, side), Change.ADDED)):
        (picture,) = differences(*sides)
        assert changes(picture) == {
            (change, "beep-marketing"),
            (None, "load balancer"),
            (change, "load balancer > beep-marketing: :3000"),
        }


def test_a_new_environment_is_all_new(side: Side) -> None:
    old = side.without({name for name in side.stacks if name.startswith("dev-")})
    (picture,) = differences(old, side)
    assert picture.environment == "dev"
    assert {node.change for node in picture.nodes} == {Change.ADDED}
    assert {edge.change for edge in picture.edges} == {Change.ADDED}


def test_the_comment_on_a_change_has_the_picture_folded_and_whole(side: Side) -> None:
    prod = side.without({name for name in side.stacks if not name.startswith("prod-")})
    after = edited(prod, "prod-services", with_more_instances)
    report = compare(prod, after, names=("main", "the change"))
    text = markdown(report)
    assert "<details><summary>What changes in the picture of prod</summary>" in text
    drawn = text.partition("```mermaid\n")[2].partition("```")[0]
    assert "changed: beep-api<br/>before: 1 to 1 instances<br/>after: 1 to 3 instances" in drawn
    shorter = markdown(report, characters=len(text.partition("\n<details>")[0]) + 200)
    assert "mermaid" not in shorter
    assert "What is left out here" in shorter
