"""Each stack has state of its own, and reads that of no other."""

from __future__ import annotations

from tests.support import STACKS, Stacks, strings


def test_the_state_of_each_stack_has_a_place_of_its_own(stacks: Stacks) -> None:
    places = {
        (backend["bucket"], backend["prefix"])
        for backend in (stack["terraform"]["backend"]["gcs"] for stack in stacks.values())
    }
    assert len(places) == len(stacks) == len(STACKS)


def test_no_stack_reads_the_state_of_another(stacks: Stacks) -> None:
    for stack in stacks.values():
        assert "terraform_remote_state" not in stack.get("data", {})
        assert not [text for text in strings(stack) if "cross-stack" in text]
