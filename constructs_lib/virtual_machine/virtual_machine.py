"""A private virtual machine that runs one stateful server in a container.

The machine is replaced whenever its script or its image changes; what must be kept is on a disk
of its own, which is snapshotted, and behind an address and a name of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf_cdktf_provider_google.compute_address import ComputeAddress
from cdktf_cdktf_provider_google.compute_disk import ComputeDisk
from cdktf_cdktf_provider_google.compute_disk_resource_policy_attachment import (
    ComputeDiskResourcePolicyAttachment,
)
from cdktf_cdktf_provider_google.compute_firewall import (
    ComputeFirewall,
    ComputeFirewallAllow,
    ComputeFirewallLogConfig,
)
from cdktf_cdktf_provider_google.compute_instance import (
    ComputeInstance,
    ComputeInstanceAttachedDisk,
    ComputeInstanceBootDisk,
    ComputeInstanceBootDiskInitializeParams,
    ComputeInstanceNetworkInterface,
    ComputeInstanceScheduling,
    ComputeInstanceServiceAccount,
    ComputeInstanceShieldedInstanceConfig,
)
from cdktf_cdktf_provider_google.compute_resource_policy import (
    ComputeResourcePolicy,
    ComputeResourcePolicySnapshotSchedulePolicy,
    ComputeResourcePolicySnapshotSchedulePolicyRetentionPolicy,
    ComputeResourcePolicySnapshotSchedulePolicySchedule,
    ComputeResourcePolicySnapshotSchedulePolicyScheduleDailySchedule,
    ComputeResourcePolicySnapshotSchedulePolicyScheduleHourlySchedule,
    ComputeResourcePolicySnapshotSchedulePolicySnapshotProperties,
)
from constructs import Construct

from constructs_lib.network.private_dns import DnsName, address_record
from constructs_lib.terraform import kept
from constructs_lib.virtual_machine.startup_script import DEVICE_NAME, Container, startup_script

IAP_RANGE = "35.235.240.0/20"
"""From here Identity-Aware Proxy forwards to machines that have no public address."""
MACHINE_ROLES = ("roles/logging.logWriter", "roles/monitoring.metricWriter")
"""What the machine's account needs on its project for logs and for guest metrics."""

_SSH_PORT = 22
_BOOT_DISK_GB = 20


