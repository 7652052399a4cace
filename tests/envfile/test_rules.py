"""Each rule, tested on a file of production that has no other problem."""

from __future__ import annotations

import pytest

from envfile import RULES, check
from environments import Environment
from envschema import CONTRACT, Side, Version
from tests.envfile import samples

CANARY = "Canary9-Value7_That.Nobody~May3Print"

# Changes of a file without problems, and the findings: variable and rule. None removes the line.
CHANGES: list[tuple[dict[str, str | None], set[tuple[str, str]]]] = [
    ({"BETTER_AUTH_SECRET": None}, {("BETTER_AUTH_SECRET", "missing")}),
    ({"PAYMENT_STRIPE_KEY": None}, {("PAYMENT_STRIPE_KEY", "missing")}),
    ({"NODE_ENV": None}, {("NODE_ENV", "missing")}),
    ({"DB_PG_PORT": None}, set()),
    ({"APP_NAME": ""}, {("APP_NAME", "empty")}),
    ({"ALCHEMY_PASSWORD": ""}, {("ALCHEMY_PASSWORD", "empty")}),
    ({"NEXT_PUBLIC_CAPTCHA_SITE_KEY": ""}, set()),
    ({"DB_PG_USER": ""}, set()),
    ({"DB_PG_SSL": ""}, {("DB_PG_SSL", "wrong-kind")}),
    ({"APP_API_PORT": "80a"}, {("APP_API_PORT", "wrong-kind")}),
    ({"APP_LOG_LEVEL": "Warning"}, {("APP_LOG_LEVEL", "wrong-kind")}),
    ({"NEXT_PUBLIC_LOG_LEVEL": "error"}, {("NEXT_PUBLIC_LOG_LEVEL", "wrong-kind")}),
    ({"NEXT_PUBLIC_LOG_LEVEL": "None"}, set()),
    ({"AUTH_SECRET": "x"}, {("AUTH_SECRET", "legacy-name")}),
    ({"REDIS_URL": "x"}, {("REDIS_URL", "legacy-name")}),
    ({"BETTER_AUTH_SECRT": "x"}, {("BETTER_AUTH_SECRT", "unknown-name")}),
    ({"PAYMENT_STRIPE_KEY": "PLACE_HOLDER"}, {("PAYMENT_STRIPE_KEY", "placeholder")}),
    ({"APP_MCP_URL": "<url>"}, {("APP_MCP_URL", "placeholder")}),
    ({"EMAIL_FROM": "your-address-here"}, {("EMAIL_FROM", "placeholder")}),
    ({"BETTER_AUTH_SECRET": "better-auth-secret"}, {("BETTER_AUTH_SECRET", "weak-secret")}),
    ({"BETTER_AUTH_SECRET": "k3J9x.Qw7"}, {("BETTER_AUTH_SECRET", "weak-secret")}),
    ({"BETTER_AUTH_SECRET": "ab" * 20}, {("BETTER_AUTH_SECRET", "weak-secret")}),
    ({"AI_OPENAI_API_KEY": "test"}, {("AI_OPENAI_API_KEY", "weak-secret")}),
    (
        {"NEXT_PUBLIC_STRIPE_SECRET": "x"},
        {("NEXT_PUBLIC_STRIPE_SECRET", "public-secret"),
         ("NEXT_PUBLIC_STRIPE_SECRET", "unknown-name")},
    ),
    ({"NEXT_PUBLIC_APP_NAME": "sk_live_0123"}, {("NEXT_PUBLIC_APP_NAME", "public-secret")}),
    ({"NEXT_PUBLIC_APP_NAME": samples.PASSWORD}, {("NEXT_PUBLIC_APP_NAME", "public-secret")}),
    (
        {
            "NEXT_PUBLIC_CAPTCHA_SITE_KEY": "site-key-1",
            "CLOUD_GOOGLE_CAPTCHA_SITE_KEY": "site-key-1",
        },
        set(),
    ),
    (
        {"KV_REDIS_URL": f"rediss://{samples.PASSWORD}@10.20.0.3:6378"},
        {("KV_REDIS_URL", "password-as-user")},
    ),
    (
        {"DB_PG_URL": "postgresql://beep_app@127.0.0.1:5432/beep"},
        {("DB_PG_URL", "password-as-user")},
    ),
    ({"KV_REDIS_URL": "10.20.0.3:6378"}, {("KV_REDIS_URL", "connection-url")}),
    ({"DB_PG_URL": "mysql://u:p@127.0.0.1/beep"}, {("DB_PG_URL", "connection-url")}),
    ({"DB_PG_URL": "postgresql://u:p@127.0.0.1:5432"}, {("DB_PG_URL", "connection-url")}),
    (
        {"KV_REDIS_URL": f"redis://:{samples.PASSWORD}@10.20.0.3:6378"},
        {("KV_REDIS_URL", "redis-scheme")},
    ),
    ({"KV_REDIS_PORT": "6379"}, {("KV_REDIS_URL", "url-disagrees")}),
    ({"DB_PG_DATABASE": "other"}, {("DB_PG_URL", "url-disagrees")}),
    (
        {"OTLP_TRACE_EXPORTER_URL": "https://otlp.example.com"},
        {("OTLP_TRACE_EXPORTER_URL", "otlp-path")},
    ),
    ({"APP_MCP_URL": "http://mcp.example.com"}, {("APP_MCP_URL", "not-https")}),
    ({"APP_ENV": "staging"}, {("APP_ENV", "wrong-environment")}),
    ({"APP_API_URL": "https://api.staging.example.com"}, {("APP_API_URL", "wrong-host")}),
    ({"APP_DOMAIN": "staging.example.com"}, {("APP_DOMAIN", "wrong-host")}),
    ({"APP_API_URL": "https://api.example.com/"}, set()),
    ({"NEXT_PUBLIC_API_URL": "https://todox.example.com"}, set()),
    (
        {"NEXT_PUBLIC_AUTH_URL": "https://api.example.com"},
        {("NEXT_PUBLIC_AUTH_URL", "wrong-host")},
    ),
    (
        {"NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL": "https://otlp.example.com/v1/logs"},
        {("NEXT_PUBLIC_OTLP_LOG_EXPORTER_URL", "wrong-host")},
    ),
    ({"NEXT_PUBLIC_AUTH_PATH": "/api/auth"}, {("NEXT_PUBLIC_AUTH_PATH", "wrong-auth-path")}),
    ({"NEXT_PUBLIC_AUTH_PATH": "/api/v1/auth/"}, {("NEXT_PUBLIC_AUTH_PATH", "wrong-auth-path")}),
    ({"NEXT_PUBLIC_AUTH_PATH": "/api//v1/auth"}, {("NEXT_PUBLIC_AUTH_PATH", "wrong-kind")}),
    ({"NEXT_PUBLIC_AUTH_PATH": "/\u00e4"}, {("NEXT_PUBLIC_AUTH_PATH", "wrong-kind")}),
    (
        {"NEXT_PUBLIC_AUTH_PROVIDER_NAMES": "github, google"},
        {("NEXT_PUBLIC_AUTH_PROVIDER_NAMES", "wrong-kind")},
    ),
    ({"OAUTH_PROVIDER_NAMES": "github, google"}, set()),
    ({"APP_ADMIN_USER_IDS": "user__1"}, {("APP_ADMIN_USER_IDS", "wrong-kind")}),
    (
        {"NEXT_PUBLIC_CAPTCHA_SITE_KEY": "PLACE_HOLDER", "PAYMENT_STRIPE_KEY": "PLACE_HOLDER"},
        {("NEXT_PUBLIC_CAPTCHA_SITE_KEY", "placeholder"), ("PAYMENT_STRIPE_KEY", "placeholder")},
    ),
    (
        {"SECURITY_TRUSTED_ORIGINS": "https://app.example.com,https://www.example.com"},
        {("SECURITY_TRUSTED_ORIGINS", "origins")},
    ),
]  # fmt: skip


