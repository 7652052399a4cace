"""Tables with keys that the catalogue of services decides.

Class decorators: the class says what every such table has, the decorator adds the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, create_model

from envschema.services import Service

_Table = TypeVar("_Table", bound=BaseModel)


class _Decorator(Protocol):
    def __call__(self, table: type[_Table], /) -> type[_Table]: ...


def with_keys(keys: Mapping[str, tuple[Any, Any]]) -> _Decorator:
    """Add keys to a table: name to type and default, which is ``...`` where there is none."""

    def decorate(table: type[_Table], /) -> type[_Table]:
        fields: dict[str, Any] = dict(keys)
        return create_model(
            table.__name__,
            __base__=table,
            __module__=table.__module__,
            __doc__=table.__doc__,
            **fields,
        )

    return decorate


def with_key_for_each(services: Iterable[Service], annotation: Any, default: Any) -> _Decorator:
    """Add a key for each service, all of one type and with one default."""
    return with_keys({service.name: (annotation, default) for service in services})


def with_defaults(defaults: Mapping[str, Any]) -> _Decorator:
    """Give some keys of a table other defaults; what the keys allow stays."""

    def decorate(table: type[_Table], /) -> type[_Table]:
        keys = {}
        for key, default in defaults.items():
            field = table.model_fields[key]
            annotation: Any = field.annotation
            for constraint in field.metadata:
                annotation = Annotated[annotation, constraint]
            keys[key] = (annotation, default)
        return with_keys(keys)(table)

    return decorate
