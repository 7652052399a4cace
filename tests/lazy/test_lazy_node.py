"""The Node half, with a real node and the real kernel of jsii."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

import jsii_lazy
from tests.lazy.conftest import Start
from tests.lazy.fake_jsii_package import (
    MODULES,
    node_package,
    npm_name,
    write_assembly,
    write_package,
)

LIBRARY = Path(jsii_lazy.__file__).parent
HOOK = LIBRARY / "lazy_index.cjs"

# Prints how many modules of the package Node has loaded, and what activate() said.
COUNT = """
import json, os, sys, jsii_lazy
environment = dict(os.environ)
node = jsii_lazy.activate("fake_provider")["fake_provider"].node
from fake_provider.cloud_thing_v3 import Thing
count = Thing().loaded_in_node()
print(json.dumps([count, node, dict(os.environ) == environment]))
"""
LAZY, STOCK = 1, len(MODULES)


@pytest.fixture
def library(tmp_path):
    return _copy_of_the_library(tmp_path)


def _copy_of_the_library(folder: Path) -> Path:
    """A copy of jsii_lazy, in a directory with a space and quotes in its name."""
    path = folder / "a 'copy' \"of\" jsii_lazy"
    shutil.copytree(LIBRARY, path / "jsii_lazy")
    return path


class Hooked(NamedTuple):
    """A process with packages of three forms and with much in its environment."""

    counts: dict[str, int]
    """How many modules of each package Node has loaded."""
    node: str
    is_environment_kept: bool
    temporary_files: list[Path]
    stderr: str


@pytest.fixture(scope="module")
def hooked(start_in: Start, tmp_path_factory: pytest.TempPathFactory) -> Hooked:
    """One process for what does not get in each other's way: Node is hooked, or not."""
    folder = tmp_path_factory.mktemp("hooked")
    write_package(folder)
    for name, change in (("fake_newer", _of_a_newer_compiler), ("fake_other", _of_another_form)):
        files = node_package(npm_name(name))
        files["lib/index.js"] = change(files["lib/index.js"])
        write_assembly(write_package(folder, name), files)
    preload = folder / "users own.cjs"
    preload.write_text("console.error('the preload of the user');")
    quoted = json.dumps(str(preload))  # NODE_OPTIONS takes double quotes and backslashes
    temporary = folder / "temporary"
    temporary.mkdir()
    code = f"""
import jsii_lazy
jsii_lazy.activate("fake_newer", "fake_other")
{COUNT}
import fake_newer.cloud_thing_v3, fake_other.cloud_thing_v3
counts = {{
    "fake_provider": count,
    "fake_newer": fake_newer.cloud_thing_v3.Thing().loaded_in_node(),
    "fake_other": fake_other.cloud_thing_v3.Thing().loaded_in_node(),
}}
print(json.dumps([counts, node, dict(os.environ) == environment]))
"""
    process = start_in(
        folder,
        folder,
        code,
        library=_copy_of_the_library(folder),
        JSII_LAZY="debug",
        NODE_OPTIONS=f"--no-deprecation --require {quoted}",
        TMPDIR=str(temporary),
    )
    stdout, stderr = process.communicate(timeout=60)
    assert process.returncode == 0, stderr
    counts, node, is_environment_kept = json.loads(stdout.splitlines()[-1])
    return Hooked(counts, node, is_environment_kept, list(temporary.iterdir()), stderr)


def _of_a_newer_compiler(index: str) -> str:
    wrapped = re.sub(r"= (require\(.*\));", r"= __importStar(\1);", index)
    return f"{wrapped}\nfunction __importStar(module) {{ return module; }}"


def _of_another_form(index: str) -> str:
    return index.replace("exports.", "module.exports.")


def test_node_loads_only_the_modules_that_are_used(site, run, run_shared):
    write_package(site)
    result = run(COUNT)
    assert result.value == [LAZY, "lazy", True]
    # That a jsii is not known is said in any case.
    said = [line for line in result.stderr.splitlines() if line.startswith("jsii_lazy: ")]
    assert [line for line in said if not line.startswith("jsii_lazy: jsii ")] == []
    write_package(site, "fake_loaded")
    stock = run_shared(COUNT.replace("fake_provider", "fake_loaded"), "0")
    assert stock.value == [STOCK, "turned off by JSII_LAZY=0", True]


