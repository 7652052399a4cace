"""The gate: three values, and never a pass without proof."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.rollout.gate import Limits, Sample, Timing, Verdict, decide, judge, together

PASS, FAIL, INCONCLUSIVE = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
LIMITS = Limits(min_requests=100, error_ratio=0.01, error_factor=2.0, p99_ms=1000, p99_factor=1.5)
GOOD = Sample(1000, 0, 200)
TIMING = Timing(first_look=180, interval=60, hold=300, max_hold=900)

numbers = st.one_of(st.floats(0, 1e6), st.just(math.nan), st.just(math.inf), st.just(-1.0))
samples = st.one_of(st.none(), st.builds(Sample, numbers, numbers, st.one_of(st.none(), numbers)))


@pytest.mark.parametrize(
    ("candidate", "stable", "verdict"),
    [
        (GOOD, GOOD, PASS),
        (Sample(1000, 9, 200), GOOD, PASS),
        (Sample(1000, 10, 200), GOOD, FAIL),
        (Sample(1000, 79, 200), Sample(1000, 40, 200), PASS),
        (Sample(1000, 80, 200), Sample(1000, 40, 200), FAIL),
        # The stable one had too few requests to be an excuse.
        (Sample(1000, 80, 200), Sample(10, 9, 200), FAIL),
        (Sample(1000, 0, 999), GOOD, PASS),
        (Sample(1000, 0, 1000), GOOD, FAIL),
        (Sample(1000, 0, 2900), Sample(1000, 0, 2000), PASS),
        (Sample(1000, 0, 3000), Sample(1000, 0, 2000), FAIL),
        (Sample(99, 99, 9000), GOOD, INCONCLUSIVE),
        (Sample(1000, 0, None), GOOD, INCONCLUSIVE),
        (Sample(1000, 0, math.nan), GOOD, INCONCLUSIVE),
        (Sample(1000, 500, None), GOOD, FAIL),
        (Sample(math.nan, 0, 200), GOOD, INCONCLUSIVE),
        (None, GOOD, INCONCLUSIVE),
        (GOOD, None, PASS),
    ],
)
def test_a_candidate_is_compared_with_the_limits_and_with_the_stable_revision(
    candidate: Sample | None, stable: Sample | None, verdict: Verdict
) -> None:
    assert judge(candidate, stable, LIMITS).verdict is verdict


def test_the_latency_of_what_streams_says_nothing() -> None:
    streams = replace(LIMITS, p99_ms=None)
    assert judge(Sample(1000, 0, 3_600_000), GOOD, streams).verdict is PASS


@settings(max_examples=200)
@given(samples, samples)
def test_whatever_the_metrics_say_a_pass_has_requests_and_few_errors(
    candidate: Sample | None, stable: Sample | None
) -> None:
    judgement = judge(candidate, stable, LIMITS)
    assert judgement.reason
    if judgement.verdict is PASS:
        assert candidate is not None
        assert LIMITS.min_requests <= candidate.requests < math.inf
        assert candidate.p99_ms is not None
        assert math.isfinite(candidate.p99_ms)
    if candidate is None or not candidate.requests >= LIMITS.min_requests:
        assert judgement.verdict is INCONCLUSIVE


@settings(max_examples=100)
@given(st.integers(100, 10_000), st.data(), samples)
def test_more_errors_never_help(requests: int, data: st.DataObject, stable: Sample | None) -> None:
    fewer = data.draw(st.integers(0, requests))
    more = data.draw(st.integers(fewer, requests))
    if judge(Sample(requests, fewer, 1), stable, LIMITS).verdict is FAIL:
        assert judge(Sample(requests, more, 1), stable, LIMITS).verdict is FAIL


@pytest.mark.parametrize(
    ("looks", "verdict"),
    [
        ([], None),
        ([(180, PASS)], None),
        ([(180, PASS), (240, PASS), (300, PASS)], PASS),
        ([(180, FAIL)], None),
        ([(180, FAIL), (240, FAIL)], FAIL),
        ([(180, FAIL), (240, INCONCLUSIVE), (300, FAIL)], None),
        # It must not fail for as long as it has to hold.
        ([(180, FAIL), (240, PASS), (300, PASS)], None),
        ([(180, FAIL), *((t, PASS) for t in range(240, 481, 60))], PASS),
        ([(180, INCONCLUSIVE), (300, PASS)], PASS),
        ([(180, INCONCLUSIVE), (840, INCONCLUSIVE)], None),
        ([(180, INCONCLUSIVE), (900, INCONCLUSIVE)], INCONCLUSIVE),
        ([(840, PASS), (900, FAIL)], FAIL),
    ],
)
def test_a_series_of_looks_is_decided_by_its_end(
    looks: list[tuple[float, Verdict]], verdict: Verdict | None
) -> None:
    assert decide(looks, TIMING) is verdict


@settings(max_examples=100)
@given(st.lists(st.sampled_from(Verdict), min_size=20, max_size=20))
def test_every_series_of_looks_comes_to_an_end(verdicts: list[Verdict]) -> None:
    times = [180 + 60 * n for n in range(20)]
    decisions = [
        decide(list(zip(times, verdicts, strict=True))[: n + 1], TIMING) for n in range(20)
    ]
    assert any(decision is not None for decision in decisions)
    assert all(d is not PASS or verdicts[n] is PASS for n, d in enumerate(decisions))


def test_the_worst_service_decides() -> None:
    assert together([PASS, FAIL, INCONCLUSIVE]) is FAIL
    assert together([PASS, INCONCLUSIVE]) is INCONCLUSIVE
    assert together([PASS, PASS]) is PASS
