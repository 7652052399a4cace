"""The alerts of a virtual machine that runs one container.

Metric names are from Google's list of Compute Engine metrics. Uptime and CPU come from the host.
The disk's comes from the health monitor of Container-Optimized OS, which the metadata switches on.
"""

from __future__ import annotations

from constructs_lib.monitoring.alerts import Alert, Severity
from constructs_lib.monitoring.filters import all_of, metric

RUNBOOK = "a-machine-is-down-or-short-of-cpu-or-disk"
_DATA_DEVICE = "sdb"
"""The second disk of a machine whose disks are on SCSI, as those of e2, n2 and n2d are."""


def _machine(metric_type: str, machine: str, *terms: str) -> str:
    return all_of(
        metric(f"compute.googleapis.com/{metric_type}", "gce_instance"),
        f'metadata.system_labels.name = "{machine}"',
        *terms,
    )


def machine_is_down(machine: str, severity: Severity) -> Alert:
    """The machine does not run: it reports no uptime."""
    return Alert(
        id=f"{machine}-down",
        title=f"The machine {machine} does not run",
        severity=severity,
        filter=_machine("instance/uptime_total", machine),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        alignment_seconds=60,
        threshold=1,
        below=True,
        missing_is_wrong=True,
        meaning=f"{machine} has reported no uptime for five minutes. Its data is on a disk of "
        "its own and is not touched by that.",
        steps=(
            f"See what happened: gcloud compute operations list --filter=targetLink:{machine}.",
            f"Start it: gcloud compute instances start {machine} --zone=ZONE.",
            "If it is gone, apply the stack that holds it: the same disk is attached again.",
        ),
        runbook=RUNBOOK,
    )


def machine_is_old(machine: str, days: int) -> Alert:
    """The machine runs an image from before: nothing on it updates by itself.

    Another image replaces the machine, so its uptime tells how old the image is at least. A restart
    of the same machine hides it; ``beep-infra preflight`` asks for the image itself.
    """
    return Alert(
        id=f"{machine}-old",
        title=f"The machine {machine} has run one image for more than {days} days",
        severity="WARNING",
        filter=_machine("instance/uptime_total", machine),
        aligner="ALIGN_MAX",
        reducer="REDUCE_MAX",
        threshold=days * 86400,
        meaning=f"{machine} got no patch of its operating system for {days} days. A machine is "
        "patched by replacing it with a newer image; its data stays.",
        steps=(
            "List newer images: gcloud compute images list --project=cos-cloud "
            "--no-standard-images.",
            "Set boot_image of the machine in the environment file, and apply the data stack.",
        ),
        runbook=RUNBOOK,
    )


def machine_cpu_is_high(machine: str, utilization: float) -> Alert:
    """The machine is short of CPU."""
    return Alert(
        id=f"{machine}-cpu",
        title=f"The CPU of {machine} is above {utilization:.0%}",
        severity="WARNING",
        filter=_machine("instance/cpu/utilization", machine),
        aligner="ALIGN_MEAN",
        reducer="REDUCE_MAX",
        duration_seconds=900,
        threshold=utilization,
        meaning=f"{machine} has used more than {utilization:.0%} of its CPU for 15 minutes.",
        steps=(
            "Look for a statement that dominates the load: pg_stat_statements.",
            "Raise machine_type in the environment file; the change restarts the machine.",
        ),
        runbook=RUNBOOK,
    )


def machine_disk_is_full(
    machine: str, utilization: float, severity: Severity, causes: tuple[str, ...]
) -> Alert:
    """The data disk fills up. It grows only when its size is raised.

    ``causes``: what to look for once there is room again, a sentence each.
    """
    used = _machine(
        "guest/disk/bytes_used", machine, f'metric.labels.device_name = "{_DATA_DEVICE}"'
    )
    return Alert(
        id=f"{machine}-disk",
        title=f"The data disk of {machine} is more than {utilization:.0%} full",
        severity=severity,
        filter=all_of(used, 'metric.labels.state = "used"'),
        denominator_filter=used,
        aligner="ALIGN_MEAN",
        reducer="REDUCE_SUM",
        threshold=utilization,
        meaning=f"The data disk of {machine} fills up; a full disk stops all writes.",
        steps=(
            "Raise disk_size_gb in the environment file and apply; it takes effect without a "
            "restart.",
            *causes,
        ),
        runbook=RUNBOOK,
    )
