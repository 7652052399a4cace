"""``secrets status``, ``sync`` and ``export`` as people and pipelines start them."""

from __future__ import annotations

import base64
import json
import logging
import os
import pty
import select
import signal
import subprocess
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from beep_infra.app import app
from beep_infra.output import Refusal
from environments import Environment
from secret_manager.value import Value
from tests.google_api.fake import (
    TOKEN,
    FakeGoogle,
    Fault,
    SecretVersion,
    api_disabled,
    denied,
    error,
    service_account_file,
)
from tests.secret_manager.conftest import CANARY, secrets_of, use
from tests.support import ROOT

COMMAND = ROOT / "scripts" / "beep-infra"
SERVER = Value.of_server("postgres.dev.beep.internal")
VALUES = {
    "CLOUD_AWS_ACCESS_KEY_ID": f"AKIA-{CANARY}",
    "CLOUD_AWS_SECRET_ACCESS_KEY": f"key-{CANARY}",
    "LIVEBLOCKS_SECRET_KEY": f"sk_dev_{CANARY}",
    "OAUTH_PROVIDER_GITHUB_CLIENT_ID": f"Iv1-{CANARY}",
    "OAUTH_PROVIDER_GITHUB_CLIENT_SECRET": f"gh-{CANARY}",
}


@pytest.fixture(scope="module")
def key_file(server: FakeGoogle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return service_account_file(tmp_path_factory.mktemp("key") / "key.json", server.endpoint)


class Command:
    """Runs the commands, and sees that no value is in what they say."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def __call__(self, name: str, *arguments: str) -> Result:
        line = ["secrets", name, "--env", "dev", "--endpoint", self._endpoint, *arguments]
        result = CliRunner().invoke(app, line)
        shown = f"{result.output}{result.exception!r}{result.exception}"
        encoded = [base64.b64encode(value.encode()).decode()[:24] for value in VALUES.values()]
        for text in (CANARY, TOKEN, *encoded):
            assert text not in shown
        return result


@pytest.fixture
def command(fake: FakeGoogle, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    monkeypatch.setattr("time.sleep", lambda _: None)
    return Command(fake.endpoint)


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    path = tmp_path / ".env.dev"
    path.write_text("".join(f"{name}='{value}'\n" for name, value in VALUES.items()))
    return path


def _pinned(fake: FakeGoogle, variable: str, dev: Environment) -> bytes | None:
    (version,) = secrets_of(fake)[use(dev, variable).secret_id]
    return version.payload


def _fill(fake: FakeGoogle) -> None:
    for secret, versions in secrets_of(fake).items():
        versions.append(SecretVersion(f"{secret}-{CANARY}".encode()))
    secrets_of(fake)["beep-db-pg-server-tls"] = [SecretVersion(SERVER.reveal())]


def test_an_environment_is_filled_from_a_file_and_its_status_says_so(
    command: Command, dotenv: Path, fake: FakeGoogle, dev: Environment
) -> None:
    before = command("status")
    assert before.exit_code == 1
    assert "failure: beep-db-pg-password: has no version 1\n" in before.output
    assert "    fix: beep-infra secrets sync --env dev\n" in before.output
    assert "0 of 15 secrets have the version that is pinned" in before.output

    added = command("sync", "--from-file", str(dotenv), "--yes")
    assert added.exit_code == 0, added.output
    assert "ALCHEMY_PASSWORD: beep-alchemy-password version 1: generate\n" in added.output
    assert f"from {dotenv}:3\n" in added.output
    assert "\nLIVEBLOCKS_SECRET_KEY: added\n" in added.output
    for variable, value in VALUES.items():
        assert _pinned(fake, variable, dev) == value.encode()
    for variable in ("DB_PG_PASSWORD", "DB_PG_OWNER_PASSWORD", "BETTER_AUTH_SECRET"):
        random = _pinned(fake, variable, dev)
        assert random is not None
        assert random.decode() not in added.output
    assert secrets_of(fake)["beep-kv-redis-url"] == []

    after = command("status", "--json")
    report = json.loads(after.stdout)
    assert after.exit_code == 1
    assert {s["variable"]: s["fix"] for s in report["secrets"] if s["fix"]} == dict.fromkeys(
        ("DB_PG_OWNER_URL", "DB_PG_SERVER_CA", "DB_PG_URL", "KV_REDIS_PASSWORD", "KV_REDIS_URL"),
        "apply the stack dev-data",
    )
    again = command("sync", "--from-file", str(dotenv), "--yes")
    assert again.exit_code == 0
    assert again.output.endswith("Nothing is to be added.\n")


def test_the_status_names_who_writes_what_and_what_nobody_needs(
    command: Command, fake: FakeGoogle
) -> None:
    _fill(fake)
    secrets_of(fake)["beep-db-pg-password"].append(SecretVersion(CANARY.encode()))
    secrets_of(fake)["beep-of-another-time"] = [SecretVersion(CANARY.encode())]
    status = command("status")
    assert status.exit_code == 0, status.output
    rows = {line.split()[0]: line for line in status.output.splitlines() if line[:1].isupper()}
    assert "secrets sync, given" in rows["LIVEBLOCKS_SECRET_KEY"]
    assert "secrets sync, generated" in rows["DB_PG_PASSWORD"]
    assert rows["DB_PG_PASSWORD"].endswith("1 enabled, 2 enabled")
    assert " Terraform  " in rows["DB_PG_URL"]
    assert "Terraform, chosen by Google" in rows["KV_REDIS_URL"]
    assert "beep-db-pg-password: version 2 of 2026-01-02T00:00:00Z is newer" in status.output
    assert "beep-of-another-time: the environment has no such secret any more" in status.output
    secrets_of(fake)["beep-db-pg-url"][0].state = "DISABLED"
    assert command("status").exit_code == 1
    assert not any(":access" in seen.path for seen in fake.seen)


def test_a_dry_run_adds_nothing_and_says_the_same(
    command: Command, dotenv: Path, fake: FakeGoogle
) -> None:
    planned = command("sync", "--from-file", str(dotenv), "--dry-run")
    assert planned.exit_code == 0
    assert "DB_PG_PASSWORD: beep-db-pg-password version 1: generate\n" in planned.output
    assert planned.output.endswith("\nNothing was added.\n")
    report = json.loads(command("sync", "--dry-run", "--json").stdout)
    assert {s["action"] for s in report["steps"]} == {"generate", "no value"}
    assert not any(seen.method == "POST" and "secret" in seen.path for seen in fake.seen)


def test_what_has_no_value_is_left_out_and_named(command: Command, fake: FakeGoogle) -> None:
    partly = command("sync", "--yes")
    assert partly.exit_code == 1
    assert len([v for v in secrets_of(fake).values() if v]) == 5
    assert "Still without a value: CLOUD_AWS_ACCESS_KEY_ID, " in partly.output
    assert "--from-file" in partly.output


def test_values_come_from_the_process_too(
    command: Command, fake: FakeGoogle, dev: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in VALUES.items():
        monkeypatch.setenv(variable, value)
    assert command("sync", "--dry-run").exit_code == 1
    assert command("sync", "--from-env", "--yes").exit_code == 0
    assert _pinned(fake, "LIVEBLOCKS_SECRET_KEY", dev) is not None


def test_one_bad_value_stops_everything_before_it_begins(
    command: Command, dotenv: Path, fake: FakeGoogle
) -> None:
    dotenv.write_text(dotenv.read_text() + f"DB_PG_PASSWORD='/{CANARY}'\nALCHEMY_PASSWORD=x\n")
    refused = command("sync", "--from-file", str(dotenv), "--yes")
    assert refused.exit_code == 1
    assert f"DB_PG_PASSWORD: {dotenv}:6: the value is not a password of" in refused.output
    assert f"ALCHEMY_PASSWORD: {dotenv}:7: the value is a secret with fewer" in refused.output
    assert refused.output.endswith("\nNothing was added.\n")
    assert not any(secrets_of(fake).values())
    report = json.loads(command("sync", "--from-file", str(dotenv), "--yes", "--json").stdout)
    assert len(report["problems"]) == 2


def test_a_rotation_prints_the_lines_to_pin_and_the_file_accepts_them(
    command: Command, fake: FakeGoogle
) -> None:
    _fill(fake)
    rotated = command(
        "sync", "--rotate", "DB_PG_PASSWORD", "--rotate", "DB_PG_OWNER_PASSWORD", "--yes"
    )
    assert rotated.exit_code == 0, rotated.output
    pins = tomllib.loads(rotated.output[rotated.output.index("[secret_versions]") :])
    assert pins["secret_versions"] == dict.fromkeys(
        ("DB_PG_OWNER_PASSWORD", "DB_PG_OWNER_URL", "DB_PG_PASSWORD", "DB_PG_URL"), 2
    )
    assert pins["postgres"] == {"app_login": "b"}
    assert "DB_PG_URL = 2  # written by the stack dev-data" in rotated.output
    assert len(secrets_of(fake)["beep-db-pg-password"]) == 2
    assert len(secrets_of(fake)["beep-db-pg-url"]) == 1


def test_google_may_quote_what_it_refuses_and_nothing_passes_it_on(
    command: Command, dotenv: Path, fake: FakeGoogle, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    encoded = base64.b64encode(VALUES["LIVEBLOCKS_SECRET_KEY"].encode()).decode()
    for status in (400, 500):
        quoting = error(status, f"{encoded} is {VALUES['LIVEBLOCKS_SECRET_KEY']}, {TOKEN}")
        fake.world.faults = [Fault("liveblocks-secret-key:addVersion", quoting, 100)]
        failed = command("sync", "--from-file", str(dotenv), "--yes")
        assert failed.exit_code == 1
        assert "\nLIVEBLOCKS_SECRET_KEY: failed\n" in failed.output
        assert f"HTTP status {status}" in failed.output
        assert "Repeat the command" in failed.output
        report = json.loads(command("sync", "--from-file", str(dotenv), "--yes", "--json").stdout)
        assert report["steps"][0]["result"] == "failed"
    logged = "\n".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert "addVersion" in logged
    assert CANARY not in logged
    assert encoded not in logged


def test_an_unexpected_fault_says_its_place_and_no_value(
    command: Command,
    dotenv: Path,
    fake: FakeGoogle,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(VALUES["LIVEBLOCKS_SECRET_KEY"])

    monkeypatch.setattr("google_api.Google.change", broken)
    line = f"beep-infra secrets sync --env dev --endpoint {fake.endpoint} --yes --from-file"
    monkeypatch.setattr("sys.argv", [*line.split(), str(dotenv)])
    from beep_infra.app import main

    with pytest.raises(SystemExit):
        main()
    printed = capsys.readouterr()
    assert "a fault of this command: RuntimeError at" in printed.err
    assert CANARY not in printed.out + printed.err


@pytest.mark.parametrize(
    ("answer", "says", "fix"),
    [
        (api_disabled("secretmanager.googleapis.com", "beep-dev-example"),
         "the API secretmanager.googleapis.com is off in beep-dev-example",
         "gcloud services enable secretmanager.googleapis.com --project=beep-dev-example"),
        (denied("secretmanager.versions.list"),
         "the permission secretmanager.versions.list is missing",
         "ask for a role with secretmanager.versions.list"),
    ],
)  # fmt: skip
def test_what_google_refuses_is_said_with_its_fix(
    answer: tuple[int, object], says: str, fix: str, command: Command, fake: FakeGoogle
) -> None:
    fake.world.fail("/versions", answer)
    for arguments in (("status",), ("sync", "--yes")):
        refused = command(*arguments).exception
        assert isinstance(refused, Refusal)
        assert str(refused) == f"{says}\n    fix: {fix}"


def test_containers_that_are_not_there_name_the_stack_that_makes_them(
    command: Command, fake: FakeGoogle
) -> None:
    secrets_of(fake).clear()
    missing = command("sync", "--yes")
    assert missing.exit_code == 1
    assert "fix: apply the stack dev-foundation" in missing.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sync",), "nobody can be asked whether to add"),
        (("sync", "--json"), "nobody can be asked whether to add"),
        (("sync", "--yes", "--from-file", "/nowhere/.env"), "/nowhere/.env: cannot be read"),
        (("export", "--stack", "services", "--", "true"), "the stack services asks for no secret"),
        (("export", "--", "no-such-command"), "no-such-command: there is no such command"),
        (("status", "--endpoint", "https://example.com"), "is not on this machine"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_asked(
    arguments: tuple[str, ...], says: str, command: Command, fake: FakeGoogle
) -> None:
    refused = command(*arguments).exception
    assert isinstance(refused, Refusal)
    assert says in str(refused)
    assert fake.seen == []


def test_a_command_is_not_started_where_a_password_cannot_be_read(
    command: Command, fake: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("it was started"))
    _fill(fake)
    secrets_of(fake)["beep-db-pg-password"][0].state = "DISABLED"
    refused = command("export", "--", "true").exception
    assert isinstance(refused, Refusal)
    assert "is in DISABLED state" in str(refused)


def test_a_command_is_not_started_without_the_certificate_of_the_server(
    command: Command, fake: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.execve", lambda *_: pytest.fail("it was started"))
    _fill(fake)
    secrets_of(fake)["beep-db-pg-server-tls"] = [SecretVersion(CANARY.encode())]
    refused = command("export", "--", "true").exception
    assert isinstance(refused, Refusal)
    assert "version 1 of beep-db-pg-server-tls holds no certificate" in str(refused)
    assert "--rotate DB_PG_SERVER_TLS" in str(refused)
    assert CANARY not in str(refused)


def test_a_command_gets_the_pinned_passwords_and_its_own_options(
    command: Command, fake: FakeGoogle, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, list[str], Mapping[str, str]]] = []
    monkeypatch.setattr("os.execve", lambda *call: started.append(call))
    monkeypatch.setenv("TF_VAR_db_app_password", "of-the-shell")
    _fill(fake)
    secrets_of(fake)["beep-db-pg-password"].append(SecretVersion(b"newer"))
    assert command("export", "--stack", "dev-data", "--", "sh", "--env", "-x").exit_code == 0
    ((program, arguments, variables),) = started
    assert program.endswith("/sh")
    assert arguments == ["sh", "--env", "-x"]
    assert signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN
    assert variables["TF_VAR_db_app_password"] == f"beep-db-pg-password-{CANARY}"
    assert variables["TF_VAR_db_owner_password"] == f"beep-db-pg-owner-password-{CANARY}"
    # The key stays behind.
    certificate = variables["TF_VAR_db_server_certificate"]
    assert certificate.startswith("-----BEGIN CERTIFICATE-----\n")
    assert SERVER.reveal().decode().endswith(certificate)
    assert not any("PRIVATE KEY" in text for text in variables.values())
    assert variables["PATH"] == os.environ["PATH"]


def test_the_command_takes_the_place_of_this_process(
    fake: FakeGoogle, key_file: Path, tmp_path: Path
) -> None:
    """Started for real: only then is there a process to be replaced."""
    _fill(fake)
    script = (
        'printf %s "$TF_VAR_db_app_password" | sha256sum\n'
        "tr '\\0' ' ' </proc/$$/cmdline; grep SigIgn /proc/$$/status; kill -TERM $$"
    )
    arguments = f"secrets export --env dev --endpoint {fake.endpoint} -- sh -c".split()
    done = subprocess.run(
        [COMMAND, *arguments, script],
        cwd=tmp_path,
        env={**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -15, done.stderr
    assert done.stderr == ""
    password = f"beep-db-pg-password-{CANARY}"
    assert done.stdout.startswith(sha256(password.encode()).hexdigest())
    assert CANARY not in done.stdout
    # SIGPIPE is number 13, and ignored in Python.
    assert not int(done.stdout.split()[-1], 16) & 1 << 12
    assert list(tmp_path.iterdir()) == []


def test_what_is_typed_at_a_terminal_is_not_shown(
    fake: FakeGoogle, key_file: Path, dotenv: Path, dev: Environment
) -> None:
    typed = VALUES["LIVEBLOCKS_SECRET_KEY"]
    lines = dotenv.read_text().splitlines(keepends=True)
    dotenv.write_text("".join(line for line in lines if typed not in line))
    terminal, other_end = pty.openpty()
    arguments = f"secrets sync --env dev --endpoint {fake.endpoint} --from-file".split()
    process = subprocess.Popen(
        [COMMAND, *arguments, dotenv],
        env={**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(key_file)},
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        # Without a terminal of the tests' own to ask at instead.
        start_new_session=True,
    )
    os.close(other_end)
    shown = ""
    answers = [("leave it out): ", f"{typed}\n"), ("Add them to beep-dev-example?", "y\n")]
    with suppress(OSError):  # The end of the process ends its terminal.
        while select.select([terminal], [], [], 60)[0]:
            shown += os.read(terminal, 4096).decode()
            if answers and answers[0][0] in shown:
                os.write(terminal, answers.pop(0)[1].encode())
    os.close(terminal)
    assert process.wait(10) == 0, shown
    assert CANARY not in shown
    assert "LIVEBLOCKS_SECRET_KEY: added" in shown
    assert _pinned(fake, "LIVEBLOCKS_SECRET_KEY", dev) == typed.encode()
