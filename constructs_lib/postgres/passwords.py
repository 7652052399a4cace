"""What a password of the database may consist of, since a URL holds it as it stands."""

from __future__ import annotations

import re

from envschema.kinds import Kind

PASSWORD_PATTERN = "^[A-Za-z0-9_.~-]{24,128}$"
"""As Terraform checks it. None of these characters needs escaping in a URL."""

PASSWORD = Kind(
    "password of the database",
    "24 to 128 characters from A-Z a-z 0-9 _ . ~ and -",
    lambda text: re.fullmatch(PASSWORD_PATTERN, text) is not None and not text.endswith("\n"),
)
