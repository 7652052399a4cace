"""Answers in Python what a jsii app asks of Node: constructs, cdktf's elements, their synthesis.

Bindings that jsii generated are a thin layer: each object, property and method of theirs calls into
a Node process, which holds the objects and does all the work. An app that only declares Terraform
needs a small part of that, and that part is here. No Node process is started, a call is a call of a
function, and synthesis takes a fraction of its time and memory.

    import cdktf_python

    cdktf_python.activate("cdktf_cdktf_provider_google")  # before the first import of a binding

The classes of the bindings stay as they are, with their types. The JSON is that of cdktf to the
byte. How arguments become Terraform's is read from the bindings' own JavaScript (``tables.py``).

What is not here (functions, iterators, modules, provisioners, values that cross stacks, aspects,
custom synthesis) raises :class:`NotInPythonError`, which names it, before anything is written.
"""

from __future__ import annotations

import importlib
from importlib import metadata

from . import lean, tables
from .values import NotInPythonError

__all__ = ["KNOWN", "NotInPythonError", "activate"]

KNOWN = {"jsii": "1.142.0", "cdktf": "0.21.0", "constructs": "10.7.2"}
"""The versions whose calls and output are known here."""


def activate(*packages: str) -> str | None:
    """Answer for these packages of bindings, and for cdktf; otherwise return why not.

    Call it before the first import of a jsii package. Nothing is changed where it returns a reason.
    """
    for name, known in (*KNOWN.items(), *((package.replace("_", "-"), "") for package in packages)):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            return f"{name} is not installed"
        if known and version != known:
            return f"{name} {version} is not {known}, whose output is known here"
    for package in packages:
        if (reason := tables.problem(package)) is not None:
            return reason
    if not __debug__:
        lean.install(("cdktf", "constructs", *packages))
    importlib.import_module("cdktf_python.calls").install(packages)
    return None
