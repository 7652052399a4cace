"""The proof that loading lazily changes how fast the app is and nothing else."""

from __future__ import annotations

import pytest

from tests.lazy.fresh import SYNTHESIZE_APP, Run, Stock, files_in, report, started


@pytest.fixture(scope="module")
def lazy(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("lazy")
    return report(started(SYNTHESIZE_APP, str(folder), switch="1")), files_in(folder)


def test_every_stack_has_the_same_bytes_with_and_without_laziness(stock: Stock, lazy: Run) -> None:
    _, expected = stock.app
    _, found = lazy
    assert len([name for name in expected if name.endswith("/cdk.tf.json")]) == 19
    assert sorted(found) == sorted(expected)
    for name, content in expected.items():
        assert found[name] == content, name


def test_the_lazy_process_loads_only_the_modules_that_the_stacks_use(
    stock: Stock, lazy: Run
) -> None:
    assert stock.app[0][0] > 1000
    assert lazy[0][0] < 60
