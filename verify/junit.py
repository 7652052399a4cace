"""Results as JUnit XML, which CI systems show: a test case for each question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree

from results import Result, Status


def junit(results: Sequence[Result], *, environment: str) -> bytes:
    """Return the results as a document; what could not be checked counts as skipped."""
    counts = Counter(result.status for result in results)
    numbers = {
        "tests": str(len(results)),
        "failures": str(counts[Status.FAILURE]),
        "errors": "0",
        "skipped": str(counts[Status.UNKNOWN]),
    }
    name = f"beep-infra verify {environment}"
    root = ElementTree.Element("testsuites", {"name": name, **numbers})
    suite = ElementTree.SubElement(root, "testsuite", {"name": name, **numbers})
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"{environment}.{result.check}", name=result.asked
        )
        details = "\n".join(
            (f"needed: {result.needed}", *(f"fix: {line}" for line in result.fix.splitlines()))
        )
        if result.status is Status.FAILURE:
            failure = ElementTree.SubElement(case, "failure", message=result.seen)
            failure.text = details
        elif result.status is Status.UNKNOWN:
            ElementTree.SubElement(case, "skipped", message=result.seen)
        elif result.status is Status.WARNING:
            out = ElementTree.SubElement(case, "system-out")
            out.text = f"warning: {result.seen}\n{details}"
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
