"""What a virtual machine runs on each boot: a disk, a few secrets and one container.

``startup.sh`` holds the text that all machines share; this module adds what differs.

The text is metadata, which everybody with read access to the project sees: it names secrets and
holds none. Container-Optimized OS forgets ``/etc`` and ``/run`` at each boot and has neither
gcloud nor Python, so the text needs bash, curl, docker and the usual tools only.

Terraform reads ``${`` and ``%{`` as its own. The shell's variables are therefore written without
braces, and what comes from Terraform, such as an image variable, keeps its reference.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from constructs_lib.cloud_run.containers import SecretVersion
from constructs_lib.literal import literal

DEVICE_NAME = "data"
"""The data disk is ``/dev/disk/by-id/google-data`` inside the machine."""
SECRETS_DIRECTORY = "/run/secrets"
SHELL_FILE = Path(__file__).with_name("startup.sh")
"""The text that all machines share, as a complete script of an example machine.

The example's values and functions stand between ``# begin`` and ``# end``, so that shellcheck reads
the file as it is. ``startup_script`` puts those of a real machine in their place.
"""

_BEFORE_VALUES, _BEFORE_FUNCTIONS, _AFTER_FUNCTIONS = re.split(
    r"^# begin .*?^# end \w+\n",
    SHELL_FILE.read_text(encoding="utf-8"),
    flags=re.MULTILINE | re.DOTALL,
)
_END = "END OF FILE"


@dataclass(frozen=True, slots=True)
class Health:
    """A command inside the container that fails when the server must be started again.

    It must succeed while a server that is alive cannot serve yet: one that replays its log after
    a crash would otherwise be interrupted again and again.
    """

    command: Sequence[str]
    interval_seconds: int = 10
    failures: int = 18
    """After so many failures in a row the container is started again; a first start has as long."""


@dataclass(frozen=True, slots=True)
class Container:
    """The container that a machine runs."""

    image: str
    """In Artifact Registry: the machine reaches Google's APIs and nothing else."""
    data_path: str
    """Where the container sees its folder of the data disk."""
    health: Health
    args: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretVersion] = field(default_factory=dict)
    """File names below ``/run/secrets`` of the container, and what they hold."""
    user_id: int | None = None
    """The user of the container, who alone may read its secrets; any user of it, unless given."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Absolute paths inside the container, and the text of each, as it is. Not for secrets."""
    setup: Sequence[str] = ()
    """A command run inside the container once it is healthy, until it succeeds, at each start."""
    shared_memory_mib: int = 64


def startup_script(
    *, name: str, project_id: str, container: Container, ports: Sequence[int]
) -> str:
    """Return the script of a machine whose data disk is attached as ``DEVICE_NAME``.

    Raises ``ValueError`` for a file whose text the script cannot hold.
    """
    values = {
        "name": name,
        "image": shlex.quote(container.image),
        "device": f"/dev/disk/by-id/google-{DEVICE_NAME}",
        "interval": container.health.interval_seconds,
        "limit": container.health.failures,
        "user": "" if container.user_id is None else container.user_id,
    }
    functions = {
        "write_files": _write_files(container),
        "read_secrets": _read_secrets(project_id, container),
        "create_container": [_create(name, container, ports)],
        "is_healthy": [_exec(name, container.health.command)],
        "set_up": [_exec(name, container.setup) if container.setup else "true"],
    }
    return "".join(
        (
            _BEFORE_VALUES,
            *(f"readonly {variable}={value}\n" for variable, value in values.items()),
            _BEFORE_FUNCTIONS,
            *(_function(function, lines) for function, lines in functions.items()),
            _AFTER_FUNCTIONS,
        )
    )


def _function(name: str, lines: Sequence[str]) -> str:
    # The shell refuses a function without a command.
    body = "\n".join(f"  {line}" for line in lines or ["true"])
    return f"{name}() {{\n{body}\n}}\n\n"


def _write_files(container: Container) -> list[str]:
    lines = []
    for number, (path, text) in enumerate(container.files.items()):
        if _END in text or not text.endswith("\n"):
            raise ValueError(f"{path}: the text must end in a newline, and not hold {_END}")
        # The delimiter is quoted, so that the shell expands nothing in the text.
        lines.append(f"cat >$state/files/{number} <<'{_END}'\n{literal(text)}{_END}")
        lines.append(f"chmod 0444 $state/files/{number}")
    return lines


def _read_secrets(project_id: str, container: Container) -> list[str]:
    return [
        f"read_secret projects/{project_id}/secrets/{secret.secret_id}"
        f"/versions/{secret.version} {shlex.quote(file)}"
        for file, secret in container.secrets.items()
    ]


def _create(name: str, container: Container, ports: Sequence[int]) -> str:
    arguments = [
        f"docker create --name {name}",
        # What the logging agent of the machine reads.
        "--log-driver json-file --log-opt max-size=50m --log-opt max-file=3",
        "--security-opt no-new-privileges",
        f"--shm-size {container.shared_memory_mib}m",
        *(f"--publish {port}:{port}" for port in ports),
        f"--volume $data/{name}:{container.data_path}",
        *(
            f"--volume $state/secrets/{file}:{SECRETS_DIRECTORY}/{file}:ro"
            for file in container.secrets
        ),
        *(
            f"--volume $state/files/{number}:{path}:ro"
            for number, path in enumerate(container.files)
        ),
        *(f"--env {shlex.quote(f'{key}={text}')}" for key, text in container.variables.items()),
        '"$image"',
        *(shlex.quote(argument) for argument in container.args),
    ]
    return " \\\n    ".join(arguments) + " >/dev/null"


def _exec(name: str, command: Sequence[str]) -> str:
    return f"timeout 60 docker exec {name} {shlex.join(command)}"
