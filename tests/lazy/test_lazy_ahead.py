"""Calls sent ahead: nothing happens after a failure, and the failure shows where it came from."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.lazy.fresh import PACKAGE, environment
from tests.lazy.interpreter import Interpreter

BEGIN = f"""
import json, os, signal, sys, traceback, jsii_lazy
jsii_lazy.activate("{PACKAGE}")
import jsii
from constructs import Construct, RootConstruct

process = jsii.kernel.provider._process
stack = RootConstruct()


def names():
    return [child.node.id for child in stack.node.children]


def failure(action):
    try:
        action()
    except Exception as error:
        return error


"""


def run(code: str, *flags: str, switch: str = "1") -> subprocess.CompletedProcess[str]:
    """Run code after the beginning, in a fresh process; without a flag nothing goes ahead."""
    return subprocess.run(
        [sys.executable, *(flags or ["-O"]), "-c", BEGIN + code],
        env=environment(switch),
        capture_output=True,
        text=True,
        timeout=300,
    )


def printed(shared: Interpreter, code: str) -> Any:
    """Run code that leaves Node running; its last line of output is JSON, and it says no more."""
    output = shared.run(BEGIN + code)
    assert output.stderr == ""
    return output.value


def printed_alone(code: str, *flags: str, switch: str = "1") -> Any:
    """Run such code in a process of its own."""
    process = run(code, *flags, switch=switch)
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    return json.loads(process.stdout.splitlines()[-1])


UNREAD = """
Construct(stack, "a")
Construct(stack, "b")
print(json.dumps([len(process._ahead), names(), len(process._ahead)]))
"""


def test_constructs_do_not_wait_for_node(shared: Interpreter) -> None:
    unread, names, later = printed(shared, UNREAD)
    assert unread >= 2
    assert names == ["a", "b"]
    assert later == 0


@pytest.mark.parametrize(("flag", "switch"), [("-O", "wait"), ("-B", "1")])
def test_they_wait_where_asked_to_and_where_python_checks_arguments(flag: str, switch: str) -> None:
    assert printed_alone(UNREAD, flag, switch=switch) == [0, ["a", "b"], 0]


FAIL = """
def build():
    Construct(stack, "same")
    Construct(stack, "same")  # the line that fails
    Construct(stack, "after")


build()
error = failure(names)
"""


def test_an_error_has_the_traceback_of_the_call_that_failed(shared: Interpreter) -> None:
    code = f"""{FAIL}
own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == "<string>"]
print(json.dumps([type(error).__name__, str(error), own[-1].name, own[-1].lineno]))
"""
    kind, text, function, line = printed(shared, code)
    assert (kind, function) == ("RuntimeError", "build")
    assert "There is already a Construct with name 'same'" in text
    assert (BEGIN + code).splitlines()[line - 1].endswith("# the line that fails")


def test_an_error_says_that_python_had_gone_on() -> None:
    process = run(f"{FAIL}\nraise error")
    assert process.returncode == 1
    assert "With JSII_LAZY=wait each call waits for its answer." in process.stderr
    assert "jsii.errors.JavaScriptError" in process.stderr


def test_nothing_that_was_sent_after_a_failure_has_happened(shared: Interpreter) -> None:
    assert printed(shared, f"{FAIL}\nprint(json.dumps(names()))") == ["same"]


def test_after_a_failure_objects_and_their_numbers_are_right_again(shared: Interpreter) -> None:
    code = f"""{FAIL}
later = [Construct(stack, name) for name in ("c", "d", "e")]
ids = [construct.node.id for construct in later]
references = [construct.__jsii_ref__.ref for construct in later]
print(json.dumps([ids, names(), len(set(references))]))
"""
    assert printed(shared, code) == [["c", "d", "e"], ["same", "c", "d", "e"], 3]


def test_an_object_that_was_never_made_cannot_be_taken_for_another(shared: Interpreter) -> None:
    code = """
lost = []
def build():
    Construct(stack, "same")
    Construct(stack, "same")
    lost.append(Construct(stack, "lost"))
build()
failure(names)
others = [Construct(stack, f"other-{number}") for number in range(5)]
names()
print(json.dumps(str(failure(lambda: lost[0].node.id))))
"""
    assert "not found" in printed(shared, code)


def test_numbers_stay_right_where_node_hands_out_objects_in_between(shared: Interpreter) -> None:
    code = """
ids = []
for number in range(20):
    child = Construct(stack, f"c{number}")
    ids.append(child.node.id)
    child.node.scopes
print(json.dumps([ids, names()]))
"""
    expected = [f"c{number}" for number in range(20)]
    assert printed(shared, code) == [expected, expected]


def test_an_error_for_which_nobody_waited_is_printed_at_the_end() -> None:
    process = run(FAIL.partition("error =")[0])
    assert "There is already a Construct with name 'same'" in process.stderr
    assert "in build\n" in process.stderr


def test_nothing_goes_ahead_once_node_may_call_into_python() -> None:
    code = """
from cdktf import App, TerraformStack

class Mine(TerraformStack):
    def _allocate_logical_id(self, element):
        Construct(self, f"called-{len(self.node.children)}")
        return "mine"

Construct(stack, "before")
mine = Mine(App(outdir="/nowhere"), "mine")
Construct(stack, "after")
print(json.dumps([len(process._ahead), names(), mine.get_logical_id(mine.node)]))
"""
    assert printed_alone(code) == [0, ["before", "after"], "mine"]


def test_many_long_calls_and_long_errors_block_nobody(shared: Interpreter) -> None:
    code = """
long = "x" * 300_000
for number in range(70):
    Construct(stack, f"{number}{long}")
made = len(names())
for number in range(10):
    Construct(stack, f"0{long}")
print(json.dumps([made, len(str(failure(names)))]))
"""
    made, length = printed(shared, code)
    assert made == 70
    assert length > 300_000


def test_a_node_that_is_killed_is_named_by_the_next_call() -> None:
    code = """
process._process.send_signal(signal.SIGKILL)
process._process.wait()
print(json.dumps(str(failure(lambda: [Construct(stack, f"c{n}") for n in range(100)]))))
"""
    assert printed_alone(code) == "the Node process of jsii ended with status -9"


def test_an_answer_that_was_not_expected_is_refused(shared: Interpreter) -> None:
    code = """
process._next_id += 7
Construct(stack, "a")
print(json.dumps(str(failure(names))))
"""
    text = printed(shared, code)
    assert "was expected; set JSII_LAZY=wait" in text


def test_the_exit_status_and_the_end_of_node_are_as_without() -> None:
    process = run('Construct(stack, "a")\nsys.exit(3)')
    assert (process.returncode, process.stderr) == (3, "")
