"""Why a rollout stops, with the fix."""

from __future__ import annotations


class RolloutError(Exception):
    """A rollout that cannot go on; ``what`` and ``fix`` are for the reader."""

    def __init__(self, what: str, fix: str) -> None:
        self.what = what
        self.fix = fix
        super().__init__(f"{what}; fix: {fix}")


class Refused(RolloutError):
    """What was asked for is not allowed; nothing was changed."""


class LockHeld(RolloutError):
    """Another rollout of the environment holds the lock."""


class LockLost(RolloutError):
    """Another process took over; this one must change nothing more."""


class StepFailed(RolloutError):
    """A step did not do what it should; the rollout stays open."""


class CandidateFailed(RolloutError):
    """The new revision is not good enough: the traffic goes back."""


class Held(RolloutError):
    """The gate came to no verdict; traffic stays as it is until somebody decides."""
