"""Runs checkov over stacks and prints what it saw and found: ``python checkov_scan.py FOLDER``.

It runs with the Python of ``.venv-policy`` and imports nothing of this project, because checkov and
the app need conflicting versions of packages. FOLDER holds ``<stack>/cdk.tf.json``. The output is
JSON on stdout: one ``policy.scan.StackReport`` for each stack, by name, below ``stacks``, and
below ``checks`` the ids of the checks that checkov has for single resources.

One process scans all stacks, since starting checkov takes longer than checking. Each stack is a run
of its own: in a common run, checkov would take equal addresses of two stacks for one resource.
"""

from __future__ import annotations

import gc
import json
import logging
import sys
from pathlib import Path
from typing import Any

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.common.parsers.yaml import loader
from checkov.runner_filter import RunnerFilter
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from checkov.terraform.checks.resource.registry import resource_registry
from checkov.terraform_json.runner import TerraformJsonRunner
from networkx import DiGraph
from yaml.constructor import SafeConstructor
from yaml.cyaml import CParser
from yaml.resolver import Resolver

CANARY = "BEEP_CANARY"


class Canary(BaseResourceCheck):
    """A check that passes for every resource, and records which resources checkov visited."""

    def __init__(self) -> None:
        super().__init__("Every resource is seen", CANARY, [CheckCategories.CONVENTION], ["*"])
        self.seen: set[str] = set()

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Record the address of a resource."""
        _, kind, name = self.entity_path.rsplit(":", 2)
        self.seen.add(f"{kind}.{name}")
        return CheckResult.PASSED


class LineLoader(CParser, loader.SafeLineLoader):
    """checkov's loader of JSON, which it reads as YAML, on the parser of libyaml.

    With the parser in Python, this is a third of the time of a scan.
    """

    def __init__(self, stream: str) -> None:
        CParser.__init__(self, stream)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)


class Errors(logging.Handler):
    """Keeps checkov's error log: a check that crashes is logged, and missing in the report."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        self.messages.append(record.getMessage())


def scan(folder: Path, canary: Canary, errors: Errors) -> dict[str, Any]:
    """Run every check over the stack in ``folder``."""
    canary.seen = set()
    errors.messages = []
    report = TerraformJsonRunner().run(
        root_folder=str(folder), runner_filter=RunnerFilter(framework=["terraform_json"])
    )
    # Python checks give the name without the type; a name is unique within a stack.
    by_name = {address.partition(".")[2]: address for address in canary.seen}
    return {
        "parsing_errors": report.parsing_errors,
        "errors": errors.messages,
        "seen": sorted(canary.seen),
        "passed": sum(record.check_id != CANARY for record in report.passed_checks),
        "failed": [
            {
                "check": record.check_id,
                "title": record.check_name,
                "address": by_name.get(record.resource.rpartition(".")[2], record.resource),
            }
            for record in report.failed_checks
        ],
    }


def main() -> None:
    """Scan each stack below the folder that is the first argument."""
    # What checkov loads stays, and looking through it for garbage took a fifth of the time.
    gc.freeze()
    canary, errors = Canary(), Errors()
    logging.root.handlers = [errors]
    # Some checks look for connected resources; for JSON they get no graph, and crash.
    resource_registry.graph = DiGraph()
    loader.SafeLineLoader = LineLoader
    stacks = sorted(path.parent for path in Path(sys.argv[1]).glob("*/cdk.tf.json"))
    reports = {stack.name: scan(stack, canary, errors) for stack in stacks}
    by_type = resource_registry.checks.values()
    known = sorted({check.id for checks in by_type for check in checks})
    json.dump({"checks": known, "stacks": reports}, sys.stdout)


if __name__ == "__main__":
    main()
