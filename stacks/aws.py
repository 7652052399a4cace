"""What an environment has on AWS. Apart, because whoever applies it has rights in that account."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.aws import aws_provider
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import Stack, labels
from constructs_lib.storage.settings import AwsS3Storage, ManagedAwsBucket
from constructs_lib.storage.stack import add_aws_bucket


class AwsStack(Stack):
    """The bucket for uploads, for an environment whose settings ask for it."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        storage: AwsS3Storage,
        managed: ManagedAwsBucket,
    ) -> None:
        name = environment.settings.environment
        super().__init__(
            scope,
            f"{name}-aws",
            state_bucket=environment.shared.state_bucket,
            state_prefix=f"{name}/aws",
        )
        aws_provider(
            self,
            account_id=managed.account_id,
            region=storage.region,
            tags=labels(environment),
        )
        add_aws_bucket(self, environment, storage, managed)
