"""What stands behind an object of the bindings, and how one leads to the other."""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

from . import KNOWN, tables
from .tree import Construct, Resource
from .values import Json, NotInPythonError

STATE = "__cdktf_python__"
"""The attribute of an object of the bindings that holds what stands behind it."""

_ids = itertools.count()


class App(Construct):
    """The root of the tree, and where it is written."""

    kind = "App"

    def __init__(self, host: object, outdir: str | None, context: Json) -> None:
        super().__init__(host, None, "")
        self.outdir = outdir or os.environ.get("CDKTF_OUTDIR") or "cdktf.out"
        self.context.update(context or {})
        self.context.update(json.loads(os.environ.get("CDKTF_CONTEXT_JSON") or "{}"))
        self.context["cdktfVersion"] = KNOWN["cdktf"]


class Reference(NamedTuple):
    """A block or a list of blocks of a resource, of which only Terraform knows the values."""

    resource: Resource
    module: Module
    about: Mapping[str, Any]
    path: str
    is_set: bool


class Node(NamedTuple):
    """The bindings' node of a construct: its ``id`` and ``path`` are never those of a resource."""

    construct: Construct


class Module(NamedTuple):
    """A module of bindings, in Python and as its tables say."""

    python: Any
    tables: tables.Module


def type_of(target: Any) -> str:
    """Return the name in jsii of an object's or a class's type, as errors name it."""
    return str(getattr(target, "__jsii_type__", None) or type(target).__name__)


def state(value: Any) -> Any:
    """Return what stands behind an object of the bindings."""
    try:
        return value.__dict__[STATE]
    except (AttributeError, KeyError):
        raise NotInPythonError(f"a {type(value).__name__}") from None


def attach(host: Any, behind: object) -> Any:
    """Let an object of the bindings know what stands behind it; jsii asks for its number."""
    types: Any = sys.modules["jsii._kernel.types"]
    host.__dict__[STATE] = behind
    host.__jsii_ref__ = types.ObjRef(f"{type_of(host)}@{next(_ids)}")
    return host.__jsii_ref__
