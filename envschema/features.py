"""The integrations that an environment switches on."""

from __future__ import annotations

from enum import StrEnum


class Feature(StrEnum):
    """An integration that an environment switches on; its variables are then required."""

    EMAIL = "email"
    STORAGE = "storage"
    PAYMENTS = "payments"
    AI = "ai"
    MARKETING = "marketing"
    CAPTCHA = "captcha"
    UPLOADS = "uploads"
    LIVEBLOCKS = "liveblocks"
    OAUTH_GITHUB = "oauth github"
    OAUTH_GOOGLE = "oauth google"
    OAUTH_LINKEDIN = "oauth linkedin"
    OAUTH_TWITTER = "oauth twitter"
    OAUTH_DISCORD = "oauth discord"
    OAUTH_MICROSOFT = "oauth microsoft"
    """Never on while ``kinds.AUTH_PROVIDERS`` has no microsoft: nothing would read the secrets."""
    VERCEL = "vercel"
    """Never on: Cloud Run is not Vercel. Named so that such a binding is explained, not unknown."""
