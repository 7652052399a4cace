"""What a virtual machine runs on each boot: a disk, a few secrets and one container.

The text is metadata, which everybody with read access to the project sees: it names secrets and
holds none. Container-Optimized OS forgets ``/etc`` and ``/run`` at each boot and has neither
gcloud nor Python, so the text needs bash, curl, docker and the usual tools only.

Terraform reads ``${`` and ``%{`` as its own. The shell's variables are therefore written without
braces, and what comes from Terraform, such as an image variable, keeps its reference.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs_lib.cloud_run.containers import SecretVersion

DEVICE_NAME = "data"
"""The data disk is ``/dev/disk/by-id/google-data`` inside the machine."""
SECRETS_DIRECTORY = "/run/secrets"


@dataclass(frozen=True, slots=True)
class Health:
    """A command inside the container that fails when the server must be started again.

    It must succeed while a server that is alive cannot serve yet: one that replays its log after
    a crash would otherwise be interrupted again and again.
    """

    command: Sequence[str]
    interval_seconds: int = 10
    failures: int = 18
    """Failures in a row before the container is started again; at first start they are a grace."""


@dataclass(frozen=True, slots=True)
class Container:
    """The one container of a machine."""

    image: str
    """In Artifact Registry: the machine reaches Google's APIs and nothing else."""
    data_path: str
    """Where the container sees its folder of the data disk."""
    health: Health
    args: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, SecretVersion] = field(default_factory=dict)
    """File names below ``/run/secrets`` of the container, and what they hold."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Absolute paths inside the container, and the text of each, as it is. Not for secrets."""
    setup: Sequence[str] = ()
    """A command run inside the container once it is healthy, until it succeeds, at each start."""
    shared_memory_mib: int = 64


def startup_script(
    *, name: str, project_id: str, container: Container, ports: Sequence[int]
) -> str:
    """Return the script of a machine whose data disk is attached as ``DEVICE_NAME``."""
    return "\n".join(
        (
            _HEAD,
            f"readonly name={name}",
            f"readonly image={shlex.quote(container.image)}",
            f"readonly device=/dev/disk/by-id/google-{DEVICE_NAME}",
            f"readonly interval={container.health.interval_seconds}",
            f"readonly limit={container.health.failures}",
            _COMMON,
            _function("write_files", _write_files(container)),
            _function("read_secrets", _read_secrets(project_id, container)),
            _function("create_container", [_create(name, container, ports)]),
            _function("is_healthy", [_exec(name, container.health.command)]),
            _function("set_up", [_exec(name, container.setup) if container.setup else "true"]),
            _COMMANDS,
        )
    )


def _function(name: str, lines: Sequence[str]) -> str:
    body = "\n".join(f"  {line}" for line in lines or ["true"])
    return f"{name}() {{\n{body}\n}}\n"


def _write_files(container: Container) -> list[str]:
    lines = []
    for number, (path, text) in enumerate(container.files.items()):
        if _END in text or not text.endswith("\n"):
            raise ValueError(f"{path}: the text must end in a newline, and not hold {_END}")
        # Quoted: the shell takes the text as it is.
        lines.append(f"cat >$state/files/{number} <<'{_END}'\n{_literal(text)}{_END}")
        lines.append(f"chmod 0444 $state/files/{number}")
    return lines


