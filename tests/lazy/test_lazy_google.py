"""The proof with real bindings: the same bytes, from far fewer modules.

It uses the cache of jsii and the node that the environment names, so it can be repeated with an
empty cache (JSII_RUNTIME_PACKAGE_CACHE_ROOT) or another node (JSII_NODE).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import jsii_lazy

PACKAGE = "cdktf_cdktf_provider_google"

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


@pytest.fixture(scope="module")
def synthesized(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[list[str], dict[str, bytes]]]:
    """What one stock and two lazy processes, all at the same time, report and write."""
    library = str(Path(jsii_lazy.__file__).parents[1])
    processes = {}
    for name, switch in {"stock": "0", "lazy": "1", "lazy too": "1"}.items():
        output = tmp_path_factory.mktemp("synthesized") / "out"
        environment = os.environ | {"PYTHONPATH": library, "JSII_LAZY": switch}
        command = [sys.executable, "-c", SYNTHESIZE, str(output)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)
        processes[name] = output, process
    results = {}
    for name, (output, process) in processes.items():
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, stderr
        results[name] = json.loads(stdout.splitlines()[-1]), files_in(output)
    return results


def files_in(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in paths}


def test_the_synthesized_files_are_the_same_bytes(synthesized):
    _, stock = synthesized["stock"]
    document = json.loads(stock["stacks/small/cdk.tf.json"])
    assert set(document["resource"]) == {"google_cloud_run_v2_service", "google_pubsub_topic"}
    assert synthesized["lazy"][1] == synthesized["lazy too"][1] == stock


def test_far_fewer_modules_are_loaded(synthesized):
    assert synthesized["stock"][0][2] > 1000
    assert synthesized["lazy"][0][:2] == ["lazy", "lazy"]
    assert synthesized["lazy"][0][2] < 20


def test_a_class_that_was_never_imported_is_found_when_node_returns_it(synthesized):
    for (*_, kind), _ in synthesized.values():
        assert kind == f"{PACKAGE}.storage_bucket.StorageBucket"
