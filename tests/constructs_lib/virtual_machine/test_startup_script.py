"""The script of a machine, run by bash: real file system tools, stand-ins for the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from constructs_lib.cloud_run.containers import SecretVersion
from constructs_lib.virtual_machine.startup_script import Container, Health, startup_script

SECRET = "canary-0000000000000000000000"
TOKEN = "token-canary"
PATH = f"/usr/sbin:/sbin:{os.environ['PATH']}"

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool, path=PATH) for tool in ("mkfs.ext4", "blkid", "e2fsck")),
    reason="the file system tools of Linux are not here",
)

STAND_INS = {
    # The token comes from the metadata server; the secret only for that token, given by a pipe.
    "curl": """\
echo "curl $*" >>"$LOG"
case "$*" in
  *service-accounts/default/token) echo '{"access_token":"token-canary","expires_in":3599}' ;;
  *:access)
    [ "$(cat)" = "Authorization: Bearer token-canary" ] || exit 22
    [ ! -e "$BROKEN" ] || exit 22
    printf '{"name": "x", "payload": {\\n "data": "%s", "dataCrc32c": "1" }}' \
      "$(printf %s canary-0000000000000000000000 | base64 --wrap=0)" ;;
esac
""",
    # Runs while the file is there; each look at it is one less to come.
    "docker": """\
echo "docker $*" >>"$LOG"
case "$1" in
  start) echo 4 >"$CONTAINER" ;;
  inspect)
    left=$(cat "$CONTAINER")
    echo $((left - 1)) >"$CONTAINER"
    [ "$left" -gt 0 ] && echo true || echo false ;;
  exec) [ "$3" != alive ] || [ ! -e "$BROKEN" ] ;;
  pull) [ ! -e "$BROKEN" ] ;;
  stop) echo 0 >"$CONTAINER" ;;
