"""Whether the revisions that a rollback goes to can still read their secrets."""

from __future__ import annotations

from collections.abc import Mapping

from delivery.rollout.cloud_run import PinnedSecret, RevisionState
from delivery.rollout.errors import Refused
from delivery.rollout.report import Report
from google_api import GoogleError
from secret_manager.client import SecretManager, State


def refuse_unreadable_secrets(
    states: Mapping[str, RevisionState], secrets: SecretManager, project: str, report: Report
) -> None:
    """Raise Refused if a revision reads what nobody can read: it would start no instance."""
    readers: dict[PinnedSecret, list[str]] = {}
    for name, state in states.items():
        for pinned in state.secrets:
            readers.setdefault(pinned, []).append(name)
    seen, fixes = [], []
    for pinned in sorted(readers):
        secret_id, number = pinned.secret_id, pinned.version
        try:
            version = secrets.version(secret_id, number)
        except GoogleError as error:
            # What is not known must not keep anybody from going back.
            report.note(f"whether {secret_id} can be read is not known: {error.what}")
            continue
        if version is not None and version.state is State.ENABLED:
            continue
        state_word = version.state if version else "gone"
        seen.append(
            f"version {number} of {secret_id} is {state_word}, and "
            f"{', '.join(readers[pinned])} would start no instance"
        )
        fixes.append(
            f"gcloud secrets versions enable {number} --secret={secret_id} --project={project}"
            if version is not None and version.state is State.DISABLED
            else f"nothing brings version {number} of {secret_id} back: go back to another "
            "release (--to), or release a repaired image"
        )
    if seen:
        raise Refused("; ".join(seen), "\n         ".join(fixes))
