"""``python -m rehearsal.yardstick FABRIC [MODULE…]``: compares the stand-in with plans of a peer.

FABRIC is a checkout of GoogleCloudPlatform/cloud-foundation-fabric at v42.0.0, which is for version
6 of the provider. The examples in its modules' READMEs have inventories: values that the real
provider planned. Terraform plans each example on the stand-in, and what it plans is compared.

The stand-in is served as ``google-beta``, too, with the schema of ``google``. An example is left
out where it needs more: what only google-beta has, or another provider. All modules take three
minutes, so it is no part of the tests.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from provider_schema.store import SchemaStore
from rehearsal.run import COMMANDS, PLAN, Session, Terraform, errors_of, open_session
from rehearsal.server import serve

BETA = "google-beta"
_ADDRESS = "registry.terraform.io/hashicorp/"
_SECTION = re.compile(
    r"^(?:#+ +(?P<heading>[^\n]*)|(?P<fence>```+)(?P<language>\w*)\n(?P<code>.*?)^(?P=fence) *)$",
    re.MULTILINE | re.DOTALL,
)
_DIRECTIVE = re.compile(r"^ *# *(tftest\S*)(.*)$", re.MULTILINE)
_TYPE = re.compile(r'^ *(resource|data) +"(\w+)"', re.MULTILINE)
_SOURCE = re.compile(r'^ *source *= *"(\.[^"]*)"', re.MULTILINE)
_BETA_BLOCK = re.compile(
    r'^resource "(\w+)" "(\w+)" \{\n(?:(?!^\}).*\n)*? *provider *= *google-beta$', re.MULTILINE
)
_ERROR = re.compile(
    r"^Error: (?P<summary>.*)\n\n +(?:with .*\n +)?"
    r"on .+ line \d+, in (?P<place>.*):\n(?P<line>.*)",
    re.MULTILINE,
)
_UNKNOWN_TO_SCHEMA = (
    "Unsupported argument",
    "Unsupported block type",
    "Invalid resource type",
    "Unsupported attribute",
)

Outcome = Literal["equal", "different", "refused", "planned", "other provider", "google-beta"]
"""``planned``: it has no inventory to be compared with."""


@dataclass(frozen=True)
class Example:
    """An example of a README, with the files that it needs; ``inventory`` is a path or None."""

    module: str
    name: str
    files: Mapping[str, str]
    inventory: Path | None
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Comparison:
    """The outcome of an example; ``beta`` tells whether a resource of it is one of google-beta."""

    example: Example
    outcome: Outcome
    beta: bool = False
    details: Sequence[str] = field(default=())


# ---------------------------------------------------------------- examples


def read_examples(fabric: Path, module: str) -> list[Example]:
    """Return the examples of a module's README that its own tests plan."""
    text = (fabric / "modules" / module / "README.md").read_text(encoding="utf-8")
    blocks: list[tuple[str, int, str, str, str, dict[str, str]]] = []
    heading, number = "", 0
    for match in _SECTION.finditer(text):
        if match["heading"] is not None:
            heading, number = match["heading"], 0
            continue
        number += 1
        directive = _DIRECTIVE.search(match["code"])
        if directive is not None and "skip" not in directive[2].split():
            options = dict(o.split("=", 1) for o in directive[2].split() if "=" in o)
            blocks.append(
                (heading, number, match["language"], directive[1], match["code"], options)
            )
    files = {(b[0], b[5]["id"]): (b[5]["path"], b[4]) for b in blocks if b[3] == "tftest-file"}
    fixtures = {b[5]["id"]: b[4] for b in blocks if b[3] == "tftest-fixture"}
    tests = fabric / "tests"
    examples = []
    for title, index, language, kind, code, options in blocks:
        if kind != "tftest" or language != "hcl":
            continue
        written = {"main.tf": code, "variables.tf": (tests / "examples/variables.tf").read_text()}
        for name in filter(None, options.get("files", "").split(",")):
            path, content = files[title, name]
            written[path] = content
        for name in filter(None, options.get("fixtures", "").split(",")):
            shared = tests / name
            inline = not name.startswith("fixtures/")
            written[f"{name}.tf" if inline else shared.name] = (
                fixtures[name] if inline else shared.read_text()
            )
        inventory = options.get("inventory")
        folder = tests / "modules" / module.replace("-", "_") / "examples"
        counts: dict[str, int] = {
            name: int(options[name]) for name in ("modules", "resources") if name in options
        }
        examples.append(
            Example(
                module,
                f"{module}: {title} {index}",
                written,
                folder / inventory if inventory else None,
                counts,
            )
        )
    return examples


