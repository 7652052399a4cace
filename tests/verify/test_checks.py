"""Each way in which an environment can misbehave is seen by one check, and by no other."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from delivery.rollout.outside import Verification, failures, of_a_revision
from results import Result, Status
from tests.browser.servers import Answer, Request
from tests.google_api.fake import denied
from tests.support import EVERY_ENVIRONMENT
from tests.verify.conftest import Serve
from tests.verify.faults import (
    API,
    APP,
    COLLECTOR,
    FAULTS,
    HEALTH,
    PAGE,
    TODOX,
    Fault,
    answers,
    at,
    header,
    packs,
    tampered,
)
from verify.checks import CHECKS

FAILURE, WARNING, UNKNOWN, PASS = Status.FAILURE, Status.WARNING, Status.UNKNOWN, Status.PASS


def of(results: list[Result], *statuses: Status) -> list[Result]:
    return [result for result in results if result.status in statuses]


@EVERY_ENVIRONMENT
def test_where_everything_is_well_every_check_passes(name: str, serve: Serve) -> None:
    results = serve(name).verify()
    assert of(results, FAILURE, WARNING, UNKNOWN) == []
    assert len({(r.check, r.asked) for r in results}) == len(results)
    missing = {check.name for check in CHECKS} - {r.check for r in results}
    # Domain mappings have no paths that lead elsewhere, and no choice of TLS; dev writes no JSON.
    assert missing == ({"routes", "tls", "logs"} if name == "dev" else set())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.check}-{fault.name}")
def test_a_fault_is_seen_and_explained(fault: Fault, serve: Serve) -> None:
    site = serve(fault.environment)
    fault.break_it(site)
    results = site.verify(fault.check, timeout_seconds=fault.timeout_seconds)
    failures = of(results, FAILURE)
    assert len(failures) == fault.count
    for failure in failures:
        assert fault.asked in failure.asked
        assert fault.seen in failure.seen
        assert failure.seen.isprintable()
        assert fault.fix in failure.fix
        assert failure.needed
        assert failure.fix


@pytest.mark.parametrize("faults", list(packs(FAULTS)), ids=lambda faults: f"{len(faults)} faults")
def test_a_fault_is_seen_by_no_check_but_its_own(faults: list[Fault], serve: Serve) -> None:
    """By all checks at once, with a fault of each, so that it takes few runs."""
    site = serve(faults[0].environment)
    for fault in faults:
        fault.break_it(site)
    results = site.verify(timeout_seconds=min(2 * fault.timeout_seconds for fault in faults))
    failures = of(results, FAILURE)
    assert Counter(f.check for f in failures) == {fault.check: fault.count for fault in faults}
    asked = {fault.check: fault.asked for fault in faults}
    assert [f for f in failures if asked[f.check] not in f.asked] == []
    # What cannot be known behind a certificate that nobody trusts is not called well.
    unknown = of(results, UNKNOWN)
    is_hidden = any("no valid certificate" in f.seen for f in failures)
    assert bool(unknown) == is_hidden
    assert all(TODOX in result.asked for result in unknown)


def test_every_check_has_a_fault() -> None:
    assert {fault.check for fault in FAULTS} == {check.name for check in CHECKS}


def test_a_certificate_that_nobody_trusts_fails_where_certificates_are_not_asked(
    serve: Serve,
) -> None:
    site = serve("prod")
    next(fault for fault in FAULTS if fault.name == "expired").break_it(site)
    (failure,) = of(site.verify("pages"), FAILURE)
    assert failure.asked == f"GET https://{TODOX}/"
    assert "certificate has expired" in failure.seen


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (("127.0.0.1", 1), f"{APP} takes no connection: connection refused"),
        (("no host", 1), f"the name {APP} cannot be resolved"),
    ],
)
def test_a_host_that_is_not_reached_fails_once_and_over_http(
    address: tuple[str, int], says: str, serve: Serve
) -> None:
    site = serve("prod")
    site.addresses[APP] = address
    results = site.verify()
    failures = of(results, FAILURE)
    assert [r.check for r in failures] == ["certificate", "redirect"]
    assert {r.seen for r in failures} == {says}
    assert {r.check for r in of(results, UNKNOWN)} == {
        "tls", "pages", "routes", "headers", "websocket",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("host", "path", "lacks"),
    [
        (API, "/v1/health", "nosniff"),
        ("www.example.com", "/", "X-Frame-Options or frame-ancestors"),
    ],
)
def test_headers_that_an_application_never_had_are_a_warning(
    host: str, path: str, lacks: str, serve: Serve
) -> None:
    site = serve("prod")
    where = at(f"GET https://{host}{path}")
    tampered(where, lambda answer: Answer(answer.status, answer.body))(site)
    results = site.verify()
    assert of(results, FAILURE, UNKNOWN) == []
    (warning,) = of(results, WARNING)
    assert warning.asked == f"GET https://{host}{path}"
    assert lacks in warning.seen


def test_a_frame_policy_stands_in_for_the_older_header(serve: Serve) -> None:
    site = serve("prod")
    tampered(at(PAGE), header("X-Frame-Options", None))(site)
    assert of(site.verify("headers"), FAILURE, WARNING) == []
    policy = header("Content-Security-Policy", "default-src 'self'")
    tampered(at(PAGE), policy)(site)
    assert len(of(site.verify("headers"), FAILURE)) == 1


TEXT: dict[str, Any] = {"textPayload": "a secret of somebody"}
JSON: dict[str, Any] = {"jsonPayload": {}}


@pytest.mark.parametrize(
    ("service", "entries", "status", "seen"),
    [
        ("beep-api", [JSON, TEXT, JSON], WARNING, "1 of 3 are text"),
        ("beep-web", [TEXT], WARNING, "1 of 1 are text"),
        ("beep-api", [JSON] * 20 + [TEXT], PASS, "20 are JSON"),
        ("beep-api", [], UNKNOWN, "it wrote nothing in the last 24 hours"),
    ],
)
def test_text_among_the_logs_is_counted_and_never_shown(
    service: str, entries: list[dict[str, Any]], status: Status, seen: str, serve: Serve
) -> None:
    site = serve("prod")
    site.google.world.log_entries["beep-prod-example", service] = entries
    (result,) = [r for r in site.verify("logs") if r.asked.endswith(f" {service}")]
    assert (result.status, result.seen) == (status, seen)
    assert "a secret of somebody" not in str(result)


def test_logs_that_may_not_be_read_are_not_checked(serve: Serve) -> None:
    site = serve("prod")
    site.google.world.fail("/v2/entries:list", denied("logging.logEntries.list"))
    results = site.verify("logs")
    assert {r.status for r in results} == {UNKNOWN}
    assert {r.fix for r in results} == {"ask for a role with logging.logEntries.list"}


def test_what_is_sent_as_telemetry_says_that_nobody_did_it(serve: Serve) -> None:
    site = serve("prod")
    site.verify("otlp")
    bodies = {
        request.path: json.loads(request.body)
        for request in site.world.requests
        if request.method == "POST"
    }
    assert bodies.keys() == {"/v1/traces", "/v1/logs", "/v1/metrics"}
    for body in bodies.values():
        ((resource,),) = body.values()
        attributes = {a["key"]: a["value"] for a in resource["resource"]["attributes"]}
        assert attributes["service.name"] == {"stringValue": "beep-verify"}
        assert attributes["synthetic"] == {"boolValue": True}
    (spans,) = bodies["/v1/traces"]["resourceSpans"][0]["scopeSpans"]
    assert re.fullmatch("[0-9a-f]{32}", spans["spans"][0]["traceId"])


def test_a_websocket_is_closed_as_the_protocol_says(serve: Serve) -> None:
    site = serve("prod")
    results = site.verify("websocket")
    frames = [site.world.socket_frames.get(timeout=20) for _ in results]
    # FIN and close; masked, as all that a client sends; and nothing in it.
    assert {frame[:2] for frame in frames} == {b"\x88\x80"}
    assert {len(frame) for frame in frames} == {6}


def test_no_request_holds_a_credential(serve: Serve) -> None:
    site = serve("prod")
    site.verify()
    names = {name.lower() for request in site.world.requests for name in request.headers}
    assert names & {"authorization", "cookie"} == set()


def test_a_candidate_is_asked_at_its_own_host_and_leaves_the_rest_alone(serve: Serve) -> None:
    site = serve("prod")
    results = site.verify(of_candidate=True)
    assert of(results, FAILURE, WARNING, UNKNOWN) == []
    assert {request.host for request in site.world.requests} == {"candidate-api.example.com"}
    assert {"otlp", "otlp cors", "logs"} & {r.check for r in results} == set()
    assert site.google.seen == []
    answers(at("GET https://candidate-api.example.com/v1/health"), 404)(site)
    (failure,) = of(site.verify("health", of_candidate=True), FAILURE)
    assert failure.fix.endswith("docs/runbook.md#test-a-candidate")


def test_while_it_waits_it_asks_only_what_failed_and_ends_once_it_is_well(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.checks._FIRST_PAUSE_SECONDS", 0.01)
    site = serve("prod")
    left = iter(range(2))

    def settle(request: Request, answer: Answer) -> Answer:
        is_early = at(HEALTH)(request) and next(left, None) is not None
        return replace(answer, status=503) if is_early else answer

    site.world.tampers.append(settle)
    pauses: list[tuple[int, float]] = []
    results = site.verify("health", wait_seconds=60, on_wait=lambda *p: pauses.append(p))
    assert of(results, FAILURE) == []
    assert pauses == [(1, 0.01), (1, 0.02)]
    places = [
        f"{request.method} https://{request.host}{request.path}" for request in site.world.requests
    ]
    assert places.count(HEALTH) == 3
    assert places.count(COLLECTOR) == 1


def test_it_waits_no_longer_than_it_may(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verify.checks._FIRST_PAUSE_SECONDS", 0.25)
    site = serve("prod")
    answers(at(HEALTH), 503)(site)
    started = time.monotonic()
    assert len(of(site.verify("health", wait_seconds=0.5), FAILURE)) == 1
    assert time.monotonic() - started < 5
    assert [r.path for r in site.world.requests].count("/v1/health") == 3


def test_a_rollout_asks_a_candidate_at_its_host_and_knows_what_a_revision_is_at_fault_for(
    serve: Serve,
) -> None:
    site = serve("prod")
    context = site.context(of_candidate=False, timeout_seconds=20)
    outside = Verification(site.environment, context.google, context.web)
    candidate = outside.smoke("beep-api", "candidate-api.example.com")
    assert {result.check for result in candidate} == {"health", "cors", "websocket"}
    assert all("candidate-api.example.com" in result.asked for result in candidate)
    assert failures(candidate) == []
    assert {result.check for result in outside.live()} == {"health", "pages", "cors", "websocket"}
    site.world.secure = lambda _: Answer(503)
    failed = failures(outside.smoke("beep-web", "app.example.com"))
    assert failed == ["pages: GET https://app.example.com/"]
    assert of_a_revision(failed[0])
    assert not of_a_revision("certificate: app.example.com")
