"""Fresh processes that synthesize with the real bindings, lazily or not.

The stock bindings take so long to load that one process of them serves the whole session.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii_lazy

REPOSITORY = Path(jsii_lazy.__file__).parents[1]
PACKAGE = "cdktf_cdktf_provider_google"

Files = dict[str, bytes]
Run = tuple[list[Any], Files]
"""What a process reports, and what it writes."""

SYNTHESIZE = f"""
import json, sys, jsii_lazy
known = jsii_lazy.activate("{PACKAGE}")["{PACKAGE}"]

import jsii
from cdktf import App, TerraformOutput, TerraformStack
from {PACKAGE}.cloud_run_v2_service import CloudRunV2Service
from {PACKAGE}.provider import GoogleProvider
from {PACKAGE}.pubsub_topic import PubsubTopic

app = App(outdir=sys.argv[1])
stack = TerraformStack(app, "small")
GoogleProvider(stack, "google", project="some-project", region="europe-west1")
topic = PubsubTopic(stack, "topic", name="events", labels={{"team": "one"}})
service = CloudRunV2Service(
    stack,
    "service",
    name="web",
    location="europe-west1",
    template={{"containers": [{{"image": "web:1", "env": [{{"name": "T", "value": topic.id}}]}}]}},
)
TerraformOutput(stack, "uri", value=service.uri)
app.synth()
modules = sum(name.startswith("{PACKAGE}.") for name in sys.modules)


# What a construct looks like that was made in Node, of a class that Python has not imported.
class Foreign:
    __jsii_type__ = "@cdktf/provider-google.storageBucket.StorageBucket"


foreign = Foreign()
jsii.create(Foreign, foreign, [stack, "bucket", {{"name": "bucket", "location": "EU"}}])
del jsii._reference_map._refs._refs[foreign.__jsii_ref__.ref]
kind = type(stack.node.find_child("bucket"))

print(json.dumps([known.python, known.node, modules, f"{{kind.__module__}}.{{kind.__name__}}"]))
"""

# The app as `main.py` runs it, and how much it loaded: else lazy might be compared with lazy.
SYNTHESIZE_APP = f"""
import json, os, sys
os.environ["CDKTF_OUTDIR"] = sys.argv[-1]
from main import main
main()
print(json.dumps([sum(name.startswith("{PACKAGE}.") for name in sys.modules)]))
"""


# Turned off by JSII_LAZY=0, the package may still do this for Python alone.
PYTHON_HALF = f"""
from jsii_lazy import _python
reason = _python.make_lazy(_python.find("{PACKAGE}"))  # without `assert`, which -O leaves out
if reason:
    raise RuntimeError(reason)
"""


@dataclass(frozen=True)
class Stock:
    """The one stock process: first the whole app, then the small stack."""

    app: Run
    small: Run


def run_stock(folder: Path) -> Stock:
    """Synthesize both in one process, answered by stock jsii, with all of the bindings in Node.

    In Python, what nobody uses is not imported: it cannot change a byte, and takes half a minute.
    Nor are types checked: a process that checks them is compared.
    """
    small, app = folder / "small", folder / "app"
    code = PYTHON_HALF + SYNTHESIZE_APP + SYNTHESIZE
    process = started(code, str(small), str(app), switch="0", flags=["-O"])
    of_app, of_small = reports(process)
    return Stock((of_app, files_in(app)), (of_small, files_in(small)))


def environment(switch: str) -> dict[str, str]:
    """Return the environment of a process that uses the real bindings."""
    return os.environ | {"PYTHONPATH": str(REPOSITORY), "JSII_LAZY": switch}


def started(
    code: str, *arguments: str, switch: str, flags: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """Start Python code that writes to the folders that it is given."""
    return subprocess.Popen(
        [sys.executable, *flags, "-c", code, *arguments],
        env=environment(switch),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def reports(process: subprocess.Popen[str]) -> list[list[Any]]:
    """Wait for a process; return its lines of output, which are JSON."""
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return [json.loads(line) for line in stdout.splitlines()]


def report(process: subprocess.Popen[str]) -> list[Any]:
    """Wait for a process that prints one line."""
    return reports(process)[-1]


def files_in(folder: Path) -> Files:
    """Return every file of a folder, by its path there."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