@dataclass(frozen=True)
class _Source:
    """The types in a configuration with all modules that it calls, by ``resource`` and ``data``."""

    types: Mapping[str, set[str]]
    beta: set[tuple[str, str]]
    """The type and name of the resources of google-beta."""

    @property
    def needs_other_provider(self) -> bool:
        return any(
            not name.startswith(("google_", "terraform_"))
            for names in self.types.values()
            for name in names
        )


def _source_of(fabric: Path, example: Example) -> _Source:
    source = _Source({"resource": set(), "data": set()}, set())
    seen: set[Path] = set()
    pending = [
        (fabric.parent, text) for name, text in example.files.items() if name.endswith(".tf")
    ]
    while pending:
        folder, text = pending.pop()
        for section, name in _TYPE.findall(text):
            source.types[section].add(name)
        source.beta.update(_BETA_BLOCK.findall(text))
        for called in _SOURCE.findall(text):
            # An example finds the checkout by the name "fabric" beside it.
            path = (folder / re.sub(r"^\./fabric(?=/)", fabric.name, called)).resolve()
            if path not in seen:
                seen.add(path)
                pending += [(path, file.read_text()) for file in sorted(path.glob("*.tf"))]
    return source


# ---------------------------------------------------------------- comparison


def differences(expected: Any, planned: Any, at: str = "") -> Iterator[str]:
    """Yield where a plan differs from an inventory, which may leave out keys of an object."""
    if isinstance(expected, dict) and isinstance(planned, dict):
        for key, value in expected.items():
            path = f"{at}.{key}" if at else str(key)
            if value == "__missing__":
                if key in planned:
                    yield f"{path}: planned {planned[key]!r}, not to be known in the inventory"
            elif key not in planned:
                yield f"{path}: not planned, {value!r} in the inventory"
            else:
                yield from differences(value, planned[key], path)
    elif isinstance(expected, list) and isinstance(planned, list) and len(expected) == len(planned):
        for index, (value, item) in enumerate(zip(expected, planned, strict=True)):
            yield from differences(value, item, f"{at}[{index}]")
    elif expected != planned:
        yield f"{at}: planned {planned!r}, {expected!r} in the inventory"


@dataclass
class _Planned:
    """What ``terraform show -json`` says, in the form of an inventory."""

    values: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    beta: bool = False

    def add_module(self, module: Mapping[str, Any]) -> None:
        for resource in module.get("resources", ()):
            self.values[resource["address"]] = resource["values"]
            self.counts.update((resource["type"], "resources"))
            self.beta |= resource["provider_name"] == _ADDRESS + BETA
        for child in module.get("child_modules", ()):
            self.counts["modules"] += 1
            self.add_module(child)


def compare(example: Example, plan: Mapping[str, Any]) -> Comparison:
    """Compare a plan, as ``terraform show -json`` prints it, with the example's inventory."""
    planned = _Planned()
    planned.add_module(plan["planned_values"].get("root_module", {}))
    expected: dict[str, Any] = {}
    if example.inventory is not None:
        reader = YAML(typ="safe", pure=True)
        reader.version = (1, 1)  # that of PyYAML, with which they are read there
        expected = reader.load(example.inventory.read_text(encoding="utf-8")) or {}
    counts = {**expected.get("counts", {}), **example.counts}
    outputs = {
        name: output.get("value", "__missing__")
        for name, output in plan["planned_values"].get("outputs", {}).items()
    }
    found = (
        *differences(expected.get("values", {}), planned.values),
        *differences(counts, {name: planned.counts[name] for name in counts}),
        *differences(expected.get("outputs", {}), outputs),
    )
    if found:
        return Comparison(example, "different", planned.beta, found)
    has_inventory = example.inventory is not None
    return Comparison(example, "equal" if has_inventory else "planned", planned.beta)


