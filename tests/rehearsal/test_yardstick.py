"""The comparison with a peer's inventories; the comparison itself is run by hand."""

from __future__ import annotations

from pathlib import Path

from rehearsal.yardstick import Comparison, Example, compare, differences, read_examples, refusal
from rehearsal.yardstick import report as figures

README = """
# Topic

## Simple

```hcl
module "topic" {
  source = "./fabric/modules/pubsub"
}
# tftest modules=1 resources=3 files=a fixtures=fixtures/gcs.tf,own inventory=simple.yaml
```

```yaml
# tftest-file id=a path=data/a.yaml
name: a
```

```hcl
# tftest-fixture id=own
locals {}
```

```hcl
# tftest skip
```

```hcl
not = "tested"
```
"""


def example(folder: Path, inventory: str | None = None) -> Example:
    path = folder / "inventory.yaml"
    if inventory is not None:
        path.write_text(inventory)
    return Example("pubsub", "pubsub: Simple 1", {}, path if inventory else None, {})


def plan(**values: object) -> dict[str, object]:
    resource = {
        "address": "google_pubsub_topic.topic",
        "type": "google_pubsub_topic",
        "provider_name": "registry.terraform.io/hashicorp/google",
        "values": values,
    }
    return {"planned_values": {"root_module": {"child_modules": [{"resources": [resource]}]}}}


def test_an_example_brings_its_files_its_fixtures_and_its_inventory(tmp_path: Path) -> None:
    (tmp_path / "modules" / "pubsub").mkdir(parents=True)
    (tmp_path / "modules" / "pubsub" / "README.md").write_text(README)
    for name in ("examples/variables.tf", "fixtures/gcs.tf"):
        (tmp_path / "tests" / name).parent.mkdir(parents=True)
        (tmp_path / "tests" / name).write_text(f"# {name}\n")
    (simple,) = read_examples(tmp_path, "pubsub")
    assert simple.name == "pubsub: Simple 1"
    assert sorted(simple.files) == ["data/a.yaml", "gcs.tf", "main.tf", "own.tf", "variables.tf"]
    assert simple.inventory == tmp_path / "tests/modules/pubsub/examples/simple.yaml"
    assert simple.counts == {"modules": 1, "resources": 3}


def test_an_inventory_may_leave_out_arguments_and_says_what_must_be_unknown() -> None:
    assert list(differences({"a": 1, "c": "__missing__"}, {"a": 1, "b": 2})) == []
    assert list(differences({"a": [{"b": None}]}, {"a": [{"b": "x"}]})) == [
        "a[0].b: planned 'x', None in the inventory"
    ]
    assert list(differences({"a": "__missing__"}, {"a": 1})) == [
        "a: planned 1, not to be known in the inventory"
    ]
    assert list(differences({"a": 1}, {})) == ["a: not planned, 1 in the inventory"]


def test_values_and_numbers_of_resources_are_compared(tmp_path: Path) -> None:
    inventory = (
        "values: {google_pubsub_topic.topic: {labels: null}}\n"
        "counts: {google_pubsub_topic: 1, modules: 1}\n"
    )
    assert compare(example(tmp_path, inventory), plan(labels=None)).outcome == "equal"
    different = compare(example(tmp_path, inventory), plan(labels={}))
    assert different.outcome == "different"
    assert different.details == (
        "google_pubsub_topic.topic.labels: planned {}, None in the inventory",
    )
    assert compare(example(tmp_path), plan(labels={})).outcome == "planned"


def test_an_error_about_what_only_google_beta_has_is_no_refusal(tmp_path: Path) -> None:
    output = (
        "\nError: Unsupported argument\n\n"
        '  on a b/main.tf line 3, in resource "google_x" "y":\n   3:   beta = true\n'
    )
    assert refusal(example(tmp_path), output, {("google_x", "y")}).outcome == "google-beta"
    assert refusal(example(tmp_path), output, set()).outcome == "refused"
    invalid = output.replace("Unsupported argument", "expected beta to be one of")
    assert refusal(example(tmp_path), invalid, {("google_x", "y")}).outcome == "refused"


def test_the_report_counts_equal_among_comparable_examples(tmp_path: Path) -> None:
    compared = example(tmp_path, "values: {}")
    text = figures(
        [
            Comparison(compared, "equal"),
            Comparison(compared, "different", details=["labels: planned {}"]),
            Comparison(compared, "equal", beta=True),
            Comparison(example(tmp_path), "planned"),
            Comparison(compared, "other provider"),
        ]
    )
    assert "  labels: planned {}" in text
    assert "google only: 1 of 2 comparable examples equal, 0 refused, 1 planned" in text
    assert "google-beta: 2 of 3 comparable examples equal" in text
    assert "left out: 1 need another provider, 0 what only google-beta has" in text
