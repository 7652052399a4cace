"""How the bucket for uploads is added to a stack."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.environment.environment import Environment
from constructs_lib.environment.names import STORAGE
from constructs_lib.environment.stack import EnvironmentStack
from constructs_lib.environment.variables import trusted_origins
from constructs_lib.storage.aws_storage import AwsRetention, AwsStorage, WebIdentity
from constructs_lib.storage.settings import AwsS3Storage, ManagedAwsBucket
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


def add_aws_bucket(
    scope: Construct, environment: Environment, storage: AwsS3Storage, managed: ManagedAwsBucket
) -> None:
    """Add the bucket on AWS S3, its key, and who may use its objects."""
    settings, names = environment.settings, environment.names
    unique_id = managed.api_account_unique_id
    AwsStorage(
        scope,
        "storage",
        name=storage.bucket,
        account_id=managed.account_id,
        region=storage.region,
        identity_name=names.aws_storage,
        # As UploadKey.ts of the applications names what is uploaded.
        object_prefix=f"{settings.app_env}/tenants/",
        retention=AwsRetention(managed.noncurrent_version_days, managed.incomplete_upload_days),
        browser_origins=trusted_origins(settings),
        web_identity=WebIdentity(unique_id, names.aws_storage) if unique_id else None,
        deletion_protection=settings.is_protected,
    )
