"""How a stack's JSON is written as HCL, and what is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider_schema.blocks import Kind
from review import ReviewError, render
from review.structure import Structure
from tests.review.plans import plan, settle, unformatted
from tests.support import STACKS, Stacks, resources

RULE = Structure(frozenset({"port"}))
THING = Structure(
    frozenset({"name", "labels", "tags"}),
    {"rule": Structure(frozenset({"port"}), {"peer": RULE})},
    {"route": RULE},
)


def _structures(_: Kind, type_name: str) -> Structure:
    if type_name != "thing":
        raise ReviewError(f"no type {type_name}")
    return THING


def _rendered(**arguments: Any) -> str:
    """Return the body of one resource."""
    text = json.dumps({"resource": {"thing": {"one": arguments}}})
    hcl = render(text, stack="s", structures=_structures)
    return hcl.partition('resource "thing" "one" {\n')[2].removesuffix("}\n")


def _refusal(**sections: Any) -> str:
    with pytest.raises(ReviewError) as caught:
        render(json.dumps(sections), stack="s", structures=_structures)
    return str(caught.value)


def test_a_block_of_the_schema_is_a_block_whether_given_as_object_or_list() -> None:
    short, nested = {"port": 1}, {"port": 2, "peer": {"port": 3}}
    assert _rendered(rule=short) == "  rule {\n    port = 1\n  }\n"
    assert _rendered(rule=[short, nested]) == (
        "  rule {\n    port = 1\n  }\n"
        "  rule {\n    port = 2\n\n    peer {\n      port = 3\n    }\n  }\n"
    )
    assert _rendered(rule={}) == "  rule {}\n"
    assert _rendered(name="n", rule=[]) == '  name = "n"\n'


def test_a_map_stays_an_argument() -> None:
    assert _rendered(labels={"a": "x", "b-c": "${var.y}", "//": "z"}) == (
        '  labels = {\n    a     = "x"\n    "b-c" = var.y\n    "//"  = "z"\n  }\n'
    )


def test_a_list_of_objects_is_blocks_only_where_objects_are_given() -> None:
    assert _rendered(route=[{"port": 1}]) == "  route {\n    port = 1\n  }\n"
    assert _rendered(route=[]) == "  route = []\n"
    assert _rendered(route="${var.routes}") == "  route = var.routes\n"


def test_arguments_come_first_and_the_dependencies_last() -> None:
    assert _rendered(
        depends_on=["thing.two"],
        lifecycle={
            "ignore_changes": ["labels", 'labels["a"]', "rule[0].port"],
            "prevent_destroy": True,
            "replace_triggered_by": ["thing.two.name"],
            "precondition": [{"condition": "${var.a != 1}", "error_message": "No: ${var.a}."}],
        },
        rule={"port": 1},
        name="n",
        count="${var.n}",
    ) == (
        '  count = var.n\n  name  = "n"\n\n  rule {\n    port = 1\n  }\n\n'
        "  lifecycle {\n"
        '    ignore_changes       = [labels, labels["a"], rule[0].port]\n'
        "    prevent_destroy      = true\n"
        "    replace_triggered_by = [thing.two.name]\n\n"
        "    precondition {\n      condition     = var.a != 1\n"
        '      error_message = "No: ${var.a}."\n'
        "    }\n  }\n\n"
        "  depends_on = [thing.two]\n"
    )
    assert "ignore_changes = all\n" in _rendered(lifecycle={"ignore_changes": "all"})


def test_a_heredoc_in_a_list_has_its_comma_below_it() -> None:
    assert _rendered(tags=["a\nb\n", "c\nd\n"]) == (
        "  tags = [\n    <<-EOT\n      a\n      b\n    EOT\n    ,\n"
        "    <<-EOT\n      c\n      d\n    EOT\n  ]\n"
    )


def test_a_dynamic_block_keeps_its_content_as_blocks() -> None:
    content = {"for_each": "${var.x}", "content": {"port": "${rule.value}"}}
    assert _rendered(dynamic={"rule": content}) == (
        '  dynamic "rule" {\n    for_each = var.x\n\n'
        "    content {\n      port = rule.value\n    }\n  }\n"
    )


def test_unknown_json_is_refused_with_its_place() -> None:
    def refusal(**arguments: Any) -> str:
        return _refusal(resource={"thing": {"one": arguments}})

    assert refusal(nmae="x") == "s / thing.one: the provider knows no argument nmae"
    assert refusal(rule={"prot": 1}) == "s / thing.one / rule: the provider knows no argument prot"
    assert refusal(rule="${var.x}").endswith('"${var.x}" stands where a block belongs')
    assert refusal(provisioner=[{"local-exec": {}}]) == "s / thing.one: cannot write a provisioner"
    assert (
        refusal(lifecycle={"forever": True}) == "s / thing.one: cannot write the argument forever"
    )
    assert refusal(depends_on=["${thing.two}"]).endswith("'${thing.two}' is not a reference")
    assert refusal(dynamic={"name": {"for_each": []}}).endswith("no block name to be dynamic")
    assert _refusal(resource={"gadget": {"one": {}}}) == "s / gadget.one: no type gadget"
    assert _refusal(action={"m": {}}) == "s: cannot write the section action"
    assert _refusal(variable={"v": {"typ": "string"}}).startswith("s / variable.v: ")
    assert _refusal(terraform={"cloud": {}}) == "s / terraform: cannot write the setting cloud"
    assert _refusal(terraform={"backend": {"remote": {"workspaces": {}}}}).startswith("s / ")


LANGUAGE: dict[str, Any] = {
    "terraform": {"required_version": ">= 1.11", "backend": {"gcs": {"bucket": "${b}"}}},
    "variable": {
        "password": {
            "type": "string",
            "description": "Keep ${this} as it is",
            "sensitive": True,
            "nullable": False,
            "ephemeral": True,
            "validation": [
                {"condition": '${can(regex("^.{3,}$", var.password))}', "error_message": "Short."}
            ],
        },
        "shape": {
            "type": "object({name=string,sizes=optional(map(number),{}),tags=list(string)})",
            "default": {"name": "%{a} ${b}", "tags": []},
        },
        "none": {"default": None},
        "anything": {"type": "any", "default": "first\nsecond\n"},
    },
    "locals": {"joined": '${join("-", [var.shape.name, "x"])}', "n": 1.5},
    "resource": {
        "terraform_data": {
            "second": {
                "//": {"metadata": {"path": "s/b"}},
                "count": 2,
                "input": {
                    "a": "${local.joined}",
                    "${local.n}": [True, None, "${terraform_data.x.id}"],
                },
                "depends_on": ["terraform_data.x"],
                "lifecycle": {
                    "create_before_destroy": True,
                    "replace_triggered_by": ["terraform_data.x"],
                    "precondition": [{"condition": "${local.n > 1}", "error_message": "n"}],
                },
            },
            "x": {
                "//": {"metadata": {"path": "s/a"}},
                "input": "first\n  second ${local.joined}\n",
            },
        }
    },
    "data": {
        "terraform_remote_state": {
            "other": {
                "//": {"metadata": {"path": "s/c"}},
                "backend": "local",
                "config": {"path": "${path.module}/../other.tfstate"},
                "defaults": {"k": "v"},
            }
        }
    },
    "moved": [{"from": "terraform_data.old", "to": "terraform_data.x"}],
    "removed": [{"from": "terraform_data.gone", "lifecycle": {"destroy": False}}],
    "import": [{"to": "terraform_data.second[0]", "id": "known"}],
    "check": {
        "sane": {"assert": [{"condition": "${local.n > 1}", "error_message": "Is ${local.n}."}]}
    },
    "output": {
        "all": {
            "value": "${terraform_data.second[*].input}",
            "description": "100 %{sure}",
            "sensitive": True,
            "depends_on": ["terraform_data.x"],
            "precondition": {"condition": "${local.n > 1}", "error_message": "n"},
        },
        "k": {"value": "${var.shape}"},
    },
}


def test_every_kind_of_block_of_the_language_plans_the_same(tmp_path: Path) -> None:
    text = json.dumps(LANGUAGE)
    hcl = render(text, stack="s")
    assert unformatted(tmp_path, hcl) == ""
    (tmp_path / "other.tfstate").write_text(json.dumps({"version": 4, "outputs": {}}))
    options: Any = {"variables": {"password": "word"}}
    of_json = plan(tmp_path / "json", "cdk.tf.json", text, **options)
    of_hcl = plan(tmp_path / "hcl", "main.tf", hcl, **options)
    settle(of_json["configuration"], of_hcl["configuration"])
    assert of_hcl == of_json
    for line in ('bucket = "$${b}"', "Keep $${this} as", "condition     = can(regex("):
        assert line in hcl


@pytest.mark.parametrize("name", STACKS)
def test_terraform_fmt_changes_nothing_in_a_stack(
    name: str, stacks: Stacks, tmp_path: Path
) -> None:
    assert unformatted(tmp_path, render(json.dumps(stacks[name]), stack=name)) == ""


@pytest.mark.parametrize("name", STACKS)
def test_every_resource_stands_below_its_construct_path_in_the_order_of_paths(
    name: str, stacks: Stacks
) -> None:
    def expected() -> Iterator[tuple[str, str, str]]:
        for kind, address, arguments in resources(stacks[name]):
            yield arguments["//"]["metadata"]["path"], kind, address

    hcl = render(json.dumps(stacks[name]), stack=name)
    headings = re.findall(r'^# (\S+)\nresource "(\w+)" "(\w+)" \{$', hcl, re.MULTILINE)
    assert headings == sorted(expected(), key=lambda heading: heading[0].split("/"))


@pytest.mark.parametrize("name", STACKS)
def test_settings_that_no_plan_shows_stand_in_the_text(name: str, stacks: Stacks) -> None:
    hcl = render(json.dumps(stacks[name]), stack=name)
    lines = {
        head: [re.sub(r" += ", " = ", line.strip()) for line in body.splitlines()]
        for head, body in re.findall(r"^(\w[^\n]*) \{\n(.*?)^\}$", hcl, re.MULTILINE | re.DOTALL)
    }
    settings = stacks[name]["terraform"]
    assert f'required_version = "{settings["required_version"]}"' in lines["terraform"]
    for key, value in settings["backend"]["gcs"].items():
        assert f'{key} = "{value}"' in lines["terraform"]
    for variable, arguments in stacks[name].get("variable", {}).items():
        block = lines[f'variable "{variable}"']
        for key in ("nullable", "sensitive", "ephemeral"):
            expected = [f"{key} = {str(arguments[key]).lower()}"] if key in arguments else []
            assert [line for line in block if line.startswith(key)] == expected
        for validation in arguments.get("validation", []):
            assert f"condition = {validation['condition'][2:-1]}" in block
            assert f'error_message = "{validation["error_message"]}"' in block
    for kind, address, arguments in resources(stacks[name]):
        block = lines[f'resource "{kind}" "{address}"']
        for key, value in arguments.get("lifecycle", {}).items():
            text = f"[{', '.join(value)}]" if isinstance(value, list) else str(value).lower()
            assert f"{key} = {text}" in block
