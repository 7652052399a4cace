"""Whatever a dotenv file holds, the command ends in findings or in one message.

``pytest --hypothesis-profile=long tests/envfile/test_fuzz.py`` tries 10,000 files instead of 150.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO, StringIO
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from beep_infra.commands import env_check
from beep_infra.output import FINDINGS, USAGE, Refusal
from envfile import Target
from envschema import CONTRACT, Feature, Version, contract, legacy_names
from tests.envfile import samples

COUNT = max(150, settings().max_examples)
_NAMES = sorted({*CONTRACT, *contract(Version.V2026_02), *legacy_names(Version.V2025_12)})
_ODD = st.sampled_from(
    [
        *("", " ", "\t", "=", "==", "export ", "export", "#", "'", '"', "`", "\\", "\\\\", "\\n"),
        *("$", "${", "${A}", "${A:-", "${A:-${B}}", "$(x)", "$A", "}", "{", "\r", "\x00", "\u00a0"),
        *("\ufeff", "\u2028", "\ud800", "\U0001f600", "\u0661", "\x85", "\x1c", "\u0130"),
        *(
            "https://",
            "https://[",
            "https://[::1%25a]",
            "http://a:99999",
            "redis://:@",
            "//",
            "://",
        ),
        *("postgresql://u:p@h:x/d", "rediss://:%zz@h", "https://xn--a", "https://a.1", "%", ","),
        *(
            "user__",
            "user__00000000-0000-4000-8000-000000000001",
            ",,",
            "github, google",
            "/api//a",
        ),
        *("PLACE_HOLDER", "<a>", "sk_live_1", "x" * 400, " " * 300, "9" * 5000, "\u212a", "ß"),
    ]
)
_TEXTS = st.lists(_ODD | st.text(max_size=8), max_size=6).map("".join)
_LINES = st.builds(
    "{}{}{}{}{}{}".format,
    st.sampled_from(["", "export ", " ", "\ufeff"]),
    st.sampled_from(_NAMES)
    | st.text(max_size=6)
    | st.sampled_from(["A", "B", "a-b", "NEXT_PUBLIC_X"]),
    st.sampled_from(["=", " = ", "", ":", "= "]),
    st.sampled_from(["", "'", '"', "`"]),
    _TEXTS | st.sampled_from([f"${{{name}}}" for name in _NAMES]),
    st.sampled_from(["", "'", '"', " # x", "#"]),
)
_FILES = st.one_of(
    st.binary(max_size=400),
    st.lists(_LINES, max_size=12).map("\n".join).map(lambda t: t.encode("utf-8", "surrogatepass")),
    st.lists(_LINES, max_size=12).map("\r".join).map(lambda t: t.encode("utf-8", "replace")),
    st.text(max_size=100).map(lambda t: t.encode("utf-16", "surrogatepass")),
    _TEXTS.map(lambda t: t.encode("utf-8", "surrogatepass")),
)
_TARGETS = st.builds(
    Target,
    name=st.sampled_from(["dev", "prod"]),
    is_live=st.booleans(),
    version=st.sampled_from(Version),
    features=st.frozensets(st.sampled_from(Feature)),
    hosts=st.just(samples.PROD.hosts),
    auth_path=st.sampled_from([None, "/api/v1/auth"]),
    redis_scheme=st.sampled_from([None, "redis", "rediss"]),
)


@settings(max_examples=COUNT, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(
    content=_FILES,
    target=st.none() | _TARGETS,
    side=st.sampled_from(env_check.SideName),
    version=st.sampled_from([None, *Version]),
)
def test_any_file_ends_in_findings_or_in_one_message(
    content: bytes, target: Target | None, side: env_check.SideName, version: Version | None
) -> None:
    status, printed, message = _run(content, target, side, version)
    if message is not None:
        assert message.startswith("-: ")
        assert message.isprintable()
        return
    report = json.loads(printed)
    assert status == (FINDINGS if report["findings"] else 0)
    lines = content.count(b"\n") + content.count(b"\r") + 1
    for finding in report["findings"]:
        assert finding["what"]
        assert finding["fix"]
        assert finding["line"] is None or 1 <= finding["line"] <= lines


def _run(
    content: bytes, target: Target | None, side: env_check.SideName, version: Version | None
) -> tuple[int, str, str | None]:
    """Return the exit code and output of the command, or the message with which it refuses."""
    printed = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", SimpleNamespace(buffer=BytesIO(content)))
        patch.setattr(sys, "stdout", printed)
        # An environment that was drawn, in place of one that is read from its file.
        patch.setattr("beep_infra.settings.target", lambda name: target)
        arguments: dict[str, Any] = {
            "file": "-",
            "side": side,
            "env": None if target is None else "prod",
            "contract": version,
            "as_json": True,
        }
        try:
            env_check.check(**arguments)
        except typer.Exit as leaving:
            return leaving.exit_code, printed.getvalue(), None
        except Refusal as refusal:
            return USAGE, "", str(refusal)
    return 0, printed.getvalue(), None