def _literal(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


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


_END = "END OF FILE"

_HEAD = """\
#!/bin/bash
# On each boot: installs a unit that prepares the data disk and the secrets, and runs the container.
set -euo pipefail
umask 077
"""

_COMMON = """\
readonly data=/mnt/disks/data
readonly state=/run/$name
readonly units=/run/systemd/system
readonly mounts=/proc/mounts
# Root's own home is read-only here; docker-credential-gcr and docker keep their settings below it.
export HOME=$state

log() {
  echo "$name: $*" >&2
}

fetch() {
  curl --silent --show-error --fail --max-time 20 --retry 5 --retry-connrefused "$@"
}

# Neither the token nor the value is ever an argument, which every process could see.
read_secret() {
  local token file=$state/secrets/$2
  token=$(
    fetch --header 'Metadata-Flavor: Google' \\
      http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token |
      sed -n 's/.*"access_token" *: *"\\([^"]*\\)".*/\\1/p'
  )
  printf 'Authorization: Bearer %s\\n' "$token" |
    fetch --header @- "https://secretmanager.googleapis.com/v1/$1:access" |
    tr -d '\\n' | sed -n 's/.*"data" *: *"\\([^"]*\\)".*/\\1/p' | base64 --decode >"$file.new"
  if [ ! -s "$file.new" ]; then
    log "$1 is empty"
    return 1
  fi
  # Readable for whatever user the container runs as; the folder is root's alone.
  chmod 0444 "$file.new"
  mv "$file.new" "$file"
}
"""

_COMMANDS = r"""# Formats only what nobody has written to: a disk made from a snapshot never is.
format_when_empty() {
  local probed=0
  blkid --probe "$device" >/dev/null || probed=$?
  if [ "$probed" -eq 0 ]; then
    return
  fi
  if [ "$probed" -ne 2 ]; then
    log "blkid cannot read the data disk: $probed"
    return 1
  fi
  dd if="$device" of=/dev/null bs=1M count=64 status=none
  if [ "$(dd if="$device" bs=1M count=64 status=none | tr -d '\0' | wc --bytes)" -ne 0 ]; then
    log "the data disk has no file system, but is not empty: it is left as it is"
    return 1
  fi
  log "formatting the data disk"
  mkfs.ext4 -q -m 0 "$device"
}

mount_data() {
  local checked=0
  if grep --quiet " $data " "$mounts"; then
    return
  fi
  format_when_empty
  e2fsck -p "$device" >&2 || checked=$?
  # 1 and 2: errors were found and corrected.
  if [ "$checked" -gt 2 ]; then
    log "the file system needs a person: e2fsck ended with $checked"
    return 1
  fi
  mkdir -p "$data"
  mount -t ext4 -o discard,nodev,nosuid "$device" "$data"
}

disk_size() {
  lsblk --bytes --nodeps --noheadings --output SIZE "$device"
}

# A disk that was enlarged is used in full without a restart.
grow() {
  local now
  now=$(disk_size)
  if [ "$now" != "$size" ]; then
    resize2fs "$device" >&2
    size=$now
  fi
}

pull() {
  local registry
  registry=$(printf %s "$image" | cut -d / -f 1)
  docker-credential-gcr configure-docker --registries "$registry" >&2
  # What is here already starts even when the registry does not answer.
  docker pull --quiet "$image" >&2 || docker image inspect "$image" >/dev/null
}

prepare() {
  mkdir -p "$state/secrets" "$state/files"
  mount_data
  mkdir -p "$data/$name"
  write_files
  read_secrets
  pull
}

is_running() {
  [ "$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null)" = true ]
}

# As the server wants to be stopped, for as long as a machine that goes down has.
end_container() {
  docker stop --time 75 "$name" >/dev/null 2>&1 || true
  docker rm --force "$name" >/dev/null 2>&1 || true
}

# Ends when the container has ended or has to; the unit then starts everything again.
run() {
  local failures=0 ready='' size=''
  end_container
  create_container
  docker start "$name" >/dev/null
  while is_running; do
    grow || log "the file system could not be enlarged"
    if is_healthy >/dev/null 2>&1; then
      failures=0
      if [ -z "$ready" ] && set_up; then
        ready=yes
        log "is ready"
      fi
    else
      failures=$((failures + 1))
      log "health check failed $failures of $limit times"
      if [ "$failures" -ge "$limit" ]; then
        end_container
      fi
    fi
    sleep "$interval"
  done
  log "the container has ended"
  return 1
}

install_unit() {
  mkdir -p "$state" "$units"
  cat "$0" >"$state/machine.sh"
  cat >"$units/$name.service" <<UNIT
[Unit]
Description=The container $name
Wants=docker.service network-online.target
After=docker.service network-online.target
StartLimitIntervalSec=0

[Service]
ExecStartPre=/bin/bash $state/machine.sh prepare
ExecStart=/bin/bash $state/machine.sh run
ExecStopPost=/bin/bash $state/machine.sh end_container
Restart=always
RestartSec=5
TimeoutStartSec=infinity
TimeoutStopSec=90
UNIT
  systemctl daemon-reload
  systemctl restart --no-block "$name.service"
}

if [ $# -eq 0 ]; then
  install_unit
else
  "$1"
fi
"""
