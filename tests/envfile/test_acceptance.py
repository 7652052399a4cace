"""The check accepts nothing that the applications' own loader and schema library refuse."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from environments import Environment
from envschema import CONTRACT, Need, Side, Variable
from envschema.kinds import Kind
from tests.envfile import samples
from tests.envfile.conftest import Applications

SCHEMA = tuple(v for v in CONTRACT.values() if v.side is not Side.RUNTIME)
BY_KIND = {(v.side, v.kind.name, v.need, v.kind.choices): v for v in SCHEMA}
"""One variable of each kind and need."""
EACH_KIND = pytest.mark.parametrize(
    "variable", BY_KIND.values(), ids=lambda v: f"{v.side} {v.kind.name} {v.need} {v.name}"
)


def test_a_file_that_passes_starts_server_and_client(
    prod: Environment, applications: Applications
) -> None:
    text = samples.dotenv(samples.values(prod))
    assert samples.findings(text) == ()
    assert applications.refuse_text(SCHEMA, text) is None


def test_each_variable_that_the_check_demands_is_one_that_the_schema_demands(
    prod: Environment, applications: Applications
) -> None:
    complete = samples.values(prod)
    for variable in SCHEMA:
        if variable.need in {Need.REQUIRED, Need.MAY_BE_EMPTY} and _is_in_schema(variable):
            text = samples.dotenv({n: v for n, v in complete.items() if n != variable.name})
            assert (variable.name, "missing") in samples.rules(text)
            assert applications.refuse_text(SCHEMA, text) is not None, variable.name


def _is_in_schema(variable: Variable) -> bool:
    return variable.name != "NEXT_PUBLIC_STATIC_URL"


_TEXTS = st.one_of(
    st.text(st.sampled_from(string.printable + "äß€\u00a0\u2028"), max_size=20),
    st.text(st.sampled_from(":/.@[]0123456789xabf-_*,% ?#\\"), max_size=14).map("https://".__add__),
    st.from_regex(
        r"https?://[a-z0-9.\-_*\[\]:@%]{1,14}(/v1/(traces|logs|metrics))?", fullmatch=True
    ),
    st.from_regex(r"[0-9]{0,6}", fullmatch=True),
    st.sampled_from(
        sorted(
            {word for v in SCHEMA for word in (*v.kind.choices, *map(str.lower, v.kind.choices))}
        )
    ),
    st.lists(
        st.sampled_from(
            [
                "github",
                " google",
                "",
                "https://a.example.com",
                "user__0e8400e2-9b41-dead-beef-446655440000",
            ]
        )
    ).map(",".join),
)


@EACH_KIND
@settings(max_examples=60, deadline=None, database=None)
@given(value=_TEXTS)
@example(value="")
@example(value="https://0x7f.1/v1/traces")
@example(value="https://xn--a")
@example(value="00080")
def test_no_kind_accepts_what_effect_refuses(
    variable: Variable, applications: Applications, value: str
) -> None:
    if variable.kind.accepts(value):
        assert applications.refuse([variable], {variable.name: value}) is None


REFUSED_BY_BOTH: dict[str, tuple[str, ...]] = {
    "literal": ("Production", "Dev ", "DEV"),
    "port": ("0", "65536", "080", "80a", "1e3", "-1", "+80", " 80"),
    "url": ("app.example.com", "https://", "https://a b", "https://a:99999", "http://1.2.3.256"),
    "otlp traces url": ("otlp.example.com/v1/traces",),
    "otlp logs url": ("otlp.example.com/v1/logs",),
    "otlp metrics url": ("otlp.example.com/v1/metrics",),
    "server log level": ("Warning", "None", "verbose", "Error "),
    "csv of literal": ("microsoft", "github,", "GitHub", "github;google"),
    "csv of url": ("app.example.com", "https://a.example.com,", ","),
    "csv of user id": (
        "00000000-0000-4000-8000-000000000001",
        "a@example.com",
        "user__1",
        "user__",
        "User__00000000-0000-4000-8000-000000000001",
        "user__00000000-0000-4000-8000-000000000001,",
    ),
    "csv without blanks of literal": ("github, google", "github ,google", "github,", "microsoft"),
    "domain": ("https://a.example.com", "a..example.com", "example.com:443", "a b.example.com"),
    "trimmed string": (" beep", "beep ", " "),
    "url path": ("api/v1/auth", " /api", "/api//auth", "//", "/\u00e4", "/a b", "/a#b"),
}


@EACH_KIND
def test_the_check_and_effect_refuse_the_same_values_of_each_kind(
    variable: Variable, applications: Applications
) -> None:
    for value in REFUSED_BY_BOTH.get(variable.kind.name, ()):
        assert not variable.kind.accepts(value), value
        assert applications.refuse([variable], {variable.name: value}) is not None, value


def test_every_kind_that_can_refuse_a_text_is_compared() -> None:
    refusing = {v.kind.name for v in SCHEMA if not v.kind.accepts("?,?")}
    assert refusing <= REFUSED_BY_BOTH.keys() | {"literal"}


def test_the_check_refuses_an_empty_text_where_effect_does(applications: Applications) -> None:
    for variable in BY_KIND.values():
        refused = applications.refuse([variable], {variable.name: ""}) is not None
        required = variable.need is Need.REQUIRED
        findings = {f for f in samples.rules(f"{variable.name}=\n") if f[0] == variable.name}
        if refused:
            assert findings & {(variable.name, "empty"), (variable.name, "wrong-kind")}
        elif findings:
            # Effect accepts an empty password, but no service does.
            assert required or variable.feature is not None, variable.name


STRICTER: list[tuple[str, str, str]] = [
    ("IS_VITE", "yes", "one spelling on both sides; the client takes true and false only"),
    ("APP_API_URL", "ftp://api.example.com", "nothing calls such a URL"),
    ("OTLP_TRACE_EXPORTER_URL", "https://otlp.example.com", "each export would be a 404"),
]


@pytest.mark.parametrize(("name", "value", "why"), STRICTER)
def test_where_the_check_is_stricter_effect_would_have_started(
    name: str, value: str, why: str, applications: Applications
) -> None:
    kind: Kind = CONTRACT[name].kind
    assert not kind.accepts(value), why
    assert applications.refuse([CONTRACT[name]], {name: value}) is None
