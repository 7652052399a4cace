"""How the bucket for uploads is added to a stack."""

from __future__ import annotations

from constructs_lib.environment.names import STORAGE
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.environment.variables import trusted_origins
from constructs_lib.storage.storage import Retention, Storage


def add_bucket(stack: EnvironmentStack) -> None:
    """Add the bucket and its key, where the storage is Cloud Storage."""
    settings, names = stack.environment.settings, stack.environment.names
    storage = settings.gcs_storage
    if storage is None:
        return
    Storage(
        stack,
        "storage",
        name=storage.bucket,
        location=storage.location or settings.region,
        retention=Retention(
            storage.noncurrent_version_days,
            storage.soft_delete_days,
            storage.incomplete_upload_days,
        ),
        browser_origins=trusted_origins(settings),
        member=f"serviceAccount:{names.account_email(STORAGE)}",
        deletion_protection=settings.is_protected,
    )
