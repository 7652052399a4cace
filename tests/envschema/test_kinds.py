"""A kind of variable accepts what the applications accept."""

from __future__ import annotations

import pytest

from envschema import kinds
from envschema.kinds import Kind


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (
            kinds.URL,
            ["https://a.example.com", "http://localhost:4318/x?y=1"],
            [
                "",
                "a.example.com",
                "ftp://a.example.com",
                "https://",
                "https://a:99999",
                " https://a",
                "https://a b",
                "https://a.1",
                "https://1.2.3.256",
                "https://[::g]",
                "https://a|b",
                "https://a\\b",
            ],
        ),
        (
            kinds.PORT,
            ["1", "8080", "65535"],
            ["", "0", "65536", "80a", "-1", "080", "\uff18\uff10"],
        ),
        (kinds.BOOLEAN, ["true", "false"], ["", "TRUE", "1"]),
        (
            kinds.DOMAIN,
            ["example.com", "localhost", "a-b.example.com"],
            ["", "https://example.com", "example.com/", "example.com:80", "-a.com", "a..b"],
        ),
        (
            kinds.URL_PATH,
            ["/", "/api/v1/auth", "/api/", "/a-b/c_d.e"],
            ["", "api", "/a b", "/a?b", "//", "/api//auth", "/\u00e4", "/\u0661"],
        ),
        (kinds.TRIMMED, ["beep", "\x1cbeep"], ["", " beep", "beep ", "\ufeffbeep"]),
        (
            kinds.USER_ID,
            [
                "user__0e8400e2-9b41-4d4a-a716-446655440000",
                "user__0E8400E2-9B41-0D4A-FFFF-446655440000",
            ],
            [
                "",
                "user__",
                "user__1",
                "USER__0e8400e2-9b41-4d4a-a716-446655440000",
                "user_0e8400e2-9b41-4d4a-a716-446655440000",
                "0e8400e2-9b41-4d4a-a716-446655440000",
                "user__0e8400e2-9b41-4d4a-a716-44665544000",
                "user__0e8400e2-9b41-4d4a-a716-446655440000\n",
                "user__0e8400e2-9b41-4d4a-a716-44665544000\u0661",
                "admin@example.com",
            ],
        ),
        (
            kinds.identifier("audit_log"),
            [f"audit_log__{'a' * 8}-{'1' * 4}-{'f' * 4}-{'0' * 4}-{'9' * 12}"],
            ["user__1"],
        ),
        (
            kinds.OTLP_TRACES,
            ["https://otlp.example.com/v1/traces"],
            ["https://otlp.example.com", "https://otlp.example.com/v1/logs", "/v1/traces"],
        ),
        (
            kinds.AUTH_PROVIDER_NAMES,
            ["github", "github, google"],
            ["", "github,", "microsoft", "GitHub", "\x1cgithub"],
        ),
        (
            kinds.CLIENT_AUTH_PROVIDER_NAMES,
            ["github", "github,google"],
            ["", "github, google", "github ,google", " github", "microsoft"],
        ),
        (
            kinds.SERVER_LOG_LEVEL,
            ["Error", "error", "ALL", "Off", "warn"],
            ["", "Warning", "None", "verbose"],
        ),
        (kinds.CLIENT_LOG_LEVEL, ["Error", "Warning", "None"], ["", "error", "Warn", "Off"]),
        (kinds.DEPLOYMENT_ENVIRONMENT, ["dev", "prod"], ["", "production", "Prod"]),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_a_kind_accepts_what_the_schema_accepts(
    kind: Kind, good: list[str], bad: list[str]
) -> None:
    assert [text for text in good if not kind.accepts(text)] == []
    assert [text for text in bad if kind.accepts(text)] == []


def test_both_sides_accept_the_levels_that_are_said_to_be_safe() -> None:
    for level in ("All", "Debug", "Error", "Fatal", "Info", "Trace"):
        assert kinds.SERVER_LOG_LEVEL.accepts(level)
        assert kinds.CLIENT_LOG_LEVEL.accepts(level)
