"""jsii's kernel without the relay: the same streams, the same end, one process fewer."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from tests.lazy.conftest import Start
from tests.lazy.fake_jsii_package import node_package, npm_name, write_assembly, write_package

DESCENDANTS = """
import json, os, sys
from pathlib import Path
import jsii_lazy
jsii_lazy.activate("fake_provider")

def descendants(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *descendants(child)]
    return found
"""
USE = """
from fake_provider.cloud_thing_v3 import Thing
assert Thing().loaded_in_node() > 0
print(json.dumps(descendants(os.getpid())), flush=True)
"""
# Stock jsii would warn of Node 20 at length.
QUIET = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}


def _saying(site: Path, code: str, name: str = "fake_provider") -> None:
    """Write a package whose method `loaded` runs this code in the kernel."""
    files = node_package(npm_name(name))
    for path, text in files.items():
        files[path] = text.replace("loaded() {", f"loaded() {{ {code};")
    write_assembly(write_package(site, name), files)


@pytest.fixture(scope="module", params=["1", "0"])
def printed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, start_in: Start
) -> tuple[str, str]:
    """What a process prints whose kernel prints short and long texts, and what it says."""
    folder = tmp_path_factory.mktemp("printed")
    _saying(
        folder,
        "console.log('printed\\n twice'); console.error('an error'); "
        "console.log('x'.repeat(50_000)); "
        "require('node:child_process').execSync('echo from a child', { stdio: 'inherit' })",
    )
    process = start_in(folder, folder, DESCENDANTS + USE, JSII_LAZY=request.param, **QUIET)
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0
    return stdout, stderr


def test_one_node_process_serves_python(site, run):
    write_package(site)
    assert len(run(DESCENDANTS + USE).value) == 1
    assert len(run(DESCENDANTS + USE, JSII_LAZY="0").value) == 2


def test_the_relay_is_used_where_the_kernel_cannot_be_started_directly(site, run):
    write_package(site)
    code = f"{DESCENDANTS}\nimport jsii_lazy._kernel\njsii_lazy._kernel._SHELL = '/no/shell'\n{USE}"
    assert len(run(code).value) == 2


def test_what_node_prints_goes_to_the_same_streams_as_with_the_relay(printed):
    stdout, stderr = printed
    for text in ("printed\n twice\n", "from a child\n"):
        assert text in stdout
    said = [line for line in stderr.splitlines() if not line.startswith("jsii_lazy: jsii ")]
    assert said == ["an error"]


def test_a_long_text_arrives_whole(printed):
    stdout, _ = printed
    assert stdout.count("x") == 50_000


@pytest.mark.parametrize("switch", ["1", "0"])
def test_an_error_in_node_is_an_error_in_python(site, run_shared, switch):
    _saying(site, "throw new Error('not today')", "fake_throwing")
    code = f"""{DESCENDANTS.replace("fake_provider", "fake_throwing")}
from fake_throwing.cloud_thing_v3 import Thing
try:
    Thing().loaded_in_node()
except RuntimeError as error:
    print(json.dumps(str(error)))
"""
    assert run_shared(code, switch).value == "Error: not today"


def test_node_ends_when_python_is_killed(site, start):
    write_package(site)
    process = start(f"{DESCENDANTS}{USE}\nimport time\ntime.sleep(60)")
    (kernel,) = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    _wait_for_the_end_of(kernel)


def _wait_for_the_end_of(pid: int) -> None:
    for _ in range(200):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return
        if state == "Z":  # ended; whoever adopted it has not looked yet
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    raise AssertionError("the kernel outlived Python")


@pytest.mark.parametrize("switch", ["1", "0"])
def test_a_node_that_is_not_there_is_told_as_by_jsii(site, start, switch):
    write_package(site)
    process = start(DESCENDANTS + USE, JSII_LAZY=switch, JSII_NODE="/no/such/node")
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "FileNotFoundError" in stderr
    assert "'/no/such/node'" in stderr
