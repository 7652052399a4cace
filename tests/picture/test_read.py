"""The picture says what the stacks say of who talks to whom, and who may read what."""

from __future__ import annotations

import pytest

from change.access import readers
from change.side import Side
from picture.graph import Drawing, Edge, Kind, Picture, Relation, bundled
from picture.read import read
from terraform_json import SynthesizedError
from tests.support import ENVIRONMENTS

DRAWN = frozenset(
    {
        "google_cloud_run_v2_service",
        "google_cloud_run_v2_job",
        "google_compute_instance",
        "google_sql_database_instance",
        "google_redis_instance",
        "google_storage_bucket",
        "google_pubsub_topic",
    }
)


def calls(picture: Picture) -> set[tuple[str, str, str]]:
    """Return who calls whom and how, with the titles that people read."""
    titles = picture.titles
    return {
        (titles[edge.source], titles[edge.target], edge.label)
        for edge in picture.edges
        if edge.relation is Relation.CALLS
    }


def edge(picture: Picture, source: str, target: str) -> Edge:
    titles = picture.titles
    return next(
        e for e in picture.edges if (titles[e.source], titles[e.target]) == (source, target)
    )


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_whatever_runs_or_holds_data_is_drawn_once(
    side: Side, pictures: dict[str, Picture], environment: str
) -> None:
    expected = sorted(
        f"{placed.resource.kind} {placed.name}"
        for placed in side.of(*DRAWN)
        if placed.environment == environment
    )
    drawn = [node.id for node in pictures[environment].nodes]
    assert sorted(id for id in drawn if id.split()[0] in DRAWN) == expected


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_reader_of_a_secret_has_a_line_to_it(
    side: Side, pictures: dict[str, Picture], environment: str
) -> None:
    expected = {
        (member, secret)
        for env, secret, members in readers(side)
        for member in members
        if env == environment
    }
    picture = pictures[environment]
    assert expected == {
        (picture.titles[edge.source], secret)
        for edge in picture.edges
        if edge.relation is Relation.READS
        for secret in edge.details
    }


def test_a_connection_names_its_port_in_each_way_to_reach_a_store(
    pictures: dict[str, Picture],
) -> None:
    ways = {
        ("prod", "beep-api", "beep-prod", "Auth Proxy :3307"),
        ("prod", "beep-migrate", "beep-prod", "Auth Proxy :3307"),
        ("prod", "beep-web", "beep-prod", "TLS :6378"),
        ("prod", "beep-prod", "beep-prod-replica", "replication"),
        ("staging", "beep-api", "beep-staging", "Auth Proxy :3307"),
        ("staging", "beep-migrate", "beep-staging", "Auth Proxy :3307"),
        ("staging", "beep-otel-collector", "beep-telemetry", "OTLP :4318"),
        ("dev", "beep-db-bootstrap", "beep-postgres", "Postgres :5432"),
        ("dev", "beep-todox", "beep-dev", "Redis :6379"),
    }
    drawn = {(name, *call) for name, picture in pictures.items() for call in calls(picture)}
    assert ways <= drawn


def test_the_edge_leads_each_host_and_path_to_the_service_that_answers(
    pictures: dict[str, Picture],
) -> None:
    assert ("the internet", "load balancer", "https :443, http :80") in calls(pictures["prod"])
    api = edge(pictures["prod"], "load balancer", "beep-api")
    assert api.label == ":8080"
    assert {"api.example.com", "app.example.com/v1/*"} <= {*api.details}
    assert "app.example.com" not in api.details
    assert (
        "app.example.com/_next/static/*"
        in edge(pictures["prod"], "load balancer", "beep-web").details
    )
    assert edge(pictures["dev"], "domain mappings", "beep-api").details == ("api.dev.example.com",)


def test_a_private_service_is_called_by_those_alone_that_a_grant_names(
    pictures: dict[str, Picture],
) -> None:
    assert {call for call in calls(pictures["dev"]) if call[1] == "beep-mcp"} == {
        ("beep-api", "beep-mcp", "https :443")
    }


def test_messages_come_back_to_the_service_that_takes_them(pictures: dict[str, Picture]) -> None:
    assert {
        ("beep-api", "beep-jobs", "publishes"),
        ("beep-jobs", "beep-api", "pushes to /v1/jobs"),
        ("beep-jobs", "beep-jobs-dead-letter", "dead letters"),
    } <= calls(pictures["staging"])


def test_what_is_called_outside_is_drawn_outside(pictures: dict[str, Picture]) -> None:
    outside = {node.lines[0] for node in pictures["prod"].nodes if node.kind is Kind.EXTERNAL}
    assert outside == {
        "mcp.example.com",
        "bucket beep-prod-example",
        "otlp-gateway.example.net",
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_shared_lines_say_what_the_single_ones_said(
    pictures: dict[str, Picture], environment: str
) -> None:
    picture = pictures[environment]
    shared = bundled(picture)
    assert len(shared.edges) < len(picture.edges)
    parents = {group.id: group.parent for group in shared.groups}
    members: dict[str, list[str]] = {node.id: [node.id] for node in shared.nodes}
    for node in shared.nodes:
        group = node.group
        while group is not None:
            members.setdefault(group, []).append(node.id)
            group = parents[group]
    assert {(e.source, e.target, e.relation, e.label) for e in picture.edges} == {
        (source, e.target, e.relation, e.label)
        for e in shared.edges
        for source in members[e.source]
    }


def test_nodes_that_share_nothing_are_not_put_together() -> None:
    drawing = Drawing()
    drawing.group("run", "run")
    for name in "abcd":
        drawing.node(name, Kind.SERVICE, name, group="run" if name in "ab" else None)
    drawing.edge("a", "c", Relation.CALLS, ":1")
    drawing.edge("b", "d", Relation.CALLS, ":1")
    picture = drawing.picture("env", "env")
    assert bundled(picture) == picture


def test_an_environment_that_was_not_synthesized_is_refused(side: Side) -> None:
    with pytest.raises(SynthesizedError, match="nothing of other was synthesized"):
        read(side, "other")
