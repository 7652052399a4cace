"""The way to Google: whose token goes where, what is tried again, and what an error says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2.credentials import Credentials

from google_api import (
    ApiDisabled,
    Google,
    GoogleError,
    NoCredentials,
    NotFound,
    PermissionDenied,
    QuotaProjectMissing,
    Refused,
    Unreachable,
)
from google_api.errors import LOGIN
from tests.google_api.fake import (
    TOKEN,
    Answer,
    FakeGoogle,
    Fault,
    Project,
    World,
    api_disabled,
    denied,
    error,
    service_account_file,
)

PATH = "v3/projects/beep-prod-sample"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeGoogle]:
    with FakeGoogle().running() as running:
        yield running


@pytest.fixture
def fake(server: FakeGoogle) -> FakeGoogle:
    server.world = World(
        projects={"beep-prod-sample": Project(7)}, run_regions=["a", "b", "c"], dns={}
    )
    server.seen.clear()
    return server


@pytest.fixture
def google(fake: FakeGoogle) -> Google:
    return Google(
        project="beep-shared-sample",
        credentials=AnonymousCredentials(),
        endpoint=fake.endpoint,
        pause_seconds=0,
    )


@pytest.fixture(scope="module")
def key_file(server: FakeGoogle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return service_account_file(tmp_path_factory.mktemp("key") / "key.json", server.endpoint)


@pytest.fixture
def found_by_default(fake: FakeGoogle, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Google:
    """With credentials as Terraform finds them: a key file, whose tokens the fake issues."""
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    return Google(project="beep-shared-sample", endpoint=fake.endpoint, pause_seconds=0)


def test_a_call_bears_the_token_of_the_default_credentials(
    found_by_default: Google, fake: FakeGoogle
) -> None:
    assert found_by_default.get("cloudresourcemanager", PATH)["name"] == "projects/7"
    token, call = fake.seen
    assert token.path == "/token"
    assert call.authorization == f"Bearer {TOKEN}"


def test_a_quota_project_is_named_only_where_it_must_be(fake: FakeGoogle) -> None:
    person = Credentials(TOKEN, quota_project_id="beep-shared-sample")
    google = Google(project="beep-shared-sample", credentials=person, endpoint=fake.endpoint)
    google.get("cloudresourcemanager", PATH)
    google.get("compute", "compute/v1/projects/beep-prod-sample")
    google.public_dns("beep.test", "NS")
    assert [s.quota_project for s in fake.seen] == ["beep-shared-sample", None, None]
    assert [s.authorization for s in fake.seen] == [f"Bearer {TOKEN}", f"Bearer {TOKEN}", None]


def test_public_dns_gets_no_token(found_by_default: Google, fake: FakeGoogle) -> None:
    found_by_default.credentials()
    assert found_by_default.public_dns("beep.test", "NS") == {"Status": 3}
    assert [s.authorization for s in fake.seen if s.path.startswith("/dns.google/")] == [None]


def test_no_error_holds_the_token_even_where_google_repeats_it(
    found_by_default: Google, fake: FakeGoogle
) -> None:
    for status in (400, 401, 403, 404, 500):
        fake.world.faults = [Fault(PATH, error(status, f"not with Bearer {TOKEN}"), 9)]
        with pytest.raises(GoogleError) as raised:
            found_by_default.get("cloudresourcemanager", PATH)
        assert TOKEN not in f"{raised.value}{raised.value.what}{raised.value.fix}"


def test_credentials_that_were_revoked_ask_for_a_login(
    found_by_default: Google, fake: FakeGoogle
) -> None:
    fake.world.fail("/token", (400, {"error": "invalid_grant", "error_description": TOKEN}))
    with pytest.raises(NoCredentials, match="expired, or were revoked") as raised:
        found_by_default.credentials()
    assert raised.value.fix == LOGIN
    assert TOKEN not in str(raised.value)


def test_a_token_that_is_refused_is_renewed_once(
    found_by_default: Google, fake: FakeGoogle
) -> None:
    fake.world.fail(PATH, error(401, "Invalid Credentials"), times=1)
    assert found_by_default.get("cloudresourcemanager", PATH)["name"] == "projects/7"
    fake.world.fail(PATH, error(401, "Invalid Credentials"))
    with pytest.raises(NoCredentials, match="Google does not accept the credentials"):
        found_by_default.get("cloudresourcemanager", PATH)


def test_without_credentials_the_login_is_named(
    fake: FakeGoogle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    google = Google(project="p", endpoint=fake.endpoint)
    with pytest.raises(NoCredentials, match="no application default credentials") as raised:
        google.get("run", PATH)
    assert raised.value.fix == LOGIN
    assert fake.seen == []


@pytest.mark.parametrize("endpoint", ["https://example.com", "http://127.0.0.1.example.com:80"])
def test_a_token_goes_to_google_or_stays_on_this_machine(endpoint: str) -> None:
    with pytest.raises(ValueError, match="is not on this machine"):
        Google(project="p", endpoint=endpoint)


def test_what_passes_is_tried_again(google: Google, fake: FakeGoogle) -> None:
    fake.world.fail(PATH, error(503, "busy"), times=1)
    fake.world.fail(PATH, error(429, "slowly"), times=1)
    assert google.get("cloudresourcemanager", PATH)["state"] == "ACTIVE"
    assert len(fake.seen) == 3


@pytest.mark.parametrize(
    ("answer", "calls"), [(error(503, "busy"), 3), (error(403, "no"), 1), (error(404, "no"), 1)]
)
def test_what_lasts_is_not(answer: Answer, calls: int, google: Google, fake: FakeGoogle) -> None:
    fake.world.fail(PATH, answer)
    with pytest.raises(GoogleError):
        google.get("cloudresourcemanager", PATH)
    assert len(fake.seen) == calls


def test_every_page_is_read(google: Google, fake: FakeGoogle) -> None:
    path = "v1/projects/beep-prod-sample/locations"
    assert [x["locationId"] for x in google.pages("run", path, "locations")] == ["a", "b", "c"]
    assert len(fake.seen) == 3


def test_a_server_that_is_not_there_is_named() -> None:
    google = Google(
        project="p",
        credentials=AnonymousCredentials(),
        endpoint="http://127.0.0.1:1",
        pause_seconds=0,
    )
    with pytest.raises(Unreachable, match=r"run\.googleapis\.com does not answer"):
        google.get("run", PATH)


def _old_style(reason: str, message: str, status: int = 403) -> Answer:
    entry = {"domain": "usageLimits", "reason": reason, "message": message}
    return status, {"error": {"code": status, "message": message, "errors": [entry]}}


@pytest.mark.parametrize(
    ("answer", "kind", "what", "fix"),
    [
        (
            api_disabled("redis.googleapis.com", "7"),
            ApiDisabled,
            "the API redis.googleapis.com is off in 7",
            "gcloud services enable redis.googleapis.com --project=7",
        ),
        (
            _old_style("accessNotConfigured", "Compute Engine API has not been used"),
            ApiDisabled,
            "the API cloudresourcemanager.googleapis.com is off in beep-shared-sample",
            "gcloud services enable cloudresourcemanager.googleapis.com "
            "--project=beep-shared-sample",
        ),
        (
            error(
                403,
                "Your application is authenticating by using local Application Default "
                "Credentials. The orgpolicy.googleapis.com API requires a quota project, which is "
                "not set by default.",
                reason="SERVICE_DISABLED",
                metadata={"service": "orgpolicy.googleapis.com", "consumer": "projects/764"},
            ),
            QuotaProjectMissing,
            "name no project that pays",
            "gcloud auth application-default set-quota-project beep-shared-sample",
        ),
        (
            denied("run.services.list"),
            PermissionDenied,
            "the permission run.services.list is missing",
            "ask for a role with run.services.list",
        ),
        (
            _old_style("forbidden", "Required 'compute.networks.get' permission for 'x'"),
            PermissionDenied,
            "the permission compute.networks.get is missing",
            "ask for a role with compute.networks.get",
        ),
        (
            _old_style("forbidden", "See https://console.developers.google.com/x at a.b.com"),
            PermissionDenied,
            "See https://console.developers.google.com/x",
            "ask for a role that may",
        ),
        (error(401, "Invalid Credentials"), NoCredentials, "expired, or were revoked", LOGIN),
        (error(404, "Not here"), NotFound, "Not here", "check the name"),
        (error(400, "Invalid value"), Refused, "refuses the call: Invalid value", "see the"),
        (error(500, "oops"), Unreachable, "answers with status 500: oops", "try again later"),
        ((502, "<html>Bad gateway</html>"), Unreachable, "HTTP status 502", "try again later"),
        ((200, "<html>Sign in to the hotel</html>"), Refused, "else than JSON", "check the proxy"),
        ((200, "[1]"), Refused, "else than JSON", "check the proxy"),
        ((403, '{"error": "text"}'), PermissionDenied, "HTTP status 403", "ask for a role"),
    ],
)
def test_an_error_says_what_was_seen_and_the_fix(
    answer: Any,
    kind: type[GoogleError],
    what: str,
    fix: str,
    google: Google,
    fake: FakeGoogle,
) -> None:
    fake.world.fail(PATH, answer)
    with pytest.raises(GoogleError) as raised:
        google.get("cloudresourcemanager", PATH)
    assert type(raised.value) is kind
    assert what in raised.value.what
    assert fix in raised.value.fix
    assert "\n" not in raised.value.what


def test_an_empty_answer_is_an_empty_object(google: Google, fake: FakeGoogle) -> None:
    fake.world.fail(PATH, (200, ""))
    assert google.get("cloudresourcemanager", PATH) == {}


def test_a_question_by_post_sends_its_body(google: Google, fake: FakeGoogle) -> None:
    asked = {"permissions": ["run.services.list"]}
    assert google.query("cloudresourcemanager", f"{PATH}:testIamPermissions", asked) == asked
    assert json.loads(fake.seen[-1].body) == asked


def test_a_slow_google_ends_in_an_error_that_says_so(fake: FakeGoogle) -> None:
    google = Google(
        project="beep-shared-sample",
        credentials=AnonymousCredentials(),
        endpoint=fake.endpoint,
        pause_seconds=0,
        timeout_seconds=0.05,
    )
    fake.world.delay(PATH, seconds=0.3, times=4)
    with pytest.raises(Unreachable, match=r"does not answer \(ReadTimeout\)"):
        google.get("cloudresourcemanager", PATH)
    assert len(fake.seen) == 3
    with pytest.raises(Unreachable, match=r"does not answer \(ReadTimeout\)"):
        google.change("cloudresourcemanager", PATH, {})
    assert len(fake.seen) == 4
    assert google.get("cloudresourcemanager", PATH)["name"] == "projects/7"


def test_whoever_waits_long_enough_gets_the_answer(fake: FakeGoogle, google: Google) -> None:
    fake.world.delay(PATH, seconds=0.05)
    assert google.get("cloudresourcemanager", PATH)["name"] == "projects/7"
    assert len(fake.seen) == 1


def test_a_slow_token_endpoint_ends_in_an_error_that_says_so(
    fake: FakeGoogle, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    google = Google(
        project="beep-shared-sample", endpoint=fake.endpoint, pause_seconds=0, timeout_seconds=0.05
    )
    fake.world.delay("POST /token", seconds=0.3, times=9)
    with pytest.raises(Unreachable, match="token endpoint does not answer"):
        google.credentials()
