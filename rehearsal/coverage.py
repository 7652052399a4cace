"""``python -m rehearsal.coverage``: prints how far the rules cover each resource type in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from provider_schema.store import SchemaStore
from rehearsal import rules
from rehearsal.synthesized import SynthesizedStack, read_all
from terraform_json import resources

HEADER = ("type", "arguments", "set here", "read in source", "with a rule", "validations left out")


def rows(stacks: Sequence[SynthesizedStack], store: SchemaStore) -> list[tuple[str, ...]]:
    """Return a row for each used type, and a row of totals.

    *set here* counts the arguments that a stack sets; *read in source* those whose declaration in
    the provider's source is known; *with a rule* those with a check, a default, or a condition for
    replacement.
    """
    schema = store.load({t for s in stacks for t in s.types("resource")}, ())
    rules_by_type = rules.load(schema.provider_version)
    table = []
    for name, block in schema.resources.items():
        covered = rules.coverage(block, rules_by_type.get(name))
        used = {
            argument
            for stack in stacks
            for kind, _, resource in resources(stack.configuration)
            if kind == name
            for argument in rules.configurable(block)
            if any(value is not None for value in rules.values_at(resource, argument))
        }
        counts = (covered.arguments, len(used), covered.known, covered.with_rule)
        table.append((name, *(str(n) for n in counts), ", ".join(covered.unchecked)))
    totals = Counter[int]()
    for row in table:
        totals.update({column: int(row[column]) for column in range(1, 5)})
    unchecked = str(sum(len(row[5].split(", ")) for row in table if row[5]))
    return [*table, (f"{len(table)} types", *(str(totals[c]) for c in range(1, 5)), unchecked)]


def main() -> None:
    """Print the coverage of the synthesized stacks as a Markdown table."""
    table = rows(read_all(Path("cdktf.out")), SchemaStore())
    for row in (HEADER, ("---", *["---:"] * 4, "---"), *table):
        print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    main()
