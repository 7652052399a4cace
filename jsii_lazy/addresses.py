"""Stacks whose addresses Node allocates by itself (``addresses.cjs``), with no call into Python.

A stack asks for it by the context value ``MARK`` and keeps the same rule as a Python override for
the processes in which Node does not have it.
"""

MARK = "jsii_lazy/addresses"

_in_node = False


class AddressCollisionError(RuntimeError):
    """Two constructs of a stack would have the same Terraform address."""


def allocated_in_node() -> bool:
    """Return whether Node knows the rule; its process starts with the import of cdktf."""
    return _in_node


def node_has_the_rule() -> None:
    """Note that the Node process has said so."""
    global _in_node
    _in_node = True


def translated(error: RuntimeError) -> RuntimeError:
    """Return Node's error of a collision as ``AddressCollisionError``; another one as it is."""
    # Where the kernel wraps an error, it puts the error's name before the text.
    _, wrapped, text = str(error).rpartition(f"{AddressCollisionError.__name__}: ")
    return AddressCollisionError(text) if wrapped else error
