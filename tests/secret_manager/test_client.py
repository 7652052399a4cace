"""Secret Manager as its interface answers, and values that show themselves nowhere."""

from __future__ import annotations

import base64
import json

import pytest

from google_api import NotFound, PermissionDenied, Refused, Unreachable
from secret_manager.client import SecretManager, State
from secret_manager.crc32c import crc32c
from secret_manager.value import Value
from tests.google_api.fake import FakeGoogle, Fault, SecretVersion, denied, error
from tests.secret_manager.conftest import CANARY, secrets_of

SECRET = "beep-liveblocks-secret-key"


def test_the_checksum_is_that_of_the_standard() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(b"") == 0
    assert crc32c(bytes(32)) == 0x8A9136AA  # RFC 3720, B.4


def test_a_value_shows_itself_neither_alone_nor_in_a_collection() -> None:
    value = Value(CANARY.encode())
    assert CANARY not in f"{value} {value!r} {[value]} {vars(type(value))}"
    assert value.reveal() == CANARY.encode()


def test_random_values_differ_and_are_hexadecimal() -> None:
    values = {Value.random().reveal() for _ in range(100)}
    assert len(values) == 100
    assert all(len(bytes.fromhex(value.decode())) == 32 for value in values)


def test_a_version_is_added_with_its_checksum_and_read_again(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    assert manager.add(SECRET, Value(b"first")) == 1
    assert manager.add(SECRET, Value(b"second")) == 2
    assert [v.payload for v in secrets_of(fake)[SECRET]] == [b"first", b"second"]
    assert all(v.has_client_checksum for v in secrets_of(fake)[SECRET])
    assert manager.access(SECRET, 1).reveal() == b"first"
    assert manager.checksum(SECRET, 2) == crc32c(b"second")
    assert base64.b64encode(b"second").decode() not in fake.seen[-1].body
    assert fake.seen[-1].path.endswith("/versions/2:access?fields=payload.dataCrc32c")


def test_all_pages_are_read_and_the_first_version_comes_first(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    secrets_of(fake)[SECRET] = [SecretVersion(None, "DESTROYED") for _ in range(12)]
    secrets_of(fake)[SECRET][4] = SecretVersion(b"x", "DISABLED")
    versions = manager.versions(SECRET)
    assert [v.number for v in versions] == list(range(1, 13))
    assert {v.number for v in versions if v.state is State.DISABLED} == {5}
    assert len(list(manager.secret_ids())) == len(secrets_of(fake)) > 10


def test_what_is_not_there_is_told_apart_from_what_is_refused(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    assert manager.version(SECRET, 1) is None
    with pytest.raises(NotFound):
        manager.versions("beep-nothing")
    fake.world.fail(":addVersion", denied("secretmanager.versions.add"))
    with pytest.raises(PermissionDenied) as raised:
        manager.add(SECRET, Value(b"x"))
    assert raised.value.permission == "secretmanager.versions.add"


def test_a_payload_that_arrives_damaged_is_not_used(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    answer = {"payload": {"data": base64.b64encode(b"broken").decode(), "dataCrc32c": "1"}}
    fake.world.fail(":access", (200, answer))
    with pytest.raises(Refused, match="damaged"):
        manager.access(SECRET, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
def test_an_addition_is_tried_once_and_no_error_quotes_what_was_sent(
    status: int, manager: SecretManager, fake: FakeGoogle
) -> None:
    encoded = base64.b64encode(CANARY.encode()).decode()
    quoting = error(status, f'Invalid value at payload.data: "{encoded}" ({CANARY})')
    quoting[1]["error"]["status"] = CANARY
    fake.world.fail(":addVersion", quoting)
    with pytest.raises(Exception) as raised:  # noqa: PT011 (whichever error it is)
        manager.add(SECRET, Value(CANARY.encode()))
    text = f"{raised.value!r} {raised.value} {vars(raised.value)}"
    assert CANARY not in text
    assert encoded[:20] not in text
    assert sum(seen.path.endswith(":addVersion") for seen in fake.seen) == 1


def test_a_connection_that_breaks_is_no_answer_and_is_not_tried_again(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    fake.world.faults.append(Fault(":addVersion", None, 9, is_done=True))
    with pytest.raises(Unreachable):
        manager.add(SECRET, Value(b"x"))
    assert len(secrets_of(fake)[SECRET]) == 1


def test_what_google_says_its_status_is_remains_if_it_is_one(
    manager: SecretManager, fake: FakeGoogle
) -> None:
    status, body = error(400, CANARY)
    body["error"]["status"] = "FAILED_PRECONDITION"
    fake.world.fail(":addVersion", (status, json.loads(json.dumps(body))))
    with pytest.raises(Refused, match=r"HTTP status 400 \(FAILED_PRECONDITION\)"):
        manager.add(SECRET, Value(b"x"))