def refusal(example: Example, output: str, beta: set[tuple[str, str]]) -> Comparison:
    """Return the outcome of an example that Terraform refuses.

    ``beta`` holds the resources of google-beta, whose schema the stand-in does not have.
    """
    errors = list(_ERROR.finditer(output))
    places = {f'resource "{kind}" "{name}"' for kind, name in beta}
    references = [f"{kind}.{name}" for kind, name in beta]
    needs_beta = bool(errors) and all(
        error["summary"] in _UNKNOWN_TO_SCHEMA
        and (error["place"] in places or any(name in error["line"] for name in references))
        for error in errors
    )
    return Comparison(
        example, "google-beta" if needs_beta else "refused", needs_beta, [errors_of(output)]
    )


def run_module(session: Session, fabric: Path, examples: Sequence[Example]) -> list[Comparison]:
    """Plan the examples of a module on one stand-in that knows the types of all of them."""
    sources = {id(e): _source_of(fabric, e) for e in examples}
    own = [e for e in examples if not sources[id(e)].needs_other_provider]
    result = [
        Comparison(e, "other provider") for e in examples if sources[id(e)].needs_other_provider
    ]
    types = {
        section: {t for e in own for t in sources[id(e)].types[section]}
        for section in ("resource", "data")
    }
    schema = session.store.load(types["resource"], types["data"])
    sockets = Path(tempfile.mkdtemp(dir=session.folder, prefix="s"))
    with serve([schema, replace(schema, name=BETA)], sockets) as attachment:
        terraform = Terraform(session, attachment)
        for example in own:
            folder = Path(tempfile.mkdtemp(dir=session.folder))
            result.append(_run(terraform, fabric, folder, example, sources[id(example)]))
    return result


def _run(
    terraform: Terraform, fabric: Path, folder: Path, example: Example, source: _Source
) -> Comparison:
    (folder / "fabric").symlink_to(fabric.absolute())
    assets = fabric / "tests" / "modules" / example.module.replace("-", "_") / "assets"
    if assets.exists():
        (folder / "assets").symlink_to(assets.absolute())
    for name, text in example.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for command in ("init", "plan"):
        code, output = terraform.run(folder, *COMMANDS[command])
        if code != 0:
            return refusal(example, output, source.beta)
    code, output = terraform.run(folder, "show", "-json", PLAN)
    if code != 0:
        return refusal(example, output, source.beta)
    return compare(example, json.loads(output))


# ---------------------------------------------------------------- report


def report(comparisons: Sequence[Comparison]) -> str:
    """Return each difference and refusal, and the figures."""
    lines = []
    for comparison in comparisons:
        if comparison.outcome in ("different", "refused"):
            lines.append(f"--- {comparison.example.name}: {comparison.outcome}")
            lines += [f"  {detail}" for detail in comparison.details]
    for title, chosen in (
        ("with resources of google only", [c for c in comparisons if not c.beta]),
        ("also with resources of google-beta", comparisons),
    ):
        counts = Counter(c.outcome for c in chosen)
        comparable = [c for c in chosen if c.outcome in ("equal", "different")]
        with_inventory = sum(c.example.inventory is not None for c in comparable)
        lines.append(
            f"{title}: {counts['equal']} of {with_inventory} comparable examples equal,"
            f" {counts['refused']} refused, {counts['planned']} planned that have no inventory"
        )
    left_out = Counter(c.outcome for c in comparisons)
    lines.append(
        f"left out: {left_out['other provider']} need another provider,"
        f" {left_out['google-beta']} what only google-beta has"
    )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print each difference and the figures; exit with 1 if an example was refused."""
    assert __doc__ is not None
    parser = argparse.ArgumentParser(prog="python -m rehearsal.yardstick", description=__doc__)
    parser.add_argument("fabric", type=Path, metavar="FABRIC")
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="all, if none is named")
    options = parser.parse_args(arguments)
    fabric = options.fabric.resolve()
    names = options.modules or sorted(p.parent.name for p in fabric.glob("modules/*/README.md"))
    if not names:
        parser.error(f"{options.fabric}: no modules/*/README.md in it")
    comparisons: list[Comparison] = []
    with open_session(SchemaStore()) as session:
        for name in names:
            examples = read_examples(fabric, name)
            print(f"{name}: {len(examples)} examples", file=sys.stderr)
            comparisons += run_module(session, fabric, examples)
    print(report(comparisons))
    return int(any(c.outcome == "refused" for c in comparisons))


if __name__ == "__main__":
    sys.exit(main())
