"""What the schema says about a variable, put together from all the places that read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from drift.journal import Journal
from drift.reads import Read
from drift.source import Position
from envschema import kinds
from envschema.kinds import Kind
from envschema.variables import Need, Side

PLACEHOLDER = "PLACE_HOLDER"
_PUBLIC = "NEXT_PUBLIC_"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the schema says about one variable; None where it was not understood, and reported."""

    name: str
    position: Position
    kind: Kind | None
    need: Need | None
    default: str | None
    """Only where ``need`` is DEFAULT, and never of a redacted variable."""
    secret: bool | None

    @property
    def side(self) -> Side:
        """Who reads it, by the prefix that Next.js demands."""
        return side_of(self.name)


def side_of(name: str) -> Side:
    """Return which side reads a variable of the schema."""
    return Side.CLIENT if name.startswith(_PUBLIC) else Side.SERVER


def same_kind(kind: Kind, other: Kind) -> bool:
    """Tell whether two kinds are the same, whatever the order of a closed list."""
    if kind.item is not None and other.item is not None:
        return kind.trims_items == other.trims_items and same_kind(kind.item, other.item)
    if kind.item is not None or other.item is not None:
        return False
    return kind.name == other.name and set(kind.choices) == set(other.choices)


def schema_need(need: Need) -> Need:
    """Return a declared need as a schema says it: there the kind says whether empty is allowed."""
    return Need.REQUIRED if need is Need.MAY_BE_EMPTY else need


def facts_by_name(journal: Journal, named_reads: Iterable[tuple[str, Read]]) -> dict[str, Facts]:
    """Return the facts of the variables from their named reads, in the order of the source."""
    reads_by_name: dict[str, list[Read]] = {}
    for name, read in named_reads:
        reads_by_name.setdefault(name, []).append(read)
    return {name: _facts(journal, name, reads) for name, reads in reads_by_name.items()}


def _facts(journal: Journal, name: str, reads: Sequence[Read]) -> Facts:
    position = reads[0].position
    if not all(read.certain for read in reads):
        return Facts(name, position, None, None, None, None)
    secret = any(read.secret for read in reads)
    kind = _narrowest(journal, name, reads)
    if secret and kind is not None and kind.choices:
        # The values of a secret are not for reports.
        kind = kinds.NON_EMPTY
    need, default = _need(journal, name, reads)
    if need is Need.DEFAULT and default == PLACEHOLDER:
        return Facts(name, position, kind, Need.PLACEHOLDER, PLACEHOLDER, secret)
    return Facts(name, position, kind, need, None if secret else default, secret)


def _narrowest(journal: Journal, name: str, reads: Sequence[Read]) -> Kind | None:
    """Return the kind that satisfies every place: the narrowest, where one includes the other."""
    narrowest: list[Kind] = []
    for read in reads:
        if read.kind is None:
            return None
        if not any(same_kind(read.kind, kind) for kind in narrowest):
            narrowest.append(read.kind)
    for wide in (kinds.STRING, kinds.NON_EMPTY):
        if len(narrowest) > 1:
            narrowest = [kind for kind in narrowest if not same_kind(kind, wide)]
    for part in narrowest:
        if all(_is_part_of(part, whole) for whole in narrowest):
            return part
    places = " and ".join(str(read.position) for read in reads)
    journal.report(reads[0].position, f"{name} is read as different kinds: {places}", hides=False)
    return None


def _is_part_of(part: Kind, whole: Kind) -> bool:
    """Tell whether a closed list is part of another, or the same."""
    if part.item is not None or whole.item is not None:
        return same_kind(part, whole)
    if part.choices and whole.choices and part.name == whole.name:
        return set(part.choices) <= set(whole.choices)
    return same_kind(part, whole)


def _need(journal: Journal, name: str, reads: Sequence[Read]) -> tuple[Need | None, str | None]:
    """Return the strictest need: what one place requires is required."""
    needs = {read.need for read in reads}
    if Need.REQUIRED in needs:
        return Need.REQUIRED, None
    if None in needs:
        return None, None
    if Need.DEFAULT not in needs:
        return Need.OPTIONAL, None
    defaults = {read.default for read in reads if read.need is Need.DEFAULT}
    if len(defaults) == 1:
        return Need.DEFAULT, defaults.pop()
    places = " and ".join(str(read.position) for read in reads)
    if None not in defaults:
        why = f"{name} has different defaults: {places}"
        journal.report(reads[0].position, why, hides=False)
    return Need.DEFAULT, None
