"""``rename``: moves for addresses that were renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import Refusal

if TYPE_CHECKING:
    from stacks.addresses import Addresses

app = typer.Typer(add_completion=False, rich_markup_mode="markdown")


@app.command(name="rename")
def rename(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="A released address, or the part that changed.")
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="What stands there now.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the moves, and write nothing.")
    ] = False,
) -> None:
    """Write moves for every released address in which OLD became NEW.

    Rename the construct first, and run make synth. The moves go to stacks/moves.toml; the next
    synth writes them into the stacks as moved blocks, and Terraform keeps the resources.

    Examples:

      beep-infra rename google_redis_instance.redis_instance google_redis_instance.cache_instance

      beep-infra rename cloud_run_beep_web cloud_run_beep_app --dry-run
    """
    from beep_infra.settings import require_checkout
    from files import write_whole
    from problems import ConfigurationError
    from stacks.addresses import (
        MOVES_FILE,
        output_folder,
        part_of,
        read_moves,
        released_addresses,
        synthesized_addresses,
        vanished,
    )
    from terraform_json import SynthesizedError

    require_checkout()
    if not old or not new:
        raise Refusal("OLD and NEW are addresses or parts of them; one is empty")
    if old == new:
        raise Refusal(f"OLD and NEW are both {old}")
    try:
        released, synthesized = released_addresses(), synthesized_addresses(output_folder())
        if not synthesized:
            raise Refusal("nothing was synthesized yet; run make synth first")
        moves = read_moves()
    except (ConfigurationError, SynthesizedError) as error:
        raise Refusal(str(error)) from None
    entries: dict[tuple[str, str, str], None] = {}
    for loss in vanished(released, synthesized, moves):
        renamed = _renamed(loss.address, old, new)
        if old in loss.address and renamed in synthesized.get(loss.stack, ()):
            entries[part_of(loss.stack), loss.address, renamed] = None
    if not entries:
        raise Refusal(_nothing_to_move(old, new, released, synthesized))
    text = "".join(
        f'\n[[moved]]\npart = "{part}"\nfrom = "{before}"\nto = "{after}"\n'
        for part, before, after in entries
    )
    if dry_run:
        print(text.strip())
        return
    write_whole(MOVES_FILE, MOVES_FILE.read_text(encoding="utf-8") + text)
    for part, before, after in entries:
        print(f"{part}: {before} -> {after}")
    count = "1 move" if len(entries) == 1 else f"{len(entries)} moves"
    print(f"{count} written to {MOVES_FILE.parent.name}/{MOVES_FILE.name}; now: make synth")


def _nothing_to_move(old: str, new: str, released: Addresses, synthesized: Addresses) -> str:
    """Say why no address became another."""
    having = [a for addresses in released.values() for a in addresses if old in a]
    if not having:
        return f"no released address holds {old}; stacks/released.txt lists them"
    present = {a for addresses in synthesized.values() for a in addresses}
    still = sorted(set(having) & present)
    if still:
        return (
            f"{still[0]} is still synthesized; rename the construct and run make synth first, "
            "or it has a move already"
        )
    gone = sorted(having)[0]
    return f"{gone} is gone, but {_renamed(gone, old, new)} is not synthesized, or it has a move"


def _renamed(address: str, old: str, new: str) -> str:
    """Return an address with a part of it replaced; the type stays unless OLD has a dot."""
    if "." in old:
        return address.replace(old, new)
    kind, _, name = address.partition(".")
    return f"{kind}.{name.replace(old, new)}"
