"""The versions of jsii and cdktf that are known here, in a module that loads with any of them."""

import sys
from functools import cache
from importlib import metadata

KNOWN_JSII = "1.142.0"
KNOWN_CDKTF = "0.21.0"


def unknown_jsii() -> str | None:
    """Return why the messages of the installed jsii are not known, and say it once."""
    version = metadata.version("jsii")
    if version == KNOWN_JSII:
        return None
    reason = f"jsii {version} is not {KNOWN_JSII}, whose messages are known here"
    say(reason)
    return reason


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


@cache
def say(text: str) -> None:
    """Say once, on standard error, why something is slower than it could be."""
    print(f"jsii_lazy: {text}", file=sys.stderr)
