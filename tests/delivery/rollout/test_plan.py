"""What the fingerprint of a plan depends on, and what it must not."""

from __future__ import annotations

from typing import Any

import pytest

from delivery.rollout.errors import Refused
from delivery.rollout.plan import (
    Plan,
    effects_of,
    fingerprint,
    refuse_destruction,
    refuse_unapproved,
)

SERVICE = "google_cloud_run_v2_service.api"
Change = dict[str, Any]


def change(address: str = SERVICE, *actions: str, **fields: Any) -> Change:
    return {"address": address, "change": {"actions": list(actions or ("update",)), **fields}}


def plan(*changes: Change, stack: str = "prod-services") -> Plan:
    effects = effects_of(stack, {"resource_changes": list(changes)})
    return Plan(stack, effects, not effects)


def of(*changes: Change) -> str:
    return fingerprint([plan(*changes)])


def test_the_order_of_changes_and_of_stacks_does_not_matter() -> None:
    first, second = change("a.a", after={"x": 1, "y": 2}), change("b.b", after={"y": 1})
    assert of(first, second) == of(second, first)
    one, other = plan(first, stack="a"), plan(second, stack="b")
    assert fingerprint([one, other]) == fingerprint([other, one])


def test_what_changes_nothing_is_no_effect() -> None:
    still = [change("a.a", "no-op", after={"x": 1}), change("data.b.b", "read")]
    assert plan(*still).effects == ()
    assert of(*still) == of()


@pytest.mark.parametrize(
    "other",
    [
        change(SERVICE, after={"image": "2"}),
        change(SERVICE, "create", after={"image": "1"}),
        change("google_cloud_run_v2_service.web", after={"image": "1"}),
        change(SERVICE, after={"image": "1", "cpu": 2}),
        change(SERVICE, after={"image": None}, after_unknown={"image": True}),
        change(SERVICE, after={"image": "1"}, importing={"id": "x"}),
        {**change(SERVICE, "no-op", after={"image": "1"}), "previous_address": "x.y"},
    ],
)
def test_another_effect_has_another_fingerprint(other: Change) -> None:
    assert of(change(after={"image": "1"})) != of(other)


def test_the_same_effect_in_another_stack_is_another() -> None:
    image = change(after={"image": "1"})
    assert fingerprint([plan(image)]) != fingerprint([plan(image, stack="staging-services")])


def test_what_an_update_leaves_alone_is_not_part_of_its_effect() -> None:
    texts = [
        of(
            change(
                before={"image": before, "etag": etag, "traffic": [etag]},
                after={"image": "2", "etag": etag, "traffic": [etag]},
                after_unknown={"traffic": [False]},
            )
        )
        for before, etag in (("0", "a"), ("1", "b"))
    ]
    assert texts[0] == texts[1]
    changed = change(before={"image": "1", "cpu": 1}, after={"image": "2", "cpu": 2})
    assert texts[0] != of(changed)


def test_a_secret_value_is_in_no_fingerprint_but_its_being_there_is() -> None:
    hidden = {"password": True, "list": [False, True]}
    texts = [
        of(change(after={"password": value, "list": ["a", value]}, after_sensitive=hidden))
        for value in ("a", "b")
    ]
    assert texts[0] == texts[1]
    assert texts[0] != of(change(after={"list": ["a", "b"]}))


def test_what_is_replaced_or_destroyed_is_refused_unless_it_is_named() -> None:
    doomed = [plan(change("sql.a", "delete", "create"), change("bucket.b", "delete"), change())]
    with pytest.raises(Refused, match=r"--allow 'bucket\.b' --allow 'sql\.a'"):
        refuse_destruction(doomed, ())
    with pytest.raises(Refused) as error:
        refuse_destruction(doomed, ("sql.a",))
    assert "sql.a" not in str(error.value)
    refuse_destruction(doomed, ("sql.a", "bucket.b"))


def test_less_than_was_approved_may_be_applied_and_more_may_not() -> None:
    whole = plan(change("a.a"), change("b.b"))
    approved = {effect.digest for effect in whole.effects}
    refuse_unapproved(plan(change("b.b")), approved)
    with pytest.raises(Refused, match=r"update c\.c"):
        refuse_unapproved(plan(change("b.b"), change("c.c")), approved)