def test_the_debug_switch_says_what_changed_in_node(hooked):
    text = "jsii_lazy: @fake/provider: 25 modules are loaded when they are used"
    assert text in hooked.stderr


def test_the_users_own_node_options_survive_and_are_not_touched(hooked):
    assert hooked.counts["fake_provider"] == LAZY
    assert hooked.is_environment_kept
    assert "the preload of the user" in hooked.stderr


def test_it_works_from_a_path_with_spaces_and_quotes(hooked):
    assert (hooked.counts["fake_provider"], hooked.node) == (LAZY, "lazy")


def test_a_missing_hook_leaves_node_as_it_is(site, run, library):
    write_package(site)
    (library / "jsii_lazy" / "lazy_index.cjs").unlink()
    expected = [STOCK, "lazy_index.cjs is not a file here", True]
    assert run(COUNT, library=library).value == expected


def test_a_node_that_cannot_be_hooked_is_left_as_it_is(site, run):
    write_package(site)
    preload = site / "frozen.cjs"
    preload.write_text("Object.freeze(require('node:module').prototype);")
    result = run(COUNT, JSII_LAZY="debug", NODE_OPTIONS=f"--require {json.dumps(str(preload))}")
    assert result.value == [STOCK, "lazy", True]
    assert "jsii_lazy: nothing is changed: TypeError" in result.stderr


def test_a_kernel_that_runs_already_means_only_the_python_half(site, run_shared):
    write_package(site, "fake_late")
    write_package(site, "fake_early", init="from ._jsii import *\n")
    code = f"""
import fake_early
{COUNT.replace("fake_provider", "fake_late")}
print(json.dumps([node, jsii_lazy.status()["fake_late"].python, count,
                  sum(m.startswith("fake_late.cloud") for m in sys.modules)]))
"""
    expected = ["the Node process of jsii is already running", "lazy", STOCK, 1]
    assert run_shared(code).value == expected


def test_a_package_named_after_the_kernel_started_gets_only_the_python_half(site, run_shared):
    write_package(site, "fake_first")
    write_package(site, "fake_second")
    code = f"""{COUNT.replace("fake_provider", "fake_first")}
late = jsii_lazy.activate("fake_second")["fake_second"]
print(json.dumps([late.python, late.node]))
"""
    assert run_shared(code).value == ["lazy", "the Node process of jsii is already running"]


def test_another_runtime_is_left_alone(site, run):
    write_package(site)
    code = """
import json, jsii_lazy
print(json.dumps(jsii_lazy.activate("fake_provider")["fake_provider"].node))
"""
    expected = "JSII_RUNTIME asks for another runtime"
    assert run(code, JSII_RUNTIME="/somewhere/else.js").value == expected


def test_a_jsii_that_starts_node_in_another_way_is_left_alone(site, run):
    write_package(site)
    code = """
import json, jsii_lazy, jsii._kernel.providers.process as process
del process.subprocess
print(json.dumps(jsii_lazy.activate("fake_provider")["fake_provider"].node))
"""
    assert run(code).value.startswith("this jsii starts its Node process in another way")


def test_an_index_of_a_newer_compiler_is_lazy_too(hooked):
    assert (hooked.counts["fake_newer"], hooked.node) == (LAZY, "lazy")


def test_an_index_of_another_form_loads_as_before(hooked):
    assert (hooked.counts["fake_other"], hooked.node) == (STOCK, "lazy")


def test_two_processes_at_once_share_an_empty_cache_and_then_a_warm_one(site, start, tmp_path):
    write_package(site)
    for _ in ("empty", "warm"):
        processes = [start(COUNT), start(COUNT)]
        outputs = [process.communicate(timeout=60)[0] for process in processes]
        assert [json.loads(output) for output in outputs] == [[LAZY, "lazy", True]] * 2
    assert (tmp_path / "cache" / "@fake" / "provider").is_dir()


