"""Where exports of the database are kept, and for how long: settings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from constructs_lib.settings.fields import BucketName
from constructs_lib.settings.model import StrictModel
from constructs_lib.settings.network_fields import Email


class DatabaseExport(StrictModel):
    """A daily export of Cloud SQL into a bucket of the shared project; ``bootstrap`` makes it."""

    bucket: BucketName
    """Unique among all buckets of Google Cloud."""
    writer: Email | None = None
    """The account of the Cloud SQL instance, as ``gcloud sql instances describe INSTANCE
    --format='value(serviceAccountEmailAddress)'`` prints it. Until it is stated, exports fail:
    Google makes the account with the instance, and another one with a restored instance."""
    hour: Annotated[int, Field(ge=0, le=23)] = 1
    """When the export begins, in UTC."""
    retention_days: Annotated[int, Field(ge=7, le=3650)] = 30
    """Days in which nobody may delete an export; after these it is deleted."""
    locked: bool = False
    """Whether nobody may shorten the retention or take it away. It cannot be undone."""
