"""A dotenv file of production that has no problems, and helpers to check changes of it."""

from __future__ import annotations

from urllib.parse import quote

from beep_infra.settings import target
from envfile import Finding, check
from environments import Environment
from envschema import CONTRACT, FromTopology, Literal

PROD = target("prod")
PASSWORD = "Zk3.Qv9~Xw7_Lm2-Rt8.Hn4~Jd6_Pf1-"


def values(prod: Environment) -> dict[str, str]:
    """Return every variable of production, with invented secrets."""
    values: dict[str, str] = {}
    for app in ("todox", "web", "api"):
        for name, binding in prod.apps[app].bindings.items():
            if isinstance(binding, FromTopology | Literal):
                values[name] = binding.value
            else:
                values[name] = f"{PASSWORD}{len(values)}"
    values["DB_PG_PASSWORD"] = values["KV_REDIS_PASSWORD"] = PASSWORD
    user, database = values["DB_PG_USER"], values["DB_PG_DATABASE"]
    values["DB_PG_URL"] = f"postgresql://{user}:{quote(PASSWORD)}@127.0.0.1:5432/{database}"
    values["KV_REDIS_URL"] = f"rediss://:{quote(PASSWORD)}@10.20.0.3:6378"
    values |= dict.fromkeys(("APP_LOG_FORMAT",), "pretty")
    return {name: values[name] for name in CONTRACT if name in values}


def dotenv(values: dict[str, str]) -> str:
    """Write values as a dotenv file."""
    return "".join(f"{name}='{value}'\n" for name, value in values.items())


def findings(text: str) -> tuple[Finding, ...]:
    """Check a file for production."""
    return check(text, target=PROD).findings


def rules(text: str) -> set[tuple[str, str]]:
    """Return the name and the rule of each finding about a file for production."""
    return {(finding.name, finding.rule) for finding in findings(text)}