esac
""",
    "chown": 'echo "chown $*" >>"$LOG"\n',
    "mount": 'echo "$5 $6 ext4 rw" >>"$MOUNTS"\n',
    "lsblk": "echo 134217728\n",
    "resize2fs": 'echo "resize2fs $*" >>"$LOG"\n',
    "systemctl": 'echo "systemctl $*" >>"$LOG"\n',
    "docker-credential-gcr": 'echo "docker-credential-gcr $*" >>"$LOG"\n',
    "sleep": "",
    "timeout": 'shift\nexec "$@"\n',
}


@dataclass(frozen=True)
class Machine:
    """A folder that stands for the machine's file system."""

    folder: Path

    @property
    def device(self) -> Path:
        return self.folder / "device"

    @property
    def state(self) -> Path:
        return self.folder / "run"

    def calls(self) -> list[str]:
        log = self.folder / "log"
        return log.read_text().splitlines() if log.exists() else []

    def break_it(self) -> None:
        (self.folder / "broken").touch()

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        bin_ = self.folder / "bin"
        return subprocess.run(
            ["bash", str(self.folder / "script"), *command],
            env={
                "PATH": f"{bin_}:{PATH}",
                "LOG": str(self.folder / "log"),
                "MOUNTS": str(self.folder / "mounts"),
                "CONTAINER": str(self.folder / "container"),
                "BROKEN": str(self.folder / "broken"),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


def text_of(**changes: object) -> str:
    arguments: dict[str, object] = {
        "image": "us-central1-docker.pkg.dev/shared/beep/server@sha256:0",
        "data_path": "/var/lib/server",
        "health": Health(("alive",), failures=2),
        "secrets": {"password": SecretVersion("beep-password", 3)},
        "files": {"/etc/server.conf": 'it\'s = "${as}" %{it} is $HOME\n'},
        "setup": ("make", "roles"),
    }
    return startup_script(
        name="server",
        project_id="project",
        container=Container(**{**arguments, **changes}),  # type: ignore[arg-type]
        ports=(5432,),
    )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return _machine(tmp_path)


def _machine(tmp_path: Path, **changes: object) -> Machine:
    built = Machine(tmp_path)
    text = text_of(**changes).replace("$${", "${").replace("%%{", "%{")
    for old, new in (
        ("device=/dev/disk/by-id/google-data", f"device={built.device}"),
        ("data=/mnt/disks/data", f"data={tmp_path}/data"),
        ("state=/run/$name", f"state={built.state}"),
        ("units=/run/systemd/system", f"units={tmp_path}/units"),
        ("mounts=/proc/mounts", f"mounts={tmp_path}/mounts"),
    ):
        assert text.count(f"readonly {old}") == 1
        text = text.replace(f"readonly {old}", f"readonly {new}")
    (tmp_path / "script").write_text(text)
    (tmp_path / "mounts").touch()
    (tmp_path / "bin").mkdir()
    for name, body in STAND_INS.items():
        tool = tmp_path / "bin" / name
        tool.write_text(f"#!/bin/bash\n{body}")
        tool.chmod(0o755)
    with built.device.open("wb") as disk:
        disk.truncate(128 * 1024 * 1024)
    return built


def test_a_boot_installs_a_unit_that_starts_again_for_ever(machine: Machine) -> None:
    assert machine.run().returncode == 0
    unit = (machine.folder / "units" / "server.service").read_text()
    assert "Restart=always" in unit
    assert "StartLimitIntervalSec=0" in unit
    assert f"ExecStart=/bin/bash {machine.state}/machine.sh run" in unit
    assert machine.calls() == [
        "systemctl daemon-reload",
        "systemctl restart --no-block server.service",
    ]
    assert (machine.state / "machine.sh").read_text() == (machine.folder / "script").read_text()


def test_an_empty_disk_is_formatted_once_and_never_again(machine: Machine) -> None:
    first = machine.run("prepare")
    assert first.returncode == 0, first.stderr
    assert "formatting" in first.stderr
    (machine.folder / "mounts").write_text("")  # the machine boots again
    second = machine.run("prepare")
    assert second.returncode == 0, second.stderr
    assert "formatting" not in second.stderr


def test_a_disk_that_is_not_empty_is_left_as_it_is(machine: Machine) -> None:
    with machine.device.open("r+b") as disk:
        disk.seek(40 * 1024 * 1024)
        disk.write(b"somebody's data")
    before = machine.device.read_bytes()
    done = machine.run("prepare")
    assert done.returncode != 0
    assert "not empty" in done.stderr
    assert machine.device.read_bytes() == before


def test_nothing_starts_without_its_disk(machine: Machine) -> None:
    machine.device.unlink()
    assert machine.run("prepare").returncode != 0
    assert not [call for call in machine.calls() if call.startswith("docker")]


def test_a_secret_reaches_its_file_and_nothing_else(machine: Machine) -> None:
    done = machine.run("prepare")
    file = machine.state / "secrets" / "password"
    assert file.read_text() == SECRET
    # The server may read its file; the folder keeps everybody else out.
    assert file.stat().st_mode & 0o777 == 0o444
    assert not [call for call in machine.calls() if call.startswith("chown")]
    assert file.parent.stat().st_mode & 0o777 == 0o700
    seen = done.stdout + done.stderr + "\n".join(machine.calls()) + text_of()
    assert SECRET not in seen
    assert TOKEN not in seen
    assert "secrets/beep-password/versions/3:access" in seen


def test_a_server_that_wants_its_secrets_for_itself_gets_them_so(tmp_path: Path) -> None:
    machine = _machine(tmp_path, user_id=999)
    assert machine.run("prepare").returncode == 0
    file = machine.state / "secrets" / "password"
    assert file.read_text() == SECRET
    assert file.stat().st_mode & 0o777 == 0o400
    assert f"chown 999 {file}.new" in machine.calls()


def test_a_secret_that_cannot_be_read_stops_the_start_and_keeps_the_one_before(
    machine: Machine,
) -> None:
    assert machine.run("prepare").returncode == 0
    machine.break_it()
    assert machine.run("prepare").returncode != 0
    assert (machine.state / "secrets" / "password").read_text() == SECRET


def test_a_file_arrives_as_it_is(machine: Machine) -> None:
    machine.run("prepare")
    assert (machine.state / "files" / "0").read_text() == 'it\'s = "${as}" %{it} is $HOME\n'


def test_the_image_comes_from_its_registry_with_the_identity_of_the_machine(
    machine: Machine,
) -> None:
    machine.run("prepare")
    assert machine.calls()[-2:] == [
        "docker-credential-gcr configure-docker --registries us-central1-docker.pkg.dev",
        "docker pull --quiet us-central1-docker.pkg.dev/shared/beep/server@sha256:0",
    ]


def test_the_roles_are_made_once_for_each_start_and_the_end_of_the_container_ends_the_unit(
    machine: Machine,
) -> None:
    machine.run("prepare")
    done = machine.run("run")
    assert done.returncode == 1
    assert "is ready" in done.stderr
    assert machine.calls().count("docker exec server make roles") == 1
    assert machine.calls().count(f"resize2fs {machine.device}") == 1


def test_a_server_that_does_not_answer_is_stopped_properly_and_not_killed(machine: Machine) -> None:
    machine.run("prepare")
    machine.break_it()
    done = machine.run("run")
    assert done.returncode == 1
    assert "health check failed 2 of 2 times" in done.stderr
    ends = [call for call in machine.calls() if call.startswith(("docker stop", "docker rm"))]
    assert ends == ["docker stop --time 75 server", "docker rm --force server"] * 2
    assert "docker exec server make roles" not in machine.calls()


def test_terraform_finds_nothing_of_its_own_in_the_script() -> None:
    text = text_of(image="${var.image_server}")
    rest = text.replace("${var.image_server}", "").replace("$${", "").replace("%%{", "")
    assert "${" not in rest
    assert "%{" not in rest
    assert "readonly image='${var.image_server}'" in text


def test_a_file_that_would_end_its_own_text_is_refused() -> None:
    with pytest.raises(ValueError, match="/etc/x"):
        text_of(files={"/etc/x": "END OF FILE\n"})
