"""The calls of the bindings: what jsii's functions do, with Python objects behind them.

The bindings call ``jsii.create``, ``get``, ``invoke`` and so on, looked up at each call. These are
replaced before the first of them, and no Node process is started.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from . import KNOWN, synthesis, tables
from .tree import Backend, Construct, Element, Output, Provider, Resource, Stack, Variable, override
from .values import (
    Json,
    Later,
    NotInPythonError,
    list_token,
    number_token,
    plain,
    snake_case,
    text_token,
)

STATE = "__cdktf_python__"
"""The attribute of an object of the bindings that holds what stands behind it."""
_META = frozenset(
    {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
)
"""Arguments that every resource has; those that are not here raise ``NotInPythonError``."""
_TOKENS: Mapping[str, Callable[[str, Stack], object]] = {
    "String": text_token,
    "Number": number_token,
    "List": list_token,
}
_VALUES = {"stringValue": "String", "numberValue": "Number", "listValue": "List"}
_ids = itertools.count()
_packages: list[str] = []


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
    module: _Module
    about: Mapping[str, Any]
    path: str
    is_set: bool


class Node(NamedTuple):
    """The bindings' node of a construct: its ``id`` and ``path`` are never those of a resource."""

    construct: Construct


class _Module(NamedTuple):
    """A module of bindings, in Python and as its tables say."""

    python: Any
    tables: tables.Module


class _Member(NamedTuple):
    """A member of a struct: its name in Python and in Terraform, and how it is written."""

    name: str
    terraform: str
    kind: str
    struct: str


def install(packages: tuple[str, ...]) -> None:
    """Answer the calls of the bindings from now on."""
    _packages.extend(packages)
    jsii: Any = importlib.import_module("jsii")
    for function in (create, get, invoke, sinvoke):
        setattr(jsii, function.__name__, function)
    for name in ("set", "sget", "sset", "ainvoke", "sainvoke", "delete"):
        setattr(jsii, name, _refused(name))
    # Packages are registered by their import, and nothing of them is loaded elsewhere.
    jsii.kernel.load = lambda name, version, tarball: None


def _refused(name: str) -> Callable[..., Any]:
    def refuse(target: Any, member: str = "", *_: Any) -> Any:
        raise NotInPythonError(f"{name} {_type(target)}.{member}")

    return refuse


def _type(target: Any) -> str:
    return str(getattr(target, "__jsii_type__", None) or type(target).__name__)


def state(value: Any) -> Any:
    """Return what stands behind an object of the bindings."""
    try:
        return value.__dict__[STATE]
    except (AttributeError, KeyError):
        raise NotInPythonError(f"a {type(value).__name__}") from None


def create(klass: Any, host: Any, arguments: list[Any] | None = None) -> Any:
    """Make what stands behind a new object of the bindings."""
    _refuse_overrides(klass, host)
    make: Callable[..., Any] = _MAKERS.get(klass.__jsii_type__, _make_of_provider)
    return _attach(host, make(klass, host, *(arguments or [])))


def _attach(host: Any, behind: object) -> Any:
    """Let an object of the bindings know what stands behind it; jsii asks for its number."""
    types: Any = sys.modules["jsii._kernel.types"]
    host.__dict__[STATE] = behind
    host.__jsii_ref__ = types.ObjRef(f"{_type(host)}@{next(_ids)}")
    return host.__jsii_ref__


_asked: set[type[Any]] = set()


def _refuse_overrides(klass: type[Any], host: Any) -> None:
    """Raise for a class that changes how it is synthesized, except for the names of elements."""
    if klass in _asked:
        return
    kernel: Any = sys.modules["jsii._kernel"]
    for changed in kernel._get_overides(klass, host):
        member = getattr(changed, "method", None) or changed.property
        if member != "allocateLogicalId":
            raise NotInPythonError(f"{klass.__name__}, which overrides {member}")
    _asked.add(klass)


def _make_construct(_: Any, host: Any, scope: Any, name: str) -> Construct:
    return Construct(host, None if scope is None else state(scope), name)