@pytest.fixture
def complete(prod: Environment) -> dict[str, str]:
    return samples.values(prod)


@pytest.mark.parametrize(
    ("change", "expected"), CHANGES, ids=lambda v: ",".join(sorted(map(str, v)))
)
def test_a_rule_finds_its_fault_and_nothing_else(
    change: dict[str, str | None], expected: set[tuple[str, str]], complete: dict[str, str]
) -> None:
    changed = {**complete, **change}
    text = samples.dotenv({name: value for name, value in changed.items() if value is not None})
    assert samples.rules(text) == expected


def test_every_rule_about_names_and_values_has_a_change_that_it_finds() -> None:
    rules = {rule for _, expected in CHANGES for _, rule in expected}
    assert rules >= set(RULES[RULES.index("missing") :])


def test_a_repeated_name_is_reported_on_its_second_line_and_the_last_value_counts(
    complete: dict[str, str],
) -> None:
    text = samples.dotenv(complete) + "APP_ENV=production\n"
    last = text.count("\n")
    assert [(f.line, f.rule) for f in samples.findings(text)] == [
        (last, "duplicate"),
        (last, "wrong-kind"),
    ]


def test_the_right_spelling_is_suggested_for_a_name_and_for_a_value() -> None:
    fixes = {f.rule: f.fix for f in check("BETTER_AUTH_SECRT=x\nAPP_ENV=production\n").findings}
    assert "BETTER_AUTH_SECRET" in fixes["unknown-name"]
    assert fixes["wrong-kind"] == "did you mean prod?"
    (wrong,) = (
        f
        for f in check("NEXT_PUBLIC_AUTH_PROVIDER_NAMES=github, gogle\n").findings
        if f.rule == "wrong-kind"
    )
    assert wrong.fix == "did you mean github,google?"


