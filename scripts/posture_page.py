"""Write ``docs/reference/posture.md``: ``python -m scripts.posture_page``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from environments import load
from policy.exceptions import AcceptedFinding, read_exceptions
from policy.posture import Item, Posture, Standing, read_items
from policy.rules import RULES
from policy.stack import read_stacks

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "posture.md"
_MAX_LISTED = 3
"""Addresses of an item that is not done; the rest is counted."""
EXCEPTIONS = ROOT / "policy" / "exceptions.toml"

_HEAD = """# Posture

Where the environments stand to the CIS Google Cloud Foundation Benchmark 3.0.0, to Google's
enterprise foundations blueprint and, with a bucket on AWS, to the CIS AWS Foundations Benchmark
3.0.0. Made by `make update-snapshots` from the synthesized stacks, the
rules of [policy](../concepts/policy.md), the accepted findings and
[posture.toml](../../policy/posture.toml); a test compares them. Why it is made so:
[0052](../decisions/0052-posture-from-what-policy-proves.md).

It says what the Terraform of this repository declares, as far as the rules and checks can see. It
is no audit: titles are in our words, what people changed in a project is not seen, some of
checkov's checks see no value that is a reference, and items about services that are not used are
left out.

| state | means |
| --- | --- |
| holds | every resource that it is about passes; the number is how many there are |
| accepted | some do not, and each is [an exception](#exceptions) with a reason and a date |
| open | some do not, and `make policy` fails |
| missing | it is not done, or not everywhere |
| by hand | outside of Terraform |
| nothing here | the environment has nothing that it is about |

"""


def page(posture: Posture, environments: Sequence[str]) -> str:
    """Return the page; ``environments`` gives the order of the columns."""
    names = ["shared", *environments]
    return "".join(
        [
            _HEAD,
            "## Items\n\n",
            _table(("item", "what holds", "held by", "at", *names), _items(posture, names)),
            "\n## Not done, or by hand\n\n",
            _table(("item", "where", "why, or what is done"), _gaps(posture, names)),
            "\n## Exceptions\n\n"
            "From [exceptions.toml](../../policy/exceptions.toml). From the day after the review "
            "each counts as open.\n\n",
            _table(
                ("rule", "items", "stacks", "address", "because", "owner", "review"),
                _exceptions(posture),
            ),
        ]
    )


def _items(posture: Posture, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for item in posture.items:
        cells = (_cell(posture.standing(item, name)) for name in names)
        types = ", ".join(f"`{kind}`" for kind in item.types)
        yield item.id, item.title, _held_by(item), types, *cells


def _cell(standing: Standing) -> str:
    if not standing.resources:
        return standing.state
    if standing.failing:
        return f"{standing.state}, {len({f[1:] for f in standing.failing})} of {standing.resources}"
    return f"{standing.state}, {standing.resources}"


def _held_by(item: Item) -> str:
    parts = [f"`{name}`" for name in (*item.rules, *item.checkov)]
    if item.argument:
        parts.append(f"`{item.argument}`")
    elif item.needed:
        parts.append("being there")
    if item.alert:
        parts.append("an alert on the audit log")
    return ", ".join(parts)


def _gaps(posture: Posture, names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for item in posture.items:
        if reason := item.by_hand or item.missing:
            yield item.id, "everywhere", reason
            continue
        for state in ("missing", "open"):
            standings = {name: posture.standing(item, name) for name in names}
            lacking = [name for name in names if standings[name].state == state]
            if lacking:
                addresses = [f[2] for name in lacking for f in standings[name].failing]
                yield item.id, ", ".join(lacking), f"{state}{_listed(addresses)}"


def _listed(addresses: Sequence[str]) -> str:
    if not addresses:
        return ": nothing declares it"
    unique = list(dict.fromkeys(addresses))
    more = f" and {len(unique) - _MAX_LISTED} more" if len(unique) > _MAX_LISTED else ""
    return ": " + ", ".join(f"`{address}`" for address in unique[:_MAX_LISTED]) + more


def _exceptions(posture: Posture) -> Iterator[tuple[str, ...]]:
    for entry in posture.exceptions:
        items = [i.id for i in posture.items if entry.rule in (*i.rules, *i.checkov)]
        yield (
            f"`{entry.rule}`",
            ", ".join(items),
            ", ".join(entry.stacks),
            f"`{entry.address}`",
            _one_line(entry),
            entry.owner,
            entry.review.isoformat(),
        )


def _one_line(entry: AcceptedFinding) -> str:
    return " ".join(entry.reason.split())


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    configuration = load(ROOT / "environments")
    stacks = read_stacks(ROOT / "cdktf.out", configuration)
    entries = read_exceptions(EXCEPTIONS, (rule.id for rule in RULES))
    posture = Posture(read_items(), stacks, tuple(entries))
    PAGE.write_text(
        page(posture, [e.settings.environment for e in configuration.environments]),
        encoding="utf-8",
    )