def _make_app(_: Any, host: Any, config: Any = None) -> App:
    values = {**config._values} if config is not None else {}
    app = App(host, values.pop("outdir", None), values.pop("context", None))
    if values:
        raise NotInPythonError(f"App({', '.join(values)})")
    return app


def _make_stack(klass: Any, host: Any, scope: Any, name: str) -> Stack:
    cdktf: Any = sys.modules["cdktf"]
    if klass._allocate_logical_id is cdktf.TerraformStack._allocate_logical_id:
        return Stack(host, state(scope), name, synthesis.stock_address)
    return Stack(host, state(scope), name, lambda e: str(host._allocate_logical_id(e.host)))


def _make_backend(_: Any, host: Any, scope: Any, config: Any) -> Backend:
    return Backend(host, state(scope), "gcs", _snake_struct(config, "an argument of a backend"))


def _make_variable(_: Any, host: Any, scope: Any, name: str, config: Any) -> Variable:
    values = _snake_struct(config, "an argument of a variable")
    validations = values.pop("validation", [])
    variable = Variable(host, state(scope), name, values)
    variable.validations.extend(validations)
    return variable


def _make_output(_: Any, host: Any, scope: Any, name: str, config: Any) -> Output:
    values = {**config._values}
    dependencies = values.pop("depends_on", None)
    arguments = {key: values.pop(key, None) for key in ("value", "description", "sensitive")}
    if values:
        raise NotInPythonError(f"TerraformOutput({', '.join(values)})")
    written = plain(arguments, "the value of an output")
    if dependencies:
        written["depends_on"] = [_reference(d, "${{{}}}") for d in dependencies]
    return Output(host, state(scope), name, written)


def _make_of_cdktf(klass: Any, host: Any, scope: Any, name: str, config: Any) -> Construct:
    """Make an element of a class that is written by hand over cdktf's own: it adds overrides."""
    values = {**config._values}
    metadata = values.pop("terraform_generator_metadata")
    about = {
        "base": klass.__jsii_type__.removeprefix("cdktf."),
        "type": values.pop("terraform_resource_type"),
        "source": values.pop("terraform_provider_source", None),
        "provider": metadata.provider_name,
        "version": metadata.provider_version or metadata.provider_version_constraint,
        "getters": {},
        "children": {},
    }
    if about["base"] == "TerraformProvider":
        return Provider(host, state(scope), name, about, {})
    return Resource(host, state(scope), name, about, {}, _meta(values))


def _make_of_provider(klass: Any, host: Any, scope: Any, name: str, config: Any) -> Construct:
    module, about = _generated(klass)
    values = config._values if config is not None else {}
    meta = {key: values[key] for key in _META & values.keys()}
    arguments = _written(_members(type(config), about["arguments"]), values, module)
    if about["base"] == "TerraformProvider":
        return Provider(host, state(scope), name, about, arguments)
    return Resource(host, state(scope), name, about, arguments, _meta(meta))


_MAKERS: Mapping[str, Callable[..., Any]] = {
    "constructs.Construct": _make_construct,
    "cdktf.App": _make_app,
    "cdktf.TerraformStack": _make_stack,
    "cdktf.GcsBackend": _make_backend,
    "cdktf.TerraformVariable": _make_variable,
    "cdktf.TerraformOutput": _make_output,
    "cdktf.TerraformProvider": _make_of_cdktf,
    "cdktf.TerraformResource": _make_of_cdktf,
}


@cache
def _generated(klass: Any) -> tuple[_Module, Mapping[str, Any]]:
    """Return the module of a class, and what its tables say of it."""
    generated = next(c for c in klass.__mro__ if c.__dict__.get("__jsii_declared_type__"))
    package, _, name = generated.__module__.partition(".")
    module = _module(package, name) if package in _packages else None
    about = module.tables.classes.get(generated.__name__) if module else None
    if module is None or about is None or "arguments" not in about:
        raise NotInPythonError(generated.__jsii_type__)
    return module, about