def test_a_name_that_other_lines_use_is_not_to_be_removed() -> None:
    text = """
APP_MCP_HOST=mcp.example.com
APP_MCP_URL=https://${APP_MCP_HOST}
SCHEME=redis
KV_REDIS_HOST=10.20.0.3
REDIS_AT=${SCHEME}://:${KV_REDIS_PASSWORD}@${KV_REDIS_HOST}
KV_REDIS_URL=${REDIS_AT}:${KV_REDIS_PORT:-6379}
APP_AUTH_PATH=/api/v1/auth
NEXT_PUBLIC_AUTH_PATH="${APP_AUTH_PATH}"
IN_SINGLE_QUOTES=x
APP_NAME='${IN_SINGLE_QUOTES}'
OF_NO_USE_A=x
OF_NO_USE_B=${OF_NO_USE_A}
"""
    named = {(f.name, f.rule) for f in check(text).findings if f.rule.endswith("-name")}
    assert named == {
        (name, "unknown-name") for name in ("IN_SINGLE_QUOTES", "OF_NO_USE_A", "OF_NO_USE_B")
    }


def test_a_name_that_the_file_has_already_is_not_suggested() -> None:
    def fix(text: str) -> str:
        return next(f.fix for f in check(text).findings if f.rule == "unknown-name")

    facebook = "OAUTH_PROVIDER_FACEBOOK_CLIENT_ID=x\n"
    assert fix(facebook) == "remove the line"
    assert fix(f"{facebook}OAUTH_PROVIDER_GOOGLE_CLIENT_ID=y\n") == "remove the line"
    misspelt = "OAUTH_PROVIDER_GOGLE_CLIENT_ID=x\n"
    assert "OAUTH_PROVIDER_GOOGLE_CLIENT_ID" in fix(misspelt)
    assert fix(f"{misspelt}OAUTH_PROVIDER_GOOGLE_CLIENT_ID=y\n") == "remove the line"


def test_two_placeholders_of_one_word_are_no_leaked_secret_and_two_secrets_are(
    complete: dict[str, str],
) -> None:
    names = ("NEXT_PUBLIC_GOOGLE_CLIENT_ID", "AI_OPENAI_API_KEY")
    for value, is_leaked in (("changeme", False), (" PLACE_HOLDER", False), ("k3J9x.Qw7z", True)):
        text = samples.dotenv(complete | dict.fromkeys(names, value))
        assert ((names[0], "public-secret") in samples.rules(text)) is is_leaked


