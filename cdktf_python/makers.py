"""What is made for each class of the bindings that an app creates an object of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from . import synthesis, tables
from .arguments import members, meta_arguments, reference_to, snake_struct, written
from .objects import App, Module, state
from .tree import Backend, Construct, Output, Provider, Resource, Stack, Variable
from .values import NotInPythonError, plain

packages: list[str] = []
"""The bindings that are answered for."""
_META = frozenset(
    {"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioners"}
)
"""Arguments that every resource has; those that are not here raise ``NotInPythonError``."""


_asked: set[type[Any]] = set()


def refuse_overrides(klass: type[Any], host: Any) -> None:
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
    return Backend(host, state(scope), "gcs", snake_struct(config, "an argument of a backend"))


def _make_variable(_: Any, host: Any, scope: Any, name: str, config: Any) -> Variable:
    values = snake_struct(config, "an argument of a variable")
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
        written["depends_on"] = [reference_to(d, "${{{}}}") for d in dependencies]
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
    return Resource(host, state(scope), name, about, {}, meta_arguments(values))


def make_of_provider(klass: Any, host: Any, scope: Any, name: str, config: Any) -> Construct:
    """Make an element of a generated class."""
    module, about = generated(klass)
    values = config._values if config is not None else {}
    meta = {key: values[key] for key in _META & values.keys()}
    arguments = written(members(type(config), about["arguments"]), values, module)
    if about["base"] == "TerraformProvider":
        return Provider(host, state(scope), name, about, arguments)
    return Resource(host, state(scope), name, about, arguments, meta_arguments(meta))


MAKERS: Mapping[str, Callable[..., Any]] = {
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
def generated(klass: Any) -> tuple[Module, Mapping[str, Any]]:
    """Return the module of a class, and what its tables say of it."""
    generated = next(c for c in klass.__mro__ if c.__dict__.get("__jsii_declared_type__"))
    package, _, name = generated.__module__.partition(".")
    module = _module(package, name) if package in packages else None
    about = module.tables.classes.get(generated.__name__) if module else None
    if module is None or about is None or "arguments" not in about:
        raise NotInPythonError(generated.__jsii_type__)
    return module, about


@cache
def _module(package: str, name: str) -> Module | None:
    known = tables.module(package, name)
    return Module(sys.modules[f"{package}.{name}"], known) if known else None
