"""What a browser may ask of a bucket, whichever cloud it is in."""

from __future__ import annotations

CORS_METHODS = ("GET", "HEAD", "PUT")
"""What a presigned URL is made for: download, look, upload. OPTIONS is implied."""
UPLOAD_HEADERS = ("Content-MD5", "Content-Type")
"""What the applications sign, so that a browser has to send it (Upload.service.ts)."""
MAX_AGE_SECONDS = 3600
"""How long a browser remembers the answer."""