@dataclass(frozen=True, slots=True)
class DataDisk:
    """The disk that outlives the machine. It can grow in place, and never shrink."""

    name: str
    size_gb: int
    type: str = "pd-balanced"
    snapshot: str | None = None
    """The snapshot that a new disk begins with: ``projects/P/global/snapshots/S``."""


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Snapshots of the data disk, which are as a power loss would leave it. Times are UTC."""

    interval_hours: int
    start_time: str
    """A full hour, ``HH:00``; for a daily schedule a multiple of four."""
    retention_days: int
    location: str


@dataclass(frozen=True, slots=True)
class Ingress:
    """A TCP port of the container, and the ranges that may call it."""

    name: str
    port: int
    source_ranges: Sequence[str]


class VirtualMachine(Construct):
    """A machine without a public address, its disk, its address and its firewall rules.

    ``service_account`` is the machine's own: the rules name it, so that they hold for this machine
    and no other. People come in through Identity-Aware Proxy and OS Login only.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        project_id: str,
        region: str,
        zone: str,
        machine_type: str,
        boot_image: str,
        network: str,
        subnetwork: str,
        service_account: str,
        container: Container,
        disk: DataDisk,
        snapshots: Snapshots,
        ingress: Sequence[Ingress],
        dns_name: DnsName,
        labels: dict[str, str],
        deletion_protection: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.disk = self._data_disk(
            name, region, zone, disk, snapshots, labels, deletion_protection
        )
        self.address = ComputeAddress(
            self,
            "address",
            name=name,
            region=region,
            address_type="INTERNAL",
            purpose="GCE_ENDPOINT",
            subnetwork=subnetwork,
            lifecycle=kept(deletion_protection),
        )
        for rule in (*ingress, Ingress("ssh", _SSH_PORT, (IAP_RANGE,))):
            ComputeFirewall(
                self,
                f"allow-{rule.name}",
                name=f"{name}-{rule.name}",
                network=network,
                direction="INGRESS",
                source_ranges=list(rule.source_ranges),
                target_service_accounts=[service_account],
                allow=[ComputeFirewallAllow(protocol="tcp", ports=[str(rule.port)])],
                log_config=ComputeFirewallLogConfig(metadata="EXCLUDE_ALL_METADATA"),
            )
        self.instance = ComputeInstance(
            self,
            "instance",
            name=name,
            zone=zone,
            machine_type=machine_type,
            # Not protected itself: it holds nothing, and each change of its script replaces it.
            deletion_protection=False,
            allow_stopping_for_update=True,
            boot_disk=ComputeInstanceBootDisk(
                auto_delete=True,
                initialize_params=ComputeInstanceBootDiskInitializeParams(
                    # By name: a family would change under a plan, and nobody would see it.
                    image=f"projects/cos-cloud/global/images/{boot_image}",
                    size=_BOOT_DISK_GB,
                    type="pd-balanced",
                ),
            ),
            attached_disk=[
                ComputeInstanceAttachedDisk(source=self.disk.self_link, device_name=DEVICE_NAME)
            ],
            network_interface=[
                ComputeInstanceNetworkInterface(
                    subnetwork=subnetwork, network_ip=self.address.address
                )
            ],
            service_account=ComputeInstanceServiceAccount(
                email=service_account, scopes=["cloud-platform"]
            ),
            shielded_instance_config=ComputeInstanceShieldedInstanceConfig(
                enable_secure_boot=True, enable_vtpm=True, enable_integrity_monitoring=True
            ),
            scheduling=ComputeInstanceScheduling(
                automatic_restart=True, on_host_maintenance="MIGRATE"
            ),
            metadata=_METADATA,
            # Replaces the machine when it changes: what is declared is then what runs.
            metadata_startup_script=startup_script(
                name=name,
                project_id=project_id,
                container=container,
                ports=[rule.port for rule in ingress],
            ),
        )
        address_record(self, "dns-record", name=dns_name, address=self.address.address)

    def _data_disk(
        self,
        name: str,
        region: str,
        zone: str,
        disk: DataDisk,
        snapshots: Snapshots,
        labels: dict[str, str],
        deletion_protection: bool,
    ) -> ComputeDisk:
        data_disk = ComputeDisk(
            self,
            "data",
            name=disk.name,
            zone=zone,
            size=disk.size_gb,
            type=disk.type,
            snapshot=disk.snapshot,
            lifecycle=kept(deletion_protection),
        )
        policy = ComputeResourcePolicy(
            self,
            "snapshots",
            name=f"{name}-data",
            region=region,
            description=f"Snapshots of the data of {name}",
            snapshot_schedule_policy=_schedule(snapshots, labels),
        )
        ComputeDiskResourcePolicyAttachment(
            self, "snapshots-of-data", name=policy.name, disk=data_disk.name, zone=zone
        )
        return data_disk


_METADATA = {
    "block-project-ssh-keys": "true",
    "enable-oslogin": "true",
    "serial-port-enable": "false",
    # Container logs to Cloud Logging; disk and memory of the guest to Cloud Monitoring.
    "google-logging-enabled": "true",
    "google-monitoring-enabled": "true",
    "cos-update-strategy": "update_disabled",
}


def _schedule(
    snapshots: Snapshots, labels: dict[str, str]
) -> ComputeResourcePolicySnapshotSchedulePolicy:
    daily = snapshots.interval_hours == 24
    return ComputeResourcePolicySnapshotSchedulePolicy(
        schedule=ComputeResourcePolicySnapshotSchedulePolicySchedule(
            daily_schedule=ComputeResourcePolicySnapshotSchedulePolicyScheduleDailySchedule(
                days_in_cycle=1, start_time=snapshots.start_time
            )
            if daily
            else None,
            hourly_schedule=None
            if daily
            else ComputeResourcePolicySnapshotSchedulePolicyScheduleHourlySchedule(
                hours_in_cycle=snapshots.interval_hours, start_time=snapshots.start_time
            ),
        ),
        retention_policy=ComputeResourcePolicySnapshotSchedulePolicyRetentionPolicy(
            max_retention_days=snapshots.retention_days,
            # A disk that is gone is when its snapshots are needed.
            on_source_disk_delete="KEEP_AUTO_SNAPSHOTS",
        ),
        snapshot_properties=ComputeResourcePolicySnapshotSchedulePolicySnapshotProperties(
            # The provider's default labels do not reach what Google makes later.
            labels=labels,
            storage_locations=[snapshots.location],
            guest_flush=False,
        ),
    )
