"""Drift: the application's own TypeScript schema held against the declared contract.

The source is parsed with tree-sitter and evaluated as far as it is constant; nothing is executed.
"""

from drift.comparison import compare
from drift.declare import declarations
from drift.report import Accepted, Finding, FindingKind, Report
from drift.source import Position, SourceError

__all__ = [
    "Accepted",
    "Finding",
    "FindingKind",
    "Position",
    "Report",
    "SourceError",
    "compare",
    "declarations",
]
