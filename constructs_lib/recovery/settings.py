"""What may be lost in a failure, and how long it may take to be back: settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from constructs_lib.settings.model import StrictModel

MINUTES_PER_DAY = 24 * 60
_Minutes = Annotated[int, Field(ge=1, le=365 * MINUTES_PER_DAY)]


class Promise(StrictModel):
    """What is promised for one kind of failure."""

    rpo_minutes: Annotated[int, Field(ge=0, le=365 * MINUTES_PER_DAY)]
    """Recovery point objective: the most that may be lost of what was written last."""
    rto_minutes: _Minutes
    """Recovery time objective: from the moment at which somebody acts until people are served."""


class PromiseForRows(Promise):
    """What is promised for data that people or programs delete or spoil."""

    noticed_within_days: Annotated[int, Field(ge=1, le=365)] = 1
    """How long nobody may notice it, and the promise still holds."""


class PromiseForSecret(StrictModel):
    """What is promised when a secret is in the wrong hands; no data is lost by that."""

    rto_minutes: _Minutes
    """From the moment at which somebody acts until the old value is worth nothing."""


class Recovery(StrictModel):
    """What is promised for each failure. Where nothing is stated, nothing is promised."""

    instance: Promise | None = None
    """The machine of the database fails."""
    zone: Promise | None = None
    """The zone of the database is lost."""
    region: Promise | None = None
    """The region is lost."""
    rows: PromiseForRows | None = None
    """Rows or tables are deleted or spoilt."""
    database: Promise | None = None
    """The database is deleted with its instance or disk."""
    project: Promise | None = None
    """The project is lost, with everything in it."""
    secret: PromiseForSecret | None = None
    """A secret leaks."""
