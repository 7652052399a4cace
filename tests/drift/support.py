"""Reading a piece of TypeScript, for the tests."""

from __future__ import annotations

from pathlib import Path

import drift
from drift.facts import Facts

SOURCE = Path(__file__).parent / "source"
SERVER = SOURCE / "ServerEnv.ts"
CLIENT = SOURCE / "ClientEnv.ts"

IMPORTS = """
import { EnvValue, LogFormat } from "@beep/constants";
import * as Config from "effect/Config";
import * as ConfigProvider from "effect/ConfigProvider";
import * as Effect from "effect/Effect";
import * as F from "effect/Function";
import { pipe, flow } from "effect";
import * as Duration from "effect/Duration";
import * as LogLevel from "effect/LogLevel";
import * as O from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as S from "effect/Schema";
"""


def report_of(directory: Path, text: str, name: str = "ServerEnv.ts") -> drift.Report:
    """Compare a text with an empty contract."""
    path = directory / name
    path.write_text(text)
    return drift.compare([path], contract={}, deviations=())


def facts_of(directory: Path, expression: str, *, before: str = "") -> dict[str, Facts]:
    """Return what an exported config reads, all of it understood."""
    report = report_of(directory, f"{IMPORTS}{before}\nexport const config = {expression};\n")
    assert troubles_of(report) == []
    return dict(report.facts)


def troubles_of(report: drift.Report) -> list[str]:
    """Return what was not understood, as lines and messages."""
    kinds = {drift.FindingKind.NOT_UNDERSTOOD, drift.FindingKind.SYNTAX}
    return [f"{item.position.line}: {item.what}" for item in report.findings if item.kind in kinds]