def test_the_version_of_the_applications_decides_which_names_are_known() -> None:
    def names(text: str, version: Version) -> set[tuple[str, str]]:
        findings = check(text, version=version).findings
        return {(f.name, f.rule) for f in findings if f.rule.endswith("-name")}

    old = "BETTER_AUTH_SECRET=x\nDB_PG_HOST=h\nKV_REDIS_PASSWORD=p\n"
    new = "AUTH_SECRET=x\nNEXT_PUBLIC_APP_CLIENT_URL=https://app.example.com\n"
    assert names(old, Version.V2025_12) == set()
    assert names(new, Version.V2026_02) == set()
    assert names(old, Version.V2026_02) == {
        ("BETTER_AUTH_SECRET", "legacy-name"),
        ("DB_PG_HOST", "legacy-name"),
        ("KV_REDIS_PASSWORD", "legacy-name"),
    }
    assert names(new, Version.V2025_12) == {
        ("AUTH_SECRET", "legacy-name"),
        ("NEXT_PUBLIC_APP_CLIENT_URL", "unknown-name"),
    }
    missing = {f.name for f in check("", version=Version.V2026_02).findings}
    assert {"AUTH_SECRET", "NEXT_PUBLIC_APP_CLIENT_URL"} <= missing
    assert not {"BETTER_AUTH_SECRET", "DB_PG_PASSWORD", "KV_REDIS_PASSWORD"} & missing


def test_missing_origins_are_named_and_foreign_origins_only_counted(
    complete: dict[str, str],
) -> None:
    complete["SECURITY_TRUSTED_ORIGINS"] = (
        "https://app.example.com,https://todox.example.com,https://evil.example.org"
    )
    message = " / ".join(finding.what for finding in samples.findings(samples.dotenv(complete)))
    assert "lacks https://www.example.com" in message
    assert "names an origin that prod does not have" in message


def test_a_developers_file_is_not_checked_by_the_rules_of_production() -> None:
    local = {
        "NODE_ENV": "development",
        "DB_PG_PASSWORD": "postgres",
        "PAYMENT_STRIPE_KEY": "PLACE_HOLDER",
        "APP_API_URL": "http://localhost:8080",
    }
    findings = check(samples.dotenv(local)).findings
    assert [f for f in findings if f.rule != "missing"] == []


def test_variables_of_the_other_side_are_not_required(complete: dict[str, str]) -> None:
    for side in (Side.SERVER, Side.CLIENT):
        values = {n: v for n, v in complete.items() if CONTRACT[n].side is side}
        if side is Side.SERVER:
            values |= {n: v for n, v in complete.items() if CONTRACT[n].side is Side.RUNTIME}
        report = check(samples.dotenv(values), sides=frozenset({side}), target=samples.PROD)
        assert report.findings == ()


def test_a_rule_can_be_left_out_for_one_variable_or_for_all() -> None:
    text = "TURBO_TOKEN=x\nTURBO_TEAM=y\n"

    def unknown(*ignored: str) -> set[str]:
        findings = check(text, ignored=frozenset(ignored)).findings
        return {f.name for f in findings if f.rule == "unknown-name"}

    assert unknown() == {"TURBO_TOKEN", "TURBO_TEAM"}
    assert unknown("unknown-name:TURBO_TOKEN") == {"TURBO_TEAM"}
    assert unknown("unknown-name") == set()


@pytest.mark.parametrize("name", [*CONTRACT, "NEXT_PUBLIC_SECRET_KEY", "AUTH_SECRET", "OTHER_NAME"])
def test_no_finding_contains_a_value(name: str, complete: dict[str, str]) -> None:
    spellings = [
        CANARY,
        f"http://{CANARY}",
        f"redis://{CANARY}@h",
        f"postgres://u:{CANARY}@h:99999/{CANARY}",
        f"https://{CANARY}.example.com/v1/traces",
        f"{CANARY},{CANARY}",
    ]
    for value in spellings:
        for line in (f"{name}='{value}'", f"{name}={value}#{CANARY}", f"{name}=${{{CANARY}}}"):
            text = samples.dotenv(complete) + line + "\n"
            printed = " ".join(map(str, samples.findings(text))).lower()
            assert CANARY.lower() not in printed
