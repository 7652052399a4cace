"""What all settings have in common."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from constructs_lib.settings.fields import Hour


class StrictModel(BaseModel):
    """A table of a settings file: strict, frozen, and without unknown keys."""

    # Deferred: what reads a file builds the validator of all its tables at once.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Maintenance(StrictModel):
    """A weekly hour in which Google may restart an instance. Hours are UTC."""

    day: Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"] = (
        "SUNDAY"
    )
    hour: Hour = 4
