"""The one way to Google's REST interfaces: credentials, retries, and errors that say what to do.

Nothing here prints, and no message holds a token.
"""

from google_api.client import Google
from google_api.errors import (
    ApiDisabled,
    Conflict,
    GoogleError,
    NoCredentials,
    NotFound,
    PermissionDenied,
    PreconditionFailed,
    QuotaProjectMissing,
    Refused,
    Unreachable,
)

__all__ = [
    "ApiDisabled",
    "Conflict",
    "Google",
    "GoogleError",
    "NoCredentials",
    "NotFound",
    "PermissionDenied",
    "PreconditionFailed",
    "QuotaProjectMissing",
    "Refused",
    "Unreachable",
]
