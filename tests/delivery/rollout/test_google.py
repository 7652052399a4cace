"""The calls to Google over real HTTP, and what is made of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from google.auth.credentials import AnonymousCredentials

from delivery.rollout.bucket import Bucket
from delivery.rollout.cloud_run import CloudRun, ExecutionState, Ready, TrafficTarget
from delivery.rollout.errors import StepFailed
from delivery.rollout.gate import Sample
from delivery.rollout.metrics import Metrics
from google_api import Conflict, Google, PreconditionFailed, Refused, Unreachable
from tests.delivery.rollout.scene import PLACE, FakeClock
from tests.google_api.fake import FakeGoogle, World
from tests.google_api.monitoring import Traffic

API = f"{PLACE}/services/beep-api"
JOB = f"{PLACE}/jobs/beep-migrate"
FIRST, SECOND = "beep-api-00001-abc", "beep-api-00002-abc"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as running:
        yield running


@pytest.fixture
def world(server: FakeGoogle) -> World:
    server.world = World()
    server.seen.clear()
    server.world.run.put_service(API, "example.com/api@sha256:1")
    server.world.run.put_service(API, "example.com/api@sha256:2")
    return server.world


@pytest.fixture
def client(server: FakeGoogle, world: World) -> Google:
    credentials = AnonymousCredentials()
    return Google(project="p", credentials=credentials, endpoint=server.endpoint, pause_seconds=0)


@pytest.fixture
def run(client: Google) -> CloudRun:
    return CloudRun(client, FakeClock(), project="beep-prod-sample", region="us-central1")


def nothing() -> None:
    """Stand for a lock that is held."""


def test_a_service_is_read_with_its_newest_template_and_its_traffic(run: CloudRun) -> None:
    service = run.service("beep-api")
    assert service is not None
    assert service.image == "example.com/api@sha256:2"
    assert service.traffic == (TrafficTarget(None, 100),)
    assert (service.serving(), service.is_pinned()) == (SECOND, False)
    assert (service.latest_created, service.is_settled) == (SECOND, True)
    assert run.service("beep-web") is None


def test_traffic_is_written_alone_and_the_template_stays(
    run: CloudRun, world: World, server: FakeGoogle
) -> None:
    wanted = [TrafficTarget(FIRST, 95), TrafficTarget(SECOND, 5, "candidate")]
    run.set_traffic("beep-api", wanted, confirm=nothing)
    service = run.service("beep-api")
    assert service is not None
    assert service.traffic == tuple(wanted)
    assert service.serving() is None
    assert service.tag_urls == {"candidate": "https://candidate---beep-api.example.com"}
    assert len(world.run.revisions) == 2
    [patch] = [seen for seen in server.seen if seen.method == "PATCH"]
    assert patch.path.endswith("?updateMask=traffic")
    run.set_traffic("beep-api", wanted, confirm=nothing)
    assert len([seen for seen in server.seen if seen.method == "PATCH"]) == 1


def test_a_traffic_that_google_refuses_stops_with_its_words(run: CloudRun) -> None:
    with pytest.raises(Refused, match="Revision 'beep-api-00009-abc' was not found"):
        run.set_traffic("beep-api", [TrafficTarget("beep-api-00009-abc", 100)], confirm=nothing)


def test_traffic_that_others_keep_changing_is_given_up(run: CloudRun, world: World) -> None:
    world.fail("PATCH", (409, {"error": {"message": "changed"}}))
    with pytest.raises(StepFailed, match="does not become what was written"):
        run.set_traffic("beep-api", [TrafficTarget(FIRST, 100)], confirm=nothing)


def test_a_service_that_is_gone_has_no_traffic_to_set(run: CloudRun) -> None:
    with pytest.raises(StepFailed, match="beep-web is gone"):
        run.set_traffic("beep-web", [TrafficTarget(FIRST, 100)], confirm=nothing)


def test_a_revision_says_whether_it_is_ready(run: CloudRun, world: World) -> None:
    world.run.broken_images.add("example.com/api@sha256:3")
    world.run.put_service(API, "example.com/api@sha256:3")
    ready, broken = run.revision("beep-api", FIRST), run.revision("beep-api", "beep-api-00003-abc")
    assert ready is not None
    assert broken is not None
    assert (ready.ready, broken.ready) == (Ready.YES, Ready.NO)
    assert broken.message == "the startup probe failed"
    assert run.revision("beep-api", "beep-api-00004-abc") is None


def test_a_job_is_begun_once_even_if_the_answer_is_lost(run: CloudRun, world: World) -> None:
    world.run.put_job(JOB, "example.com/migrations@sha256:1")
    world.lose_answers(":run")
    with pytest.raises(Unreachable):
        run.execute("beep-migrate")
    [execution] = run.executions("beep-migrate")
    assert execution.state is ExecutionState.RUNNING
    [execution] = run.executions("beep-migrate")
    assert execution.state is ExecutionState.SUCCEEDED
    assert execution.image == "example.com/migrations@sha256:1"


def test_an_object_is_written_over_the_generation_that_was_read(client: Google) -> None:
    bucket = Bucket(client, "beep-state-sample")
    name = "prod/rollout/a b.json"
    assert bucket.read(name) is None
    first = bucket.write(name, {"a": 1}, generation=0)
    with pytest.raises(PreconditionFailed):
        bucket.write(name, {"a": 2}, generation=0)
    second = bucket.write(name, {"a": 2}, generation=first)
    stored = bucket.read(name)
    assert stored is not None
    assert (stored.content, stored.generation) == ({"a": 2}, second)
    for other in "xyz":
        bucket.write(f"prod/rollout/{other}.json", {}, generation=0)
    names = [f"prod/rollout/{name}.json" for name in ("a b", "x", "y", "z")]
    assert bucket.names("prod/rollout/") == names
    assert bucket.names("dev/") == []


def test_a_conflict_is_told_from_other_refusals(client: Google, world: World) -> None:
    world.fail("PATCH", (409, {"error": {"message": "aborted"}}))
    with pytest.raises(Conflict, match="aborted"):
        client.patch("run", f"v2/{API}", {}, updateMask="traffic")


def test_each_revision_has_its_requests_errors_and_latency(client: Google, world: World) -> None:
    world.metrics.by_revision[FIRST] = Traffic(good=90, errors=10, p99_ms=None)
    world.metrics.by_revision[SECOND] = Traffic(good=50, errors=0, p99_ms=120.5)
    since = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    metrics = Metrics(client, project="beep-prod-sample")
    samples = metrics.samples("beep-api", since, since.replace(minute=5))
    assert samples == {FIRST: Sample(100, 10, None), SECOND: Sample(50, 0, 120.5)}
    count, latency = world.metrics.asked
    assert count["aggregation.alignmentPeriod"] == ["300s"]
    assert count["interval.startTime"] == ["2026-11-26T12:00:00Z"]
    assert count["aggregation.groupByFields"] == [
        "resource.label.revision_name",
        "metric.label.response_code_class",
    ]
    assert latency["aggregation.crossSeriesReducer"] == ["REDUCE_PERCENTILE_99"]
    assert 'response_code_class = "2xx"' in latency["filter"][0]
