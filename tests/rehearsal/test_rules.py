from __future__ import annotations

import pytest

from provider_schema.blocks import Attribute, Block, NestedBlock
from rehearsal import rules
from rehearsal.codec import UNKNOWN, Object
from rehearsal.rules import TypeRules, check, replacing_arguments

TEXT = Attribute("string", optional=True)
BLOCK = Block(
    dict.fromkeys(("a", "b", "c", "host"), TEXT),
    {
        "inner": NestedBlock("list", 0, 0, Block({"x": TEXT, "y": TEXT})),
        "members": NestedBlock("set", 0, 0, Block({"x": TEXT})),
    },
)


def messages(config: Object, **arguments: rules.Rule) -> list[str]:
    findings = check(
        BLOCK, config, TypeRules(arguments={k.replace("__", "."): r for k, r in arguments.items()})
    )
    return [f"{f.summary}: {f.detail}" if f.detail else f.summary for f in findings]


@pytest.mark.parametrize(
    ("rule", "good", "bad", "message"),
    [
        ({"enum": ["A", "B"]}, "A", "C", 'expected a to be one of ["A" "B"], got C'),
        ({"pattern": "^[a-z]+$"}, "a", "A", '"a" ("A") doesn\'t match regexp "^[a-z]+$"'),
        (
            {"length": [1, 2]},
            "ab",
            "abc",
            "expected length of a to be in the range (1 - 2), got abc",
        ),
        ({"range": [1, 5]}, 5, 6, "expected a to be in the range (1 - 5), got 6"),
        ({"range": [1, None]}, "1.5", 0, "expected a to be at least (1), got 0"),
        ({"format": "duration"}, "1h30m", "90", '"a" is not a valid duration: 90'),
        ({"format": "cidr"}, "10.0.0.0/8", "10/8", '"a" is not a valid cidr: 10/8'),
    ],
)
def test_a_value_against_its_rule(
    rule: rules.Rule, good: object, bad: object, message: str
) -> None:
    assert messages({"a": good}, a=rule) == []
    assert messages({"a": bad}, a=rule) == [message]


def test_an_unknown_value_breaks_no_rule() -> None:
    rule = {"enum": ["A"], "conflicts": ["b"], "exactly_one_of": ["a", "b"]}
    assert messages({"a": UNKNOWN}, a=rule) == []


def test_exactly_one_of_two_arguments() -> None:
    rule = {"exactly_one_of": ["a", "b"]}
    assert messages({"a": "x"}, a=rule, b=rule) == []
    assert "one of `a,b` must be specified" in messages({}, a=rule, b=rule)[0]
    assert "only one of `a,b` can be specified" in messages({"a": "x", "b": "y"}, a=rule, b=rule)[0]


def test_an_empty_list_is_set_where_it_is_an_argument_and_not_where_it_is_a_block() -> None:
    rule = {"at_least_one_of": ["a"]}
    assert messages({"a": []}, a=rule) == []
    assert len(messages({"inner": []}, inner={"at_least_one_of": ["inner"]})) == 1


def test_a_group_inside_a_block_matters_only_where_the_block_is() -> None:
    rule = {"exactly_one_of": ["inner.0.x", "inner.0.y"]}
    assert messages({"inner": []}, inner__x=rule) == []
    assert len(messages({"inner": [{"x": None, "y": None}]}, inner__x=rule)) == 1


def test_arguments_that_need_or_exclude_each_other() -> None:
    needs = {"required_with": ["b"]}
    assert "all of `a,b` must be specified" in messages({"a": "x"}, a=needs)[0]
    excludes = {"conflicts": ["b"]}
    assert '"a": conflicts with b' in messages({"a": "x", "b": "y"}, a=excludes)[0]


def test_what_the_cloud_decides_cannot_be_configured() -> None:
    block = Block({"host": Attribute("string", computed=True)})
    (finding,) = check(block, {"host": "x"}, None)
    assert finding.summary == "Value for unconfigurable attribute"


def replaced(before: Object, after: Object, **arguments: rules.Rule) -> list[rules.Path]:
    known = {name.replace("__", "."): rule for name, rule in arguments.items()}
    return replacing_arguments(BLOCK, before, after, TypeRules(arguments=known))


def test_a_default_written_out_is_no_change() -> None:
    rule = {"force_new": True, "default": "X"}
    assert replaced({"a": None}, {"a": "X"}, a=rule) == []
    assert replaced({"a": None}, {"a": "Y"}, a=rule) == [("a",)]


def test_a_replacement_names_the_argument_inside_its_block() -> None:
    items: list[Object] = [{"x": "1", "y": "1"}, {"x": "1", "y": "1"}]
    before: Object = {"inner": items}
    after: Object = {"inner": [{"x": "1", "y": "2"}, {"x": "2", "y": "1"}]}
    rule = {"force_new": True}
    assert replaced(before, after, inner__x=rule, inner__y={}) == [("inner", 1, "x")]
    # The block is there as often as before: only what is inside can replace.
    assert replaced(before, after, inner=rule) == []
    assert replaced(before, {"inner": items[:1]}, inner=rule) == [("inner",)]


def test_a_replacement_inside_a_set_names_the_set_whatever_the_order() -> None:
    rule = {"force_new": True}
    before: Object = {"members": [{"x": "1"}, {"x": "2"}]}
    assert replaced(before, {"members": [{"x": "2"}, {"x": "1"}]}, members__x=rule) == []
    assert replaced(before, {"members": [{"x": "3"}, {"x": "1"}]}, members__x=rule) == [
        ("members",)
    ]


def test_the_rules_of_the_provider_version_know_what_replaces_redis() -> None:
    redis = rules.load("6.50.0")["google_redis_instance"]
    assert redis.arguments["transit_encryption_mode"]["force_new"] is True
    assert redis.arguments["connect_mode"]["enum"] == ["DIRECT_PEERING", "PRIVATE_SERVICE_ACCESS"]
    assert redis.id == "projects/{project}/locations/{region}/instances/{name}"


def test_a_refused_secret_is_not_in_the_message() -> None:
    block = Block({"password": Attribute("string", optional=True, sensitive=True)})
    rule = TypeRules(arguments={"password": {"pattern": "^x$"}})
    (finding,) = check(block, {"password": "canary"}, rule)
    assert "canary" not in finding.summary + finding.detail
