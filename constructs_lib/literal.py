"""Texts in which Terraform replaces nothing."""

from __future__ import annotations


def literal(text: str) -> str:
    """Return a text as Terraform must be given it, so that it comes out as it was typed."""
    return text.replace("${", "$${").replace("%{", "%%{")
