"""``verify`` as people and pipelines start it, against servers on loopback."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import trustme
from typer.testing import CliRunner

from beep_infra.app import app
from beep_infra.output import Refusal
from results import Result, Status
from tests.google_api.fake import TOKEN, service_account_file
from tests.support import ROOT
from tests.verify.conftest import Serve, Site
from tests.verify.faults import HEALTH, PAGE, answers, at
from tests.verify.servers import Servers
from verify.checks import CHECKS
from verify.junit import junit

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def prod(serve: Serve) -> Site:
    return serve("prod")


@pytest.fixture
def verify(
    prod: Site,
    servers: Servers,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Run the command against the servers; returns exit code, stdout and stderr."""
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    key = service_account_file(tmp_path / "key.json", prod.google.endpoint)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))

    def run(*arguments: str) -> tuple[int, str, str]:
        there = [
            "--address",
            f"127.0.0.1:{servers.server_port}",
            "--endpoint",
            prod.google.endpoint,
        ]
        done = CliRunner().invoke(app, ["verify", "prod", *there, *arguments])
        assert TOKEN not in done.output
        return done.exit_code, done.stdout, done.stderr

    return run


def test_a_sound_environment_ends_with_0_and_a_fault_with_1_and_its_fix(
    prod: Site, verify: Run, tmp_path: Path
) -> None:
    code, printed, _ = verify()
    assert code == 0, printed
    assert printed.endswith(" passed\n")
    assert "0 failed, 0 warnings, 0 not checked, " in printed
    assert "\npass: pages: GET https://app.example.com/: 200\n" in printed

    answers(at(PAGE), 500, b"\x1b[31m\x00 & <oops>")(prod)
    report = tmp_path / "verify.xml"
    code, printed, _ = verify("--json", "--junit", str(report))
    assert code == 1
    document = json.loads(printed)
    assert (document["environment"], document["candidate"]) == ("prod", False)
    (failure,) = [r for r in document["results"] if r["status"] == "failure"]
    assert failure == {
        "check": "pages",
        "asked": "GET https://app.example.com/",
        "status": "failure",
        "seen": "500,  [31m  & <oops>",
        "needed": "2xx, and a text with /_next/",
        "fix": ["see docs/runbook.md#a-service-is-down"],
    }

    (suite,) = ElementTree.parse(report).getroot()
    assert suite.attrib == {
        "name": "beep-infra verify prod",
        "tests": str(len(document["results"])),
        "failures": "1",
        "errors": "0",
        "skipped": "0",
    }
    cases = [(case.get("classname"), case.get("name")) for case in suite]
    assert len(set(cases)) == len(cases)
    (case,) = suite.findall("testcase[failure]")
    assert (case.get("classname"), case.get("name")) == ("prod.pages", failure["asked"])
    assert case[0].get("message") == failure["seen"]
    assert failure["needed"] in (case[0].text or "")
    assert failure["fix"][0] in (case[0].text or "")


def test_checks_are_chosen_by_name(verify: Run) -> None:
    def names(*arguments: str) -> set[str]:
        return {r["check"] for r in json.loads(verify("--json", *arguments)[1])["results"]}

    assert names("--only", "health", "--only", "otlp cors") == {"health", "otlp cors"}
    others = [a for check in CHECKS if check.name != "redirect" for a in ("--skip", check.name)]
    assert names(*others) == {"redirect"}


def test_waiting_is_told_on_stderr(
    prod: Site, verify: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify.checks._FIRST_PAUSE_SECONDS", 0.01)
    answers(lambda request: at(HEALTH)(request) and len(prod.world.requests) < 3, 503)(prod)
    code, printed, told = verify("--only", "health", "--wait", "60", "--json")
    assert code == 0
    assert json.loads(printed)
    assert told == "1 failed; asking again in 0 s\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["stagin"], 'there is no environment "stagin"; did you mean staging?'),
        (["prod", "--only", "page"], 'no check "page"; did you mean "pages"? there are: certific'),
        (["prod", "--skip", "x"], 'no check "x"; there are: certificate, tls'),
        (["dev", "--candidate"], "set edge.candidate_hosts in environments/dev.toml"),
        (["prod", "--address", "app.example.com"], "--address: app.example.com is no IP address"),
        (["prod", "--address", "127.0.0.1:x"], "--address: 127.0.0.1:x is no IP address"),
        (["prod", "--endpoint", "https://example.com"], "--endpoint: https://example.com is not"),
    ],
)
def test_wrong_use_is_refused_with_a_reason(arguments: list[str], says: str) -> None:
    result = CliRunner().invoke(app, ["verify", *arguments])
    assert isinstance(result.exception, Refusal)
    assert says in str(result.exception)
    assert result.output == ""


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("203.0.113.7", ("203.0.113.7", None)),
        ("203.0.113.7:8443", ("203.0.113.7", 8443)),
        ("2001:db8::7", ("2001:db8::7", None)),
        ("[2001:db8::7]:8443", ("2001:db8::7", 8443)),
    ],
)
def test_an_address_is_ipv4_or_ipv6_with_or_without_a_port(
    text: str, address: tuple[str, int | None]
) -> None:
    from beep_infra.commands.verify import _address

    assert _address(text) == address


def test_warnings_and_what_was_not_checked_stand_in_junit_as_no_failures() -> None:
    results = [
        Result("headers", Status.WARNING, "lacks nosniff", "headers", "send them", "GET a"),
        Result("logs", Status.UNKNOWN, "may not look", fix="ask", asked="entries of b"),
        Result("tls", Status.PASS, "TLS 1.1 is refused", asked="c"),
    ]
    (suite,) = ElementTree.fromstring(junit(results, environment="qa"))
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
    warning, unknown, passed = suite
    assert "lacks nosniff" in (warning.findtext("system-out") or "")
    skipped = unknown.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "may not look"
    assert list(passed) == []


def test_the_page_lists_every_check() -> None:
    page = (ROOT / "docs" / "reference" / "verify.md").read_text()
    (table,) = re.findall(r"<!-- checks -->\n(.*?)<!-- end -->", page, re.DOTALL)
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert rows == [f"| `{check.name}` | {check.needs} |" for check in CHECKS]
