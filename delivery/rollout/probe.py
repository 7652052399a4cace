"""Asks a candidate for a page, as a stranger would."""

from __future__ import annotations

import requests

_TIMEOUT_SECONDS = 10


def probe(address: str) -> int | None:
    """Return the status of an address, without following redirects; None without an answer."""
    try:
        with requests.get(
            address, timeout=_TIMEOUT_SECONDS, allow_redirects=False, stream=True
        ) as response:
            return response.status_code
    except requests.RequestException:
        return None
