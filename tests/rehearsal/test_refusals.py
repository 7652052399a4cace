"""What Google refuses is refused before it is applied, in every stack, without Terraform."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from provider_schema.blocks import Block
from provider_schema.store import SchemaStore
from rehearsal.codec import UNKNOWN, Object, Value
from rehearsal.provider import Provider
from tests.rehearsal.faults import API, REDIS, SERVICES, SQL, Edit, all_of, drop, put
from tests.support import Stacks, resources

ARMOR = "resource/google_compute_security_policy/edge_armor_api_policy"
JOB = "resource/google_cloud_run_v2_job/cloud_run_beep_migrate"
MAPPING = "resource/google_cloud_run_domain_mapping/edge_web"
REPOSITORY = "resource/google_artifact_registry_repository/artifact_registry_repository"
UPTIME = "resource/google_monitoring_uptime_check_config/monitoring_beep_api_uptime"
CONTAINER = f"{API}/template/containers/0"
LIMITS = f"{CONTAINER}/resources/limits"
JOB_CONTAINER = f"{JOB}/template/template/containers/0"
BACKUPS = f"{SQL}/settings/backup_configuration"


@pytest.fixture(scope="module")
def provider(store: SchemaStore, stacks: Stacks) -> Provider:
    kinds = {kind for stack in stacks.values() for kind, _, _ in resources(stack)}
    return Provider(store.load(kinds, ()))


def configured(block: Block, arguments: Mapping[str, Any]) -> Object:
    """Return the arguments of the JSON as Terraform passes them; expressions are unknown."""
    config: Object = {name: known(arguments.get(name)) for name in block.attributes}
    for name, nested in block.blocks.items():
        inner = arguments.get(name)
        items = inner if isinstance(inner, list) else [] if inner is None else [inner]
        blocks = [configured(nested.block, item) for item in items]
        config[name] = blocks if nested.nesting != "single" else blocks[0] if blocks else None
    return config


def known(value: Any) -> Value:
    if isinstance(value, dict):
        return {key: known(item) for key, item in value.items()}
    if isinstance(value, list):
        return [known(item) for item in value]
    return UNKNOWN if isinstance(value, str) and "${" in value else value


def refused(provider: Provider, stack: Mapping[str, Any]) -> list[str]:
    return [
        f"{kind}.{name} {'.'.join(map(str, finding.path))}: {finding.summary} {finding.detail}"
        for kind, name, arguments in resources(dict(stack))
        if kind.startswith("google_")
        for finding in provider.validate(
            kind, configured(provider.schema.resources[kind], arguments)
        )
    ]


def edited(stack: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """Return a changed copy of a stack."""
    changed = copy.deepcopy(stack)
    edit(changed)
    return changed


def append(path: str, *values: Any) -> Edit:
    """Add items to a list."""

    def edit(configuration: dict[str, Any]) -> None:
        *parents, last = path.split("/")
        target: Any = configuration
        for step in parents:
            target = target[int(step)] if step.isdigit() else target[step]
        target.setdefault(last, []).extend(values)

    return edit


def variable(name: str, **value: Any) -> dict[str, Any]:
    return {"name": name, **value}


SECRET = {"value_source": {"secret_key_ref": {"secret": "s", "version": "1"}}}


def test_our_stacks_are_refused_nothing(provider: Provider, stacks: Stacks) -> None:
    assert [message for stack in stacks.values() for message in refused(provider, stack)] == []


@pytest.mark.parametrize(
    ("stack", "edit", "message"),
    [
        pytest.param(
            SERVICES,
            append(f"{ARMOR}/rule", {"action": "allow", "priority": 100}),
            'rule: two rule blocks have the priority "100" Allowed: each priority once.',
            id="two Cloud Armor rules of one priority",
        ),
        pytest.param(
            SERVICES,
            append(f"{CONTAINER}/env", variable("X", value="1"), variable("X", **SECRET)),
            'template.0.containers.0.env: two env blocks have the name "X"',
            id="one variable both plain and secret, in two blocks",
        ),
        pytest.param(
            SERVICES,
            append(f"{CONTAINER}/env", variable("X", value="1", **SECRET)),
            'the variable "X" has a value and a value_source Allowed: one of the two.',
            id="one variable both plain and secret, in one block",
        ),
        pytest.param(
            SERVICES,
            append(f"{CONTAINER}/env", variable("PORT", value="8080")),
            'the variable "PORT" is reserved',
            id="PORT of the container that serves",
        ),
        pytest.param(
            SERVICES,
            append(f"{API}/template/containers/1/env", variable("K_REVISION", value="1")),
            'containers.1.env: the variable "K_REVISION" is reserved',
            id="a reserved name in a sidecar",
        ),
        pytest.param(
            "prod-migrations",
            append(f"{JOB_CONTAINER}/env", variable("CLOUD_RUN_TASK_INDEX", value="1")),
            'the variable "CLOUD_RUN_TASK_INDEX" is reserved',
            id="a reserved name in a job",
        ),
        pytest.param(
            SERVICES,
            append(f"{CONTAINER}/env", variable("A=B", value="1")),
            '"A=B" cannot be the name of a variable',
            id="a name that is none",
        ),
        pytest.param(
            SERVICES,
            append(f"{API}/template/containers", {"name": "app", "image": "x"}),
            'template.0.containers: two containers blocks have the name "app"',
            id="two containers of one name",
        ),
        pytest.param(
            "dev-services",
            put(f"{LIMITS}/cpu", "500m"),
            "1000 requests at once need 1 CPU or more; the containers have 0.5 Allowed: 1",
            id="less than one CPU with concurrency above one",
        ),
        pytest.param(
            SERVICES,
            put(f"{LIMITS}/memory", "32Gi"),
            "32 GiB of memory do not go with 4 CPUs Allowed: 2 to 16 GiB.",
            id="more memory than the CPUs may have",
        ),
        pytest.param(
            SERVICES,
            put(f"{API}/scaling/min_instance_count", 21),
            "scaling.0.min_instance_count: 21 instances at least, and 1 at most",
            id="more instances at least than at most",
        ),
        pytest.param(
            SERVICES,
            put(f"{CONTAINER}/volume_mounts/0/name", "secret-files"),
            'volume_mounts names "secret-files", which is not there Allowed: secret-file.',
            id="a mounted volume that is not there",
        ),
        pytest.param(
            "prod-migrations",
            put(f"{JOB_CONTAINER}/depends_on", ["proxy"]),
            'depends_on names "proxy", which is not there Allowed: app, auth-proxy.',
            id="a wait for a container that is not there",
        ),
        pytest.param(
            "prod-data",
            put(f"{SQL}/settings/tier", "db-perf-optimized-N-2"),
            "tier db-perf-optimized-N-2 does not fit edition ENTERPRISE Allowed: db-custom",
            id="a tier of the other edition",
        ),
        pytest.param(
            "prod-data",
            put(f"{BACKUPS}/transaction_log_retention_days", 8),
            "edition ENTERPRISE keeps the log for 1 to 7 days, not 8 Allowed: 1 to 7.",
            id="log days that the edition does not keep",
        ),
        pytest.param(
            "prod-data",
            all_of(
                put(f"{SQL}/settings/edition", "ENTERPRISE_PLUS"),
                put(f"{SQL}/settings/tier", "db-perf-optimized-N-2"),
                put(f"{BACKUPS}/transaction_log_retention_days", 36),
            ),
            "edition ENTERPRISE_PLUS keeps the log for 1 to 35 days, not 36",
            id="log days that no edition keeps",
        ),
        pytest.param(
            "prod-data",
            put(f"{REDIS}/tier", "BASIC"),
            "replica_count: tier BASIC is one node; it has no replicas",
            id="replicas on BASIC",
        ),
        pytest.param(
            "prod-data",
            all_of(drop(f"{REDIS}/tier"), drop(f"{REDIS}/replica_count")),
            "read_replicas_mode: tier BASIC is one node",
            id="replicas on the tier that is the default",
        ),
        pytest.param(
            "prod-data",
            put(f"{REDIS}/memory_size_gb", 4),
            "read replicas need 5 GiB or more, not 4 Allowed: 5 to 300.",
            id="replicas with too little memory",
        ),
        pytest.param(
            "dev-services",
            put(f"{MAPPING}/location", "europe-west3"),
            'expected location to be one of ["asia-east1"',
            id="a domain mapping outside its regions",
        ),
        pytest.param(
            "prod-monitoring",
            put(f"{UPTIME}/period", "120s"),
            'expected period to be one of ["60s" "300s" "600s" "900s"], got 120s',
            id="an uptime period that there is not",
        ),
        pytest.param(
            "bootstrap",
            append(f"{REPOSITORY}/cleanup_policies", {"id": "keep-newest", "action": "KEEP"}),
            'two cleanup_policies blocks have the id "keep-newest"',
            id="two clean-up policies of one id, of which one would be lost",
        ),
    ],
)
def test_what_google_refuses_is_refused(
    provider: Provider, stacks: Stacks, stack: str, edit: Edit, message: str
) -> None:
    (finding,) = refused(provider, edited(stacks[stack], edit))
    assert message in finding


@pytest.mark.parametrize(
    ("stack", "edit"),
    [
        pytest.param(
            SERVICES,
            append(f"{API}/template/containers/1/env", variable("PORT", value="8888")),
            id="PORT of a sidecar, to which Cloud Run gives none",
        ),
        pytest.param(
            "prod-migrations",
            append(f"{JOB_CONTAINER}/env", variable("PORT", value="8888")),
            id="PORT of a job, which serves nobody",
        ),
        pytest.param(
            SERVICES,
            append(f"{API}/template/containers/1/env", variable("DB_PG_HOST", value="x")),
            id="a variable of that name in another container",
        ),
        pytest.param(
            SERVICES,
            put(f"{API}/template/containers/1/resources/limits/cpu", "0.5"),
            id="a small sidecar beside a whole CPU",
        ),
        pytest.param(
            "dev-services",
            all_of(
                put(f"{LIMITS}/cpu", "0.08"),
                put(f"{API}/template/max_instance_request_concurrency", 1),
            ),
            id="less than one CPU, one request at a time",
        ),
    ],
)
def test_what_google_accepts_is_accepted(
    provider: Provider, stacks: Stacks, stack: str, edit: Edit
) -> None:
    assert refused(provider, edited(stacks[stack], edit)) == []
