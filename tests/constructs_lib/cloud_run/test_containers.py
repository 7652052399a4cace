"""Services and jobs have blocks of the same shape, of classes of their own."""

from __future__ import annotations

import pytest

from constructs_lib.cloud_run.containers import (
    JOB_BLOCKS,
    SERVICE_BLOCKS,
    AuthProxy,
    HttpProbe,
    SecretFile,
    SecretVersion,
    VpcAccess,
)

SECRET = SecretVersion("beep-key", 3)
FILE = SecretFile("/secrets", "key.json", SECRET)
PROBE = HttpProbe("/health", 8080, period_seconds=30, failures=3)
PROXY = AuthProxy("example.com/proxy", "project:region:name", 5432)


def shape(block: object) -> object:
    """Return a block, or a list of blocks, as plain names and values without their classes."""
    if isinstance(block, list):
        return [shape(item) for item in block]
    if type(block).__name__.startswith("CloudRunV2"):
        return {name: shape(value) for name, value in vars(block)["_values"].items()}
    return block


def test_a_service_and_a_job_have_blocks_of_the_same_shape() -> None:
    direct = VpcAccess("network", "subnetwork")
    connected = VpcAccess("network", "subnetwork", connector="connector")
    of_a_service, of_a_job = (
        [
            blocks.environment({"PLAIN": "x"}, {"KEY": SECRET}),
            blocks.mounts(FILE),
            blocks.volumes(FILE),
            blocks.startup_probe(PROBE),
            blocks.vpc_access(direct),
            blocks.vpc_access(connected),
        ]
        for blocks in (SERVICE_BLOCKS, JOB_BLOCKS)
    )
    assert shape(of_a_service) == shape(of_a_job)
    assert shape(SERVICE_BLOCKS.mounts(FILE)) == [{"name": "secret-file", "mount_path": "/secrets"}]


def test_a_startup_and_a_liveness_probe_have_the_same_shape() -> None:
    startup, liveness = SERVICE_BLOCKS.startup_probe(PROBE), SERVICE_BLOCKS.liveness_probe(PROBE)
    assert shape(startup) == shape(liveness)


def test_variables_are_sorted_by_name_wherever_their_values_are() -> None:
    variables = SERVICE_BLOCKS.environment({"C": "x", "A": "y"}, {"B": SECRET})
    assert [variable.name for variable in variables] == ["A", "B", "C"]


def test_without_a_secret_file_nothing_is_mounted() -> None:
    assert JOB_BLOCKS.mounts(None) is None
    assert JOB_BLOCKS.volumes(None) is None


def test_a_probe_never_waits_longer_than_its_period() -> None:
    with pytest.raises(ValueError, match="5 s outlasts the period of 2 s"):
        HttpProbe("/", 80, period_seconds=2, failures=1)
    assert PROBE.timeout_seconds == 5


def test_only_a_job_can_stop_its_auth_proxy() -> None:
    of_a_service = SERVICE_BLOCKS.auth_proxy(PROXY, cpu_idle=True).args or []
    of_a_job = JOB_BLOCKS.auth_proxy(PROXY).args or []
    assert [flag for flag in of_a_job if flag not in of_a_service] == [
        "--quitquitquit",
        f"--admin-port={PROXY.ADMIN_PORT}",
    ]
    assert of_a_service[-1] == of_a_job[-1] == "project:region:name"


def test_the_proxy_of_a_service_serves_until_the_application_has_drained() -> None:
    arguments = SERVICE_BLOCKS.auth_proxy(PROXY, cpu_idle=True).args or []
    delays = dict(argument.split("=") for argument in arguments if "sigterm-delay" in argument)
    # Cloud Run ends the instance 10 s after SIGTERM.
    assert 0 < int(delays["--min-sigterm-delay"].rstrip("s")) < 10
    assert 0 < int(delays["--max-sigterm-delay"].rstrip("s")) < 10
    of_a_job = JOB_BLOCKS.auth_proxy(PROXY).args or []
    assert not [argument for argument in of_a_job if "sigterm-delay" in argument]
