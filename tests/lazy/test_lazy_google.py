"""The proof with real bindings: the same bytes, from far fewer modules.

It uses the cache of jsii and the node that the environment names, so it can be repeated with an
empty cache (JSII_RUNTIME_PACKAGE_CACHE_ROOT) or another node (JSII_NODE).
"""

import json

import pytest

from tests.lazy.fresh import (
    PACKAGE,
    SYNTHESIZE,
    SYNTHESIZE_APP,
    Run,
    Stock,
    files_in,
    report,
    started,
)


@pytest.fixture(scope="module")
def synthesized(stock: Stock, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """What the stock process and two lazy ones, both at the same time, report and write."""
    folders = {name: tmp_path_factory.mktemp("synthesized") for name in ("lazy", "lazy too")}
    processes = {
        name: started(SYNTHESIZE, str(folder), switch="1") for name, folder in folders.items()
    }
    lazy = {name: (report(process), files_in(folders[name])) for name, process in processes.items()}
    return {"stock": stock.small, **lazy}


def test_the_synthesized_files_are_the_same_bytes(synthesized):
    _, stock = synthesized["stock"]
    document = json.loads(stock["stacks/small/cdk.tf.json"])
    assert set(document["resource"]) == {"google_cloud_run_v2_service", "google_pubsub_topic"}
    assert synthesized["lazy"][1] == synthesized["lazy too"][1] == stock


def test_far_fewer_modules_are_loaded(synthesized):
    assert synthesized["lazy"][0][:2] == ["lazy", "lazy"]
    assert synthesized["lazy"][0][2] < 20


def test_a_class_that_was_never_imported_is_found_when_node_returns_it(synthesized):
    for (*_, kind), _ in synthesized.values():
        assert kind == f"{PACKAGE}.storage_bucket.StorageBucket"


# The whole app: loading lazily changes how fast it is and nothing else.


@pytest.fixture(
    scope="module",
    params=[("wait", ["-O"]), ("node", ["-O"]), ("", []), ("", ["-O"])],
    ids=["Node", "Node with calls ahead", "Python with checks", "Python"],
)
def lazy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("lazy")
    switch, flags = request.param
    process = started(SYNTHESIZE_APP, str(folder), switch=switch, flags=flags)
    return report(process), files_in(folder)


def test_every_stack_has_the_same_bytes_with_and_without_laziness(stock: Stock, lazy: Run) -> None:
    _, expected = stock.app
    _, found = lazy
    assert len([name for name in expected if name.endswith("/cdk.tf.json")]) == 20
    assert sorted(found) == sorted(expected)
    for name, content in expected.items():
        assert found[name] == content, name


def test_the_lazy_process_loads_only_the_modules_that_the_stacks_use(lazy: Run) -> None:
    assert lazy[0][0] < 148  # a tenth of all
