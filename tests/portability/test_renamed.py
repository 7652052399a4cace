"""One seam: imports of cdktf are answered by CDK Terrain's packages where that is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from constructs_lib import renamed
from tests.support import ROOT

PACKAGES = {
    "cdktn/__init__.py": "class App: ...\n",
    "cdktn_provider_google/__init__.py": "from . import _jsii\n",
    "cdktn_provider_google/_jsii.py": "",
    "cdktn_provider_google/pubsub_topic/__init__.py": (
        "import cdktn\n\nprint('loaded', __name__)\n\n\nclass PubsubTopic: ...\n"
    ),
}
"""Laid out as the real ones, which take a minute to install."""

PROGRAM = """
import sys
from constructs_lib import renamed
renamed.answer_imports(renamed.requested())
import cdktf
from cdktf_cdktf_provider_google.pubsub_topic import PubsubTopic
import cdktf_cdktf_provider_google as old
import cdktn, cdktn_provider_google
from cdktn_provider_google.pubsub_topic import PubsubTopic as New
assert cdktf is cdktn
assert old is cdktn_provider_google
assert PubsubTopic is New
assert old.pubsub_topic.__spec__.name == "cdktn_provider_google.pubsub_topic"
try:
    import cdktf_cdktf_provider_google.pubsub_topik
except ModuleNotFoundError as error:
    print(error.name)
"""


def _run(folder: Path, program: str, asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", program],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{folder}:{ROOT}", renamed.VARIABLE: asked},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_module_of_the_new_name_is_loaded_once_and_is_the_one_that_is_imported(
    tmp_path: Path,
) -> None:
    for name, text in PACKAGES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    done = _run(tmp_path, PROGRAM, "cdktn")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "loaded cdktn_provider_google.pubsub_topic",
        "cdktn_provider_google.pubsub_topik",
    ]


def test_without_the_variable_cdktf_is_answered_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(renamed.VARIABLE, raising=False)
    before = list(sys.meta_path)
    renamed.answer_imports(renamed.requested())
    assert sys.meta_path == before
    assert not renamed.has_google(7)


def test_bindings_that_are_not_known_are_refused_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(renamed.VARIABLE, "pulumi")
    with pytest.raises(renamed.UnknownBindingsError) as refused:
        renamed.requested()
    assert str(refused.value).splitlines() == [
        "BEEP_BINDINGS is pulumi, which names no bindings",
        "    allowed: cdktf, cdktn",
        "    fix: unset BEEP_BINDINGS, or set it to one of these",
    ]


@pytest.mark.parametrize(
    ("bindings", "google"), [("17.0.0", 6), ("18.0.0", 7), ("20.3.1", 7), ("21.1.0", 8)]
)
def test_the_provider_follows_from_the_version_of_the_bindings(
    bindings: str, google: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = tmp_path / f"cdktn_provider_google-{bindings}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Name: cdktn-provider-google\nVersion: {bindings}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv(renamed.VARIABLE, "cdktn")
    assert [major for major in (7, 8) if renamed.has_google(major)] == [
        major for major in (7, 8) if major <= google
    ]
