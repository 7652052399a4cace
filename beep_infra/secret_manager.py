"""What the commands about secrets have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from beep_infra.output import Refusal

if TYPE_CHECKING:
    from environments import Environment
    from secret_manager.client import SecretManager

Endpoint = Annotated[
    str | None,
    typer.Option(hidden=True, help="What takes the place of Google, on this machine."),
]


def connected(env: str, endpoint: str | None) -> tuple[Environment, SecretManager]:
    """Return an environment and its secrets; raises Refusal. Nothing is asked yet."""
    from beep_infra.settings import environment, require_checkout

    require_checkout("an installation has no packages to ask Google with")
    loaded = environment(env)

    from google_api import Google
    from secret_manager.client import SecretManager

    try:
        google = Google(project=loaded.shared.project_id, endpoint=endpoint)
    except ValueError as error:
        raise Refusal(f"--endpoint: {error}") from None
    return loaded, SecretManager(google, loaded.settings.project_id)


@contextmanager
def answering() -> Iterator[None]:
    """Refuse where Google does not answer as asked."""
    from google_api import GoogleError

    try:
        yield
    except GoogleError as error:
        raise Refusal(f"{error.what}\n    fix: {error.fix}") from None
