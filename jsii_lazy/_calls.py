"""The calls of Python into Node: what jsii's own process object does, with less work for each.

It takes part only where the Node process was started by ``_kernel.py``, has loaded the preload and
has said so before its greeting. Otherwise the process object does what it does in stock jsii.
"""

import importlib
import sys
from importlib import metadata
from typing import Any

from . import addresses

KNOWN_JSII = "1.142.0"
KNOWN_CDKTF = "0.21.0"

_stock: Any = importlib.import_module("jsii._kernel.providers.process")
_errors: Any = importlib.import_module("jsii.errors")


def take_over() -> str | None:
    """Let the coming Node process be called in the shorter way; otherwise return why not."""
    version = metadata.version("jsii")
    if version != KNOWN_JSII:
        return f"jsii {version} is not {KNOWN_JSII}, whose messages are known here"
    if importlib.import_module("jsii._stack_trace").is_enabled():
        return "JSII_HOST_STACK_TRACES asks for the stack of each call"
    _stock._NodeProcess = Process
    return None


def known_cdktf() -> str:
    """Return the installed version of cdktf, where its addresses are known; else nothing."""
    try:
        version = metadata.version("cdktf")
    except metadata.PackageNotFoundError:
        return ""
    if version != KNOWN_CDKTF:
        say(f"cdktf {version} is not {KNOWN_CDKTF}: Python allocates the addresses")
        return ""
    return version


def say(text: str) -> None:
    """Say once, on standard error, why something is slower than it could be."""
    print(f"jsii_lazy: {text}", file=sys.stderr)


class Process(_stock._NodeProcess):  # type: ignore[misc]  # jsii carries no types here
    """jsii's Node process."""

    _greeting: Any = None
    _known = False

    def handshake(self) -> None:
        """Read what the preload says, if it does, and then jsii's own greeting."""
        first = super()._next_message()
        if "jsii_lazy" in first:
            self._known = True
            if "addresses" in first["jsii_lazy"]:
                addresses.node_has_the_rule()
        else:
            self._greeting = first
            say("the Node process does not know the preload; its calls are those of stock jsii")
        super().handshake()

    def _next_message(self) -> Any:
        greeting, self._greeting = self._greeting, None
        return greeting or super()._next_message()

    def send(self, request: Any, response_type: type) -> Any:
        """Send a request and wait for its answer."""
        try:
            return super().send(request, response_type)
        except RuntimeError as error:
            raise addresses.translated(error) from error.__cause__
