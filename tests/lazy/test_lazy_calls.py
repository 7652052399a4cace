"""Calls into Node: what happens where Node fails, ends, calls back, or is not the known one."""

from __future__ import annotations

import json

import pytest

from tests.lazy.fake_jsii_package import node_package, write_assembly, write_package

BEGIN = """
import json, os, signal, sys, jsii_lazy
status = jsii_lazy.activate("fake_provider")["fake_provider"]
"""


def begin(name: str) -> str:
    return BEGIN.replace("fake_provider", name)


USE = """
import jsii
from fake_provider.cloud_thing_v3 import Thing
count = Thing().loaded_in_node()
short = getattr(jsii.kernel.provider._process, "_connection", None) is not None
print(json.dumps([status.calls, short, count]))
"""


def test_calls_are_short_with_a_known_jsii(site, run):
    write_package(site)
    result = run(BEGIN + USE)
    assert result.value == ["lazy", True, 1]
    assert "jsii_lazy" not in result.stderr


def test_an_unknown_jsii_is_called_as_in_stock_and_named_once(site, run):
    write_package(site)
    newer = "import jsii_lazy._versions as known; known.KNOWN_JSII = '1.0.0'\n"
    result = run(
        newer + BEGIN + USE.replace("short,", "type(jsii.kernel.provider._process).__name__,")
    )
    reason = "jsii 1.142.0 is not 1.0.0, whose messages are known here"
    assert result.value == [reason, "_NodeProcess", 1]
    assert result.stderr.count(f"jsii_lazy: {reason}") == 1


def test_where_jsii_is_asked_for_python_stacks_the_calls_are_those_of_stock(site, run):
    write_package(site)
    code = BEGIN + "print(json.dumps(status.calls))"
    assert "JSII_HOST_STACK_TRACES" in run(code, JSII_HOST_STACK_TRACES="1").value


def test_a_node_that_cannot_be_hooked_is_called_as_in_stock_and_this_is_said_once(site, run):
    write_package(site)
    preload = site / "frozen.cjs"
    preload.write_text("Object.freeze(require('node:module').prototype);")
    result = run(BEGIN + USE, NODE_OPTIONS=f"--require {json.dumps(str(preload))}")
    assert result.value[1:] == [False, 25]
    assert result.stderr.count("jsii_lazy: the Node process does not know the preload") == 1


FAIL = """
from fake_failing.cloud_thing_v3 import Thing
from jsii.errors import JavaScriptError
try:
    Thing().loaded_in_node()
except Exception as error:
    print(json.dumps([type(error).__name__, str(error), type(error.__cause__).__name__]))
"""


@pytest.mark.parametrize("switch", ["1", "0"])
def test_an_error_of_node_is_the_same_exception_as_in_stock(site, run_shared, switch):
    files = node_package("@fake/failing")
    for path, text in files.items():
        files[path] = text.replace("loaded() {", "loaded() { throw new TypeError('not today');")
    write_assembly(write_package(site, "fake_failing"), files)
    value = run_shared(begin("fake_failing") + FAIL, switch).value
    assert value == ["RuntimeError", "TypeError: not today", "JavaScriptError"]


@pytest.mark.parametrize("switch", ["1", "0"])
def test_a_fault_of_the_kernel_is_the_same_exception_as_in_stock(site, run_shared, switch):
    write_package(site, "fake_faulty")
    code = f"""{begin("fake_faulty")}
import jsii
from fake_faulty.cloud_thing_v3 import Thing
try:
    jsii.invoke(Thing(), "noSuchMethod", [])
except Exception as error:
    print(json.dumps([type(error).__name__, str(error), type(error.__cause__).__name__]))
"""
    name, text, cause = run_shared(code, switch).value
    assert (name, cause) == ("JSIIError", "JavaScriptError")
    assert "noSuchMethod" in text


def test_a_node_that_is_killed_is_an_error_that_says_so(site, run):
    write_package(site)
    code = f"""{BEGIN}
import jsii
from fake_provider.cloud_thing_v3 import Thing
thing = Thing()
process = jsii.kernel.provider._process
process._process.send_signal(signal.SIGKILL)
texts = []
for _ in range(2):
    try:
        thing.loaded_in_node()
    except Exception as error:
        texts.append(f"{{type(error).__name__}}: {{error}}")
print(json.dumps(texts))
"""
    result = run(code)
    assert result.value == ["NodeEndedError: the Node process of jsii ended with status -9"] * 2
    assert result.stderr == ""


@pytest.mark.parametrize("switch", ["1", "0"])
def test_node_calls_back_into_python_and_python_into_node_again(site, run_shared, switch):
    files = node_package("@fake/calling-back")
    for path, text in files.items():
        files[path] = text.replace(
            "neighbour() {", "neighbour() { return [this.loaded(), this.loaded()];"
        )
    write_assembly(write_package(site, "fake_calling_back"), files)
    code = f"""{begin("fake_calling_back")}
from fake_calling_back.cloud_thing_v3 import Thing
class Mine(Thing):
    def loaded_in_node(self):
        return super().loaded_in_node() + Thing().loaded_in_node()
thing = Mine()
print(json.dumps(thing.neighbour()))
"""
    assert run_shared(code, switch).value == [50, 50]
