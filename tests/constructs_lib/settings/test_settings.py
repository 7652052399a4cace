"""What every table of a settings file does, whichever thing it is of."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from constructs_lib.settings.by_service import with_defaults, with_key_for_each
from constructs_lib.settings.fields import RESERVED_ENVIRONMENT_NAMES, EnvironmentName
from constructs_lib.settings.finding import Finding
from constructs_lib.settings.model import StrictModel
from envschema.services import SERVICES


class Table(StrictModel):
    """A table with one key."""

    size: Annotated[int, Field(le=10)] = 1


@pytest.mark.parametrize("values", [{"sizes": 1}, {"size": "1"}, {"size": 1.0}, {"size": True}])
def test_a_table_takes_no_unknown_key_and_converts_no_value(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Table.model_validate(values)


def test_a_table_does_not_change_after_loading() -> None:
    with pytest.raises(ValidationError):
        Table().size = 2  # type: ignore[misc]


def test_another_default_keeps_what_the_key_allows() -> None:
    larger = with_defaults({"size": 5})(Table)
    assert larger().size == 5
    with pytest.raises(ValidationError):
        larger(size=11)


def test_a_table_by_service_has_a_key_for_each_service_and_no_other() -> None:
    by_service = with_key_for_each(SERVICES, int, 0)(Table)
    assert by_service.model_fields.keys() == {"size", *(service.name for service in SERVICES)}


@pytest.mark.parametrize("name", [*RESERVED_ENVIRONMENT_NAMES, "Prod", "1st", "qa-", "a.b", ""])
def test_a_name_that_an_environment_cannot_have_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(EnvironmentName).validate_python(name)


@pytest.mark.parametrize(
    ("value", "text"), [(None, None), (False, "false"), ("a", '"a"'), (7, "7")]
)
def test_a_finding_shows_its_value_as_the_file_writes_it(value: object, text: str | None) -> None:
    assert Finding("key", "is wrong", "fix it", value=value).problem("a.toml").value == text
