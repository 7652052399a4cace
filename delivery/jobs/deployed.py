"""Prints the commit that was deployed to a GitHub environment last, with success.

``python3 -m delivery.jobs.deployed ENVIRONMENT``. Drift is a difference from that commit: what was
merged since and waits for an approval is none. Without any deployment it prints ``$GITHUB_SHA``.
"""

from __future__ import annotations

import os
import sys
from urllib.parse import quote

from delivery.jobs.github import Github


def main() -> None:
    """Print the commit."""
    print(last_deployed(Github.of_job(), sys.argv[1]) or os.environ["GITHUB_SHA"])


def last_deployed(github: Github, environment: str) -> str | None:
    """Return the commit of the newest deployment that succeeded.

    GitHub calls a deployment ``inactive`` once a later one has succeeded, so it is never that.
    """
    for deployment in github.list(f"deployments?environment={quote(environment)}"):
        for status in github.list(f"deployments/{deployment['id']}/statuses"):
            if status["state"] == "success":
                return str(deployment["sha"])
            break
    return None


if __name__ == "__main__":
    main()