def test_it_works_without_the_cache_of_jsii(site, run):
    write_package(site)
    assert run(COUNT, JSII_RUNTIME_PACKAGE_CACHE="disabled").value == [LAZY, "lazy", True]


def test_no_file_stays_behind_in_the_temporary_directory(hooked):
    assert hooked.counts["fake_provider"] == LAZY
    assert hooked.temporary_files == []


# The preloaded file alone, in plain node


@pytest.fixture
def evaluate(tmp_path, node):
    """Evaluate JavaScript after the hook was set for @fake/provider; `pkg` is its directory."""
    package = tmp_path / "pkg"
    for path, text in node_package().items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(text)

    def evaluate_expression(expression: str, npm_name: str = "@fake/provider") -> object:
        script = f"""
            require({json.dumps(str(HOOK))});
            const pkg = {json.dumps(str(package))};
            const count = () => Object.keys(require.cache).filter((f) => /cloud-thing/.test(f))
              .length;
            console.log(JSON.stringify({expression}));
        """
        environment = {key: os.environ[key] for key in os.environ if key != "NODE_OPTIONS"}
        environment["JSII_LAZY_PACKAGES"] = npm_name
        output = subprocess.run(
            [node, "-e", script], env=environment, check=True, capture_output=True, text=True
        ).stdout
        return json.loads(output)

    evaluate_expression.package = package  # type: ignore[attr-defined]
    return evaluate_expression


def test_every_export_stays_visible_without_being_loaded(evaluate):
    names = evaluate("Object.keys(require(pkg))", npm_name="@fake/other")
    assert len(names) == 25
    assert evaluate("[Object.keys(require(pkg)), count()]") == [names, 0]
    assert evaluate("[Object.values(require(pkg)).length, count()]") == [25, 25]


def test_an_export_is_the_module_itself_each_time(evaluate):
    same = "p.cloudThingV3 === p.cloudThingV3 && p.cloudThingV3 === require(file)"
    expression = f"((p, file) => [{same}, count()])(require(pkg), pkg + '/lib/cloud-thing-v3')"
    assert evaluate(expression) == [True, 1]


def test_an_export_that_was_used_is_a_plain_property_as_in_stock(evaluate):
    look = "Object.getOwnPropertyDescriptor(p, 'cloudThingV3')"
    expression = f"((p) => [p.cloudThingV3, {look}])(require(pkg))"
    assert evaluate(expression) == evaluate(expression, npm_name="@fake/other")


def test_the_index_of_another_package_is_not_touched(evaluate):
    expression = "[Object.keys(require(pkg)).length, count()]"
    assert evaluate(expression, npm_name="@fake/other") == [25, 25]


def test_a_file_that_is_not_the_index_of_its_package_is_not_touched(evaluate):
    index = evaluate.package / "lib" / "index.js"
    inner = index.parent / "inner" / "index.js"
    inner.parent.mkdir()
    inner.write_text(index.read_text().replace('"./', '"./../'))
    assert evaluate("[Object.keys(require(pkg + '/lib/inner')).length, count()]") == [25, 25]


def test_an_index_without_a_manifest_is_not_touched(evaluate):
    (evaluate.package / "package.json").unlink()
    assert evaluate("[Object.keys(require(pkg + '/lib/index.js')).length, count()]") == [25, 25]


def test_lines_of_another_form_keep_their_meaning_and_their_number(evaluate):
    index = evaluate.package / "lib" / "index.js"
    lines = [
        *index.read_text().splitlines(),
        'exports.now = require("./cloud-thing-v5").Thing;',
        "exports.line = new Error().stack.match(/index\\.js:(\\d+)/)[1];",
    ]
    index.write_text("\n".join(lines))
    expression = "((p) => [count(), p.now === p.cloudThingV5.Thing, Number(p.line)])(require(pkg))"
    assert evaluate(expression) == [1, True, len(lines)]
