"""The calls of the bindings: what jsii's functions do, with Python objects behind them.

The bindings call ``jsii.create``, ``get``, ``invoke`` and so on, looked up at each call. These are
replaced before the first of them, and no Node process is started.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from . import makers, synthesis
from .arguments import snake_struct
from .objects import STATE, App, Node, Reference, attach, state, type_of
from .tree import Construct, Element, Resource, Stack, Variable, override
from .values import NotInPythonError, list_token, number_token, plain, text_token

_TOKENS: Mapping[str, Callable[[str, Stack], object]] = {
    "String": text_token,
    "Number": number_token,
    "List": list_token,
}
_VALUES = {"stringValue": "String", "numberValue": "Number", "listValue": "List"}


def install(packages: tuple[str, ...]) -> None:
    """Answer the calls of the bindings from now on."""
    makers.packages.extend(packages)
    jsii: Any = importlib.import_module("jsii")
    for function in (create, get, invoke, sinvoke):
        setattr(jsii, function.__name__, function)
    for name in ("set", "sget", "sset", "ainvoke", "sainvoke", "delete"):
        setattr(jsii, name, _refused(name))
    # Packages are registered by their import, and nothing of them is loaded elsewhere.
    jsii.kernel.load = lambda name, version, tarball: None


def _refused(name: str) -> Callable[..., Any]:
    def refuse(target: Any, member: str = "", *_: Any) -> Any:
        raise NotInPythonError(f"{name} {type_of(target)}.{member}")

    return refuse


def create(klass: Any, host: Any, arguments: list[Any] | None = None) -> Any:
    """Make what stands behind a new object of the bindings."""
    makers.refuse_overrides(klass, host)
    make: Callable[..., Any] = makers.MAKERS.get(klass.__jsii_type__, makers.make_of_provider)
    return attach(host, make(klass, host, *(arguments or [])))


def get(host: Any, name: str) -> Any:
    """Return a property of an object of the bindings."""
    match behind := state(host):
        case Resource():
            if name in behind.about["getters"] or name in behind.about["children"]:
                kind: Any = type(host)
                module, about = makers.generated(kind)
                identifier = f"{behind.reference}."
                return _attribute(Reference(behind, module, about, identifier, False), name)
        case Reference():
            return _attribute(behind, name)
        case Node() if name in _OF_NODE:
            return _OF_NODE[name](behind.construct)
        case Variable():
            if name in _VALUES:
                return _TOKENS[_VALUES[name]](behind.reference, behind.stack)
    if isinstance(behind, Construct) and name in _PROPERTIES:
        return _PROPERTIES[name](host, behind)
    raise NotInPythonError(f"{type_of(host)}.{name}")


def _node(host: Any, construct: Construct) -> Any:
    """Return the bindings' node of a construct, which is behind both."""
    node = sys.modules["constructs"].Node
    wrapper = node.__new__(node)
    attach(wrapper, Node(construct))
    return wrapper


def _host(construct: Construct | None) -> Any:
    return construct.host if construct else None


_PROPERTIES: Mapping[str, Callable[[Any, Any], Any]] = {
    "node": _node,
    "cdktfStack": lambda host, construct: construct.stack.host,
    "friendlyUniqueId": lambda host, element: element.address,
    "fqn": lambda host, element: text_token(element.reference, element.stack),
    "terraformResourceType": lambda host, element: element.about["type"],
    "outdir": lambda host, app: app.outdir,
}
_OF_NODE: Mapping[str, Callable[[Construct], Any]] = {
    "id": lambda construct: construct.id,
    "path": lambda construct: construct.path,
    "scope": lambda construct: _host(construct.scope),
    "children": lambda construct: [child.host for child in construct.children.values()],
    "root": lambda construct: list(construct.scopes())[-1].host,
}


def _attribute(reference: Reference, name: str) -> Any:
    """Return a token for an attribute, or the reference of a block within."""
    if name in reference.about.get("getters", {}):
        kind, terraform = reference.about["getters"][name]
        if kind in _TOKENS and not reference.is_set:
            return _TOKENS[kind](f"{reference.path}{terraform}", reference.resource.stack)
    elif name in reference.about.get("children", {}):
        class_name, terraform, is_set = reference.about["children"][name]
        about = reference.module.tables.classes.get(class_name)
        if about is not None and not reference.is_set:
            path = f"{reference.path}{terraform}"
            if about["base"] == "ComplexObject":
                is_indexed = about["parent"].endswith(", 0")
                path += "[0]." if is_indexed else "."
            return _wrapped(class_name, reference._replace(about=about, path=path, is_set=is_set))
    raise NotInPythonError(f"{reference.path}{name}")


def _wrapped(class_name: str, reference: Reference) -> Any:
    kind = getattr(reference.module.python, class_name)
    wrapper = kind.__new__(kind)
    attach(wrapper, reference)
    return wrapper


def _item(reference: Reference, index: int) -> Any:
    """Return the reference of a block in a list."""
    class_name = reference.about.get("item", "")
    about = reference.module.tables.classes.get(class_name)
    if about is None or reference.is_set:
        raise NotInPythonError(f"{reference.path}[{index}]")
    return _wrapped(class_name, reference._replace(about=about, path=f"{reference.path}[{index}]."))


def invoke(host: Any, method: str, arguments: list[Any] | None = None) -> Any:
    """Call a method of an object of the bindings."""
    behind, values = state(host), arguments or []
    match behind, method:
        case Reference(), "get":
            return _item(behind, *values)
        case Stack() | Element(), "addOverride":
            path, value = values
            return override(behind.overrides, path, plain(value, path))
        case Variable(), "addValidation":
            [validation] = values
            return behind.validations.append(snake_struct(validation, method))
        case Stack(), "addDependency":
            [other] = values
            return behind.add_dependency(state(other))
        case Variable(), "toString":
            return get(host, "stringValue")
        case Resource(), "getStringAttribute" | "getNumberAttribute" | "getListAttribute":
            [attribute] = values
            kind = method.removeprefix("get").removesuffix("Attribute")
            return _TOKENS[kind](f"{behind.reference}.{attribute}", behind.stack)
        case App(), "synth":
            return synthesis.write(behind, Path(behind.outdir))
        case Construct(), "toString":
            return behind.path or "<root>"
        case Node(), _ if method in _METHODS_OF_NODE:
            return _METHODS_OF_NODE[method](behind.construct, *values)
    raise NotInPythonError(f"{type_of(host)}.{method}")


def _find_child(construct: Construct, name: str) -> Any:
    if name not in construct.children:
        raise RuntimeError(f"No child with id: '{name}'")
    return construct.children[name].host


_METHODS_OF_NODE: Mapping[str, Callable[..., Any]] = {
    "setContext": lambda construct, key, value: construct.set_context(key, plain(value, key)),
    "tryGetContext": lambda construct, key: construct.get_context(key),
    "findChild": _find_child,
    "tryFindChild": lambda construct, name: _host(construct.children.get(name)),
}


def sinvoke(klass: Any, method: str, arguments: list[Any] | None = None) -> Any:
    """Call a static method of a class of the bindings."""
    match type_of(klass), method, arguments:
        case "cdktf.TerraformStack", "of", [construct]:
            return state(construct).stack.host
        case _, "isConstruct", [value]:
            return isinstance(getattr(value, "__dict__", {}).get(STATE), Construct)
    raise NotInPythonError(f"{type_of(klass)}.{method}")
