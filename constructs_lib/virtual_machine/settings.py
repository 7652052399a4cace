"""Virtual machines: what the settings of each have in common."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from constructs_lib.settings.refusal import refuse

_BOOT_IMAGE = re.compile(r"cos-\d+-\d+-\d+-\d+")

BOOT_IMAGE = "cos-121-18867-381-184"
"""Of 2026-06-22; its milestone has long-term support until March 2027 (Container-Optimized OS
release notes). ``gcloud compute images list --project=cos-cloud --no-standard-images`` shows newer
ones. ``docs/runbook.md`` shows how a machine gets another."""


def _boot_image(text: str) -> str:
    if _BOOT_IMAGE.fullmatch(text) is None:
        raise refuse(
            "is not the name of one image of Container-Optimized OS",
            allowed="cos-MILESTONE-BUILD as Google lists them; a family would change by itself",
            fix=f"write it as in {BOOT_IMAGE}",
        )
    return text


BootImage = Annotated[str, AfterValidator(_boot_image)]
"""An image of the project ``cos-cloud``, by its name. Another name replaces the machine."""
