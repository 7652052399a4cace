"""Stacks in forms that cdktf does not write: what Terraform takes is shown, the rest refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from policy.rule import NotCheckedError, apply
from policy.rules import RULES
from policy.scan import readable
from policy.stack import Stack
from rehearsal.inputs import canaries
from rehearsal.synthesized import named_constructs, read_all, select_stacks
from rehearsal.workspace import UNPROTECTED, own_backend_key, write_unprotected
from review import ReviewError, render
from stacks.addresses import synthesized_addresses
from terraform_json import (
    MAX_DEPTH,
    SynthesizedError,
    in_order_of_deployment,
    parse_stack,
    read_manifest,
)
from tests.review.plans import terraform
from tests.support import ROOT


def thing(arguments: str) -> str:
    return f'{{"resource": {{"terraform_data": {{"NAME": {{{arguments}}}}}}}}}'


def holding(value: str) -> str:
    return thing(f'"input": {value}')


def nested(levels: int) -> str:
    """Return a stack of so many levels, four of which are those around the input."""
    return holding("[" * (levels - 4) + "]" * (levels - 4))


TAKEN = {
    "a comment that is a text": '{"//": "text", ' + thing('"//": "text"')[1:],
    "a comment that is null": thing('"//": null, "input": "x"'),
    "metadata that is a text": thing('"//": {"metadata": "text"}'),
    "a path that is a number": thing('"//": {"metadata": {"path": 1}}'),
    "a path that ends its comment": thing('"//": {"metadata": {"path": "a\\noutput \\"b\\" {}"}}'),
    "resources in lists": (
        '{"resource": [{"terraform_data": {"NAME": {"input": "x"}}},'
        ' {"terraform_data": [{"NAME-2": {"input": "y"}}]}]}'
    ),
    "a body in a list": '{"resource": {"terraform_data": {"NAME": [{"input": "x"}]}}}',
    "a body that is null": '{"resource": {"terraform_data": {"NAME": null}}}',
    "a file that is a list": f"[{holding('1')}, {holding('2').replace('NAME', 'NAME-2')}, {{}}]",
    "settings in a list": (
        '{"terraform": [{"required_version": ">= 1"}, {"required_version": ">= 1.1"}],'
        ' "locals": null, ' + holding('"x"')[1:]
    ),
    "nothing": "{}",
    "as deep as is read": nested(MAX_DEPTH),
    "a comment among values": holding('{"//": "kept", "k": 1}'),
    "a control character": holding('"a\\u0000b"'),
    "a number of 400 digits": holding("9" * 400),
    "a number of 5000 digits": holding("9" * 5000),
    "a number that no float holds": holding("1e400"),
    "a number that a float rounds": holding("0.12345678901234567890123"),
}
"""What Terraform takes."""

REFUSED = {
    "a byte order mark": (b"\xef\xbb\xbf{}", "begins with a byte order mark"),
    "UTF-16": ("{}".encode("utf-16"), "not UTF-8: byte 0"),
    "nothing at all": (b"", "not JSON: Expecting value"),
    "a text": (b'"text"', "not an object"),
    "null": (b"null", "not an object"),
    "a list of numbers": (b"[1]", "not an object"),
    "a comma too many": (holding('"x",').encode(), "not JSON: "),
    "text behind it": (b"{} x", "not JSON: Extra data"),
    "a constant": (holding("NaN").encode(), "not JSON: NaN is no number"),
    "a comment above the bodies": (
        b'{"resource": {"//": "text", "terraform_data": {"NAME": {}}}}',
        "'//' stands where the name of a block belongs",
    ),
    "a name with a quote": (
        b'{"resource": {"terraform_data": {"NAME\\"b": {}}}}',
        "stands where the name of a block belongs",
    ),
    "a section that is null": (b'{"resource": null}', "null stands where a block belongs"),
    "a type that is null": (
        b'{"resource": {"terraform_data": null}}',
        "null stands where a block belongs",
    ),
    "lists of lists": (b'{"resource": [[{"terraform_data": {}}]]}', "stands where a block belongs"),
    "a body that is a text": (
        b'{"resource": {"terraform_data": {"NAME": "text"}}}',
        '"text" stands where a block belongs',
    ),
    "a local with a space": (b'{"locals": {"a b": 1}}', "'a b' is not the name of an argument"),
    "a dependency that is null": (thing('"depends_on": null').encode(), "null is not a list"),
    "an unknown section": (b'{"foo": null}', "cannot write the section foo"),
}
"""What Terraform refuses, and what is said of it."""

REFUSED_HERE = {
    "an argument twice": (thing('"input": 1, "input": 2').encode(), "the key 'input' stands twice"),
    "a key of a value twice": (
        holding('{"k": 1, "k": 2}').encode(),
        "the key 'k' stands twice in an object",
    ),
    "a section twice": (
        f'{{"resource": {{}}, {holding("1")[1:]}'.encode(),
        "'resource' stands twice",
    ),
    "a comment twice": (b'{"//": 1, "//": 2}', "the key '//' stands twice in an object"),
    "bytes of Latin-1": (holding('"ä"').encode("latin-1"), "not UTF-8: byte "),
    "half a character": (holding('"\\ud800"').encode(), r"'\ud800' is half a character"),
    "too deep": (nested(MAX_DEPTH + 1).encode(), f"nested deeper than {MAX_DEPTH} levels"),
    "far too deep": (nested(100_000).encode(), f"nested deeper than {MAX_DEPTH} levels"),
    "a template in a thousand templates": (
        holding(json.dumps('${"' * 1000 + "x" + '"}' * 1000)).encode(),
        "an expression is nested too deeply",
    ),
}
"""What is refused whatever Terraform does: programs read it in different ways, or not at all."""


def refusal(content: bytes) -> str:
    with pytest.raises(ReviewError) as caught:
        render(content, stack="prod-data")
    return str(caught.value)


@pytest.mark.parametrize("form", [*REFUSED, *REFUSED_HERE])
def test_what_is_refused_is_refused_with_the_name_of_its_stack(form: str) -> None:
    content, message = (REFUSED | REFUSED_HERE)[form]
    text = refusal(content)
    assert text.startswith("prod-data")
    assert message in text
    assert text.isprintable()


def test_terraform_takes_and_refuses_the_same(tmp_path: Path) -> None:
    """All forms are files of one folder, so that Terraform runs once for each question."""
    for kind in ("json", "hcl", "refused"):
        (tmp_path / kind).mkdir()
    for number, text in enumerate(TAKEN.values()):
        named = text.replace("NAME", f"n{number}")
        (tmp_path / "json" / f"n{number}.tf.json").write_text(named)
        (tmp_path / "hcl" / f"n{number}.tf").write_text(render(named, stack="s"))
    of_json, of_hcl = (_planned(tmp_path / kind) for kind in ("json", "hcl"))
    assert of_json == of_hcl
    assert len(of_json) == len(TAKEN)

    for number, (content, _) in enumerate(REFUSED.values()):
        named_bytes = content.replace(b"NAME", b"n%d" % number)
        (tmp_path / "refused" / f"n{number}.tf.json").write_bytes(named_bytes)
    answer = terraform(tmp_path / "refused", "validate", "-json", expected=1)
    at_fault = {found["range"]["filename"] for found in json.loads(answer)["diagnostics"]}
    taken = [name for n, name in enumerate(REFUSED) if f"n{n}.tf.json" not in at_fault]
    assert taken == []


def _planned(folder: Path) -> dict[str, object]:
    """Return the planned input of each resource; of a number, its text."""
    terraform(folder, "plan", "-input=false", "-lock=false", "-out=plan")
    shown = terraform(folder, "show", "-json", "plan")
    root = json.loads(shown, parse_int=str, parse_float=str)["planned_values"]["root_module"]
    return {resource["name"]: resource["values"].get("input") for resource in root["resources"]}


LISTS = json.dumps(
    {
        "terraform": [{"required_version": ">= 1"}, {"backend": [{"gcs": {"bucket": "b"}}]}],
        "provider": {"google": {"default_labels": {}}},
        "variable": [{"password": {"sensitive": True}}],
        "resource": [
            {
                "google_storage_bucket": [
                    {
                        "a": [
                            {
                                "//": {"metadata": {"path": "qa-eu-data/a"}},
                                "lifecycle": [{"prevent_destroy": True}],
                            }
                        ]
                    },
                    {"b": {"//": "text"}},
                ]
            },
            {"google_storage_bucket": {"c": {"//": {"metadata": "text"}}}},
        ],
    }
)
ADDRESSES = {f"google_storage_bucket.{name}" for name in "abc"}


def _out(folder: Path, **stacks: str) -> Path:
    """Write an output folder as cdktf does."""
    entries = {}
    for name, text in stacks.items():
        path = folder / "stacks" / name / "cdk.tf.json"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        entries[name] = {"synthesizedStackPath": f"stacks/{name}/cdk.tf.json", "dependencies": []}
    (folder / "manifest.json").write_text(json.dumps({"stacks": entries}))
    return folder


def test_every_reader_sees_the_resources_that_stand_in_lists(tmp_path: Path) -> None:
    out = _out(tmp_path, **{"qa-eu-data": LISTS})
    assert synthesized_addresses(out) == {"qa-eu-data": ADDRESSES}

    document = parse_stack(LISTS, "qa-eu-data")
    stack = Stack("qa-eu-data", document, None)
    assert {resource.address for resource in stack.resources()} == ADDRESSES
    assert {finding.rule for finding in apply(RULES, (stack,))} >= {"labels", "ephemeral-variable"}
    assert set(readable(document)["resource"]["google_storage_bucket"]) == set("abc")
    assert readable(document)["terraform"] == {"backend": [{"gcs": {"bucket": "b"}}]}

    (rehearsed,) = select_stacks(read_all(out), "qa-eu", None)
    assert {address for address, _ in rehearsed.resources()} == ADDRESSES
    assert rehearsed.types("resource") == ["google_storage_bucket"]
    assert list(canaries(document, "run")) == ["password"]
    assert own_backend_key(document) == json.dumps(["gcs", "b", None, None, None])
    assert named_constructs(document, "Error: google_storage_bucket.a, .b") == {
        "google_storage_bucket.a": "qa-eu-data/a"
    }
    write_unprotected(rehearsed, tmp_path)
    override = json.loads((tmp_path / UNPROTECTED).read_text())["resource"]
    assert override == {"google_storage_bucket": {"a": {"lifecycle": {"prevent_destroy": False}}}}

    hcl = render(LISTS, stack="qa-eu-data")
    assert hcl.count('resource "google_storage_bucket"') == len(ADDRESSES)
    assert "# qa-eu-data/a\n" in hcl


@pytest.mark.parametrize("module", ["review", "stacks", "policy", "rehearsal"])
def test_a_command_names_the_stack_that_it_cannot_read(module: str, tmp_path: Path) -> None:
    _out(tmp_path, **{"prod-data": '{"resource": {', "prod-services": "{}"})
    arguments = {"review": [str(tmp_path)], "rehearsal": ["--out", str(tmp_path)]}
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments.get(module, [])],
        cwd=ROOT,
        env={**os.environ, "CDKTF_OUTDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "prod-data: cdk.tf.json: not JSON: " in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_rule_that_cannot_read_a_stack_is_no_rule_that_found_nothing() -> None:
    text = (
        '{"variable": {"a": {"sensitive": false}}, "provider": {"google": {"default_labels": 1}}}'
    )
    with pytest.raises(NotCheckedError, match="prod-data: the rule labels cannot read it"):
        apply(RULES, (Stack("prod-data", parse_stack(text, "prod-data"), None),))


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ("", "not JSON"),
        ("[]", "is not a manifest of cdktf"),
        ('{"stacks": []}', "is not a manifest of cdktf"),
        ('{"stacks": {"a": {}}}', "is not a manifest of cdktf"),
        (
            '{"stacks": {"a": {"synthesizedStackPath": "a", "dependencies": ["b"]}}}',
            "a depends on b, which it does not list",
        ),
    ],
)
def test_a_manifest_that_is_not_whole_is_refused(
    tmp_path: Path, manifest: str, message: str
) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(SynthesizedError, match=message) as caught:
        read_manifest(tmp_path)
    assert str(caught.value).endswith("run make synth")


def test_stacks_that_depend_on_one_another_have_no_order(tmp_path: Path) -> None:
    entries = read_manifest(_out(tmp_path, a="{}", b="{}", c="{}"))
    assert in_order_of_deployment(entries, key=lambda name: -ord(name)) == ["c", "b", "a"]
    circle = {name: replace(entries[name], dependencies=(other,)) for name, other in ("ab", "ba")}
    with pytest.raises(SynthesizedError, match="a depends on itself: a > b > a"):
        in_order_of_deployment(circle)
