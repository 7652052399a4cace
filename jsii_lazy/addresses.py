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


def error_of(name: str, text: str) -> RuntimeError:
    """Return the exception for an error of Node: a collision is ``AddressCollisionError``."""
    # Inside of a call, the kernel wraps the error and puts its name before the text.
    collision = AddressCollisionError.__name__
    if name == collision or text.startswith(f"{collision}: "):
        return AddressCollisionError(text.removeprefix(f"{collision}: "))
    return RuntimeError(text)
