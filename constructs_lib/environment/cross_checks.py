"""What values may be together. Each check names, as its parameters, the settings that it needs.

A check runs where all of those are valid by themselves, whatever else in the file is not, so that
one run tells everything that can be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from constructs_lib.cloud_run import checks as workloads
from constructs_lib.edge import checks as edge
from constructs_lib.environment import checks as people
from constructs_lib.mcp import checks as mcp
from constructs_lib.monitoring import checks as objectives
from constructs_lib.network import checks as network
from constructs_lib.postgres import checks as data
from constructs_lib.postgres import machine_checks as postgres_machine
from constructs_lib.pubsub import checks as pubsub
from constructs_lib.settings.finding import Finding
from constructs_lib.telemetry import checks as telemetry

CROSS_CHECKS: tuple[Callable[..., Iterator[Finding]], ...] = (
    data.switched_on_tables_exist,
    data.tier_fits_edition,
    data.postgres_can_be_highly_available,
    data.postgres_roles_differ,
    data.connections_suffice,
    data.redis_tier_supports,
    data.urls_follow_their_passwords,
    data.storage_keys_are_a_pair,
    postgres_machine.machine_is_in_the_region,
    postgres_machine.memory_holds_the_connections,
    postgres_machine.snapshots_can_be_scheduled,
    postgres_machine.restored_disk_is_described,
    postgres_machine.superuser_is_nobody_else,
    postgres_machine.machine_image_can_be_pulled,
    network.ranges_are_apart,
    network.ranges_are_large_enough,
    network.subnet_holds_all_instances,
    network.connector_is_described,
    workloads.instance_counts_are_ordered,
    workloads.cpu_fits_memory,
    workloads.hosts_belong_to_the_domain,
    workloads.images_are_digests,
    edge.region_has_domain_mappings,
    edge.hosts_can_be_mapped,
    edge.someone_is_served,
    edge.candidates_have_hosts_of_their_own,
    mcp.mcp_callers_are_on,
    mcp.mcp_instance_counts_are_ordered,
    mcp.mcp_is_public_with_a_host_or_not_at_all,
    mcp.mcp_can_be_reached,
    pubsub.backoffs_are_ordered,
    telemetry.collector_can_be_called,
    telemetry.collector_survives_a_flood,
    telemetry.collector_instances_are_ordered,
    telemetry.server_is_in_the_region,
    telemetry.restored_disk_is_described,
    telemetry.server_image_can_be_pulled,
    objectives.fast_burn_can_happen,
    people.someone_is_told,
    people.providers_are_named_once,
    people.labels_are_valid,
)

__all__ = ["CROSS_CHECKS", "Finding"]
