#!/bin/bash
# On each boot: installs a unit that prepares the data disk and the secrets, and runs the container.
set -euo pipefail
umask 077

# begin values: an example, in whose place startup_script.py writes those of a machine
readonly name=example
readonly image=example.com/image@sha256:0
readonly device=/dev/disk/by-id/google-data
readonly interval=10
readonly limit=18
readonly user=999
# end values
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
    fetch --header 'Metadata-Flavor: Google' \
      http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token |
      sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
  )
  printf 'Authorization: Bearer %s\n' "$token" |
    fetch --header @- "https://secretmanager.googleapis.com/v1/$1:access" |
    tr -d '\n' | sed -n 's/.*"data" *: *"\([^"]*\)".*/\1/p' | base64 --decode >"$file.new"
  if [ ! -s "$file.new" ]; then
    log "$1 is empty"
    return 1
  fi
  # Readable for the user whom the container runs as, whoever that is; the folder is root's alone.
  if [ -n "$user" ]; then
    chown "$user" "$file.new"
    chmod 0400 "$file.new"
  else
    chmod 0444 "$file.new"
  fi
  mv "$file.new" "$file"
}

# begin functions: an example, in whose place startup_script.py writes those of a machine
write_files() {
  true
}

read_secrets() {
  read_secret projects/example/secrets/example/versions/1 example
}

create_container() {
  docker create --name example "$image" >/dev/null
}

is_healthy() {
  timeout 60 docker exec example true
}

set_up() {
  true
}

# end functions
# Formats only what nobody has written to: a disk made from a snapshot never is.
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