@cache
def _module(package: str, name: str) -> _Module | None:
    known = tables.module(package, name)
    return _Module(sys.modules[f"{package}.{name}"], known) if known else None


_members_of: dict[type[Any], list[_Member]] = {}


def _members(struct: type[Any], arguments: list[tables.Argument]) -> list[_Member]:
    """Return the members of a struct of the bindings."""
    if struct not in _members_of:
        in_python = {name: python for python, name in struct.__jsii_name_mapping__.items()}
        _members_of[struct] = [
            _Member(in_python[name], terraform, *mapper.partition(" ")[::2])
            for terraform, name, mapper in arguments
        ]
    return _members_of[struct]


def _written(members: list[_Member], values: Mapping[str, Any], module: _Module) -> dict[str, Json]:
    """Return the arguments that are set, as Terraform names and nests them."""
    return {
        member.terraform: _argument(member, values[member.name], module)
        for member in members
        if values.get(member.name) is not None
    }


def _argument(member: _Member, value: Any, module: _Module) -> Json:
    if member.kind == "value":
        return plain(value, member.terraform)
    if member.kind == "structs" and isinstance(value, (list, tuple)):
        return [_block(member, item, module) for item in value]
    return _block(member, value, module)


def _block(member: _Member, value: Any, module: _Module) -> Json:
    arguments = module.tables.structs.get(member.struct)
    name = type(value).__name__
    # The function of a struct has its name; another struct is an error, which Node words.
    if arguments is None or f"{name[:1].lower()}{name[1:]}" != member.struct:
        raise NotInPythonError(f"{type(value).__name__} as {member.terraform}")
    return _written(_members(type(value), arguments), value._values, module)


def _meta(values: Mapping[str, Any]) -> dict[str, Json]:
    written: dict[str, Json] = {}
    for key, value in values.items():
        match key:
            case "depends_on":
                written[key] = [_reference(dependency) for dependency in value]
            case "lifecycle":
                written[key] = _snake_struct(value, key)
            case "provider":
                written[key] = state(value).reference
            case _:
                raise NotInPythonError(f"the argument {key}")
    return written


def _reference(value: Any, form: str = "{}") -> Later:
    """Return the address of an element in this form: it is fixed when it is first asked for."""
    element = state(value)
    if not isinstance(element, (Resource, Variable)):
        raise NotInPythonError(f"a dependency on {type(value).__name__}")
    return Later(lambda: form.format(element.reference))


def _snake_struct(value: Any, where: str) -> dict[str, Json]:
    """Return a struct of cdktf itself, with the names that Terraform has for its members."""
    names = type(value).__jsii_name_mapping__
    return {
        snake_case(names[key]): [
            _snake_struct(item, where) if hasattr(item, "_values") else plain(item, where)
            for item in member
        ]
        if isinstance(member, (list, tuple))
        else plain(member, where)
        for key, member in value._values.items()
    }


def get(host: Any, name: str) -> Any:
    """Return a property of an object of the bindings."""
    match behind := state(host):
        case Resource():
            if name in behind.about["getters"] or name in behind.about["children"]:
                kind: Any = type(host)
                module, about = _generated(kind)
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
    raise NotInPythonError(f"{_type(host)}.{name}")


def _node(host: Any, construct: Construct) -> Any:
    """Return the bindings' node of a construct, which is behind both."""
    node = sys.modules["constructs"].Node
    wrapper = node.__new__(node)
    _attach(wrapper, Node(construct))
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
    _attach(wrapper, reference)
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
            return behind.validations.append(_snake_struct(validation, method))
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
    raise NotInPythonError(f"{_type(host)}.{method}")


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
    match _type(klass), method, arguments:
        case "cdktf.TerraformStack", "of", [construct]:
            return state(construct).stack.host
        case _, "isConstruct", [value]:
            return isinstance(getattr(value, "__dict__", {}).get(STATE), Construct)
    raise NotInPythonError(f"{_type(klass)}.{method}")
