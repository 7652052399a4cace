"""A dotenv file of production that has no problems, and changes of it."""

from __future__ import annotations

from urllib.parse import quote

from beep_infra.settings import target
from envfile import Finding, check
from environments import Environment
from envschema import CONTRACT, FromTopology, Literal

PROD = target("prod")
PASSWORD = "Zk3.Qv9~Xw7_Lm2-Rt8.Hn4~Jd6_Pf1-"


def values(prod: Environment) -> dict[str, str]:
    """Return every variable of production, with secrets that are made up."""
    found: dict[str, str] = {}
    for app in ("todox", "web", "api"):
        for name, binding in prod.apps[app].bindings.items():
            if isinstance(binding, FromTopology | Literal):
                found[name] = binding.value
            else:
                found[name] = f"{PASSWORD}{len(found)}"
    found["DB_PG_PASSWORD"] = found["KV_REDIS_PASSWORD"] = PASSWORD
    user, database = found["DB_PG_USER"], found["DB_PG_DATABASE"]
    found["DB_PG_URL"] = f"postgresql://{user}:{quote(PASSWORD)}@127.0.0.1:5432/{database}"
    found["KV_REDIS_URL"] = f"rediss://:{quote(PASSWORD)}@10.20.0.3:6378"
    found |= dict.fromkeys(("APP_LOG_FORMAT",), "pretty")
    return {name: found[name] for name in CONTRACT if name in found}


def dotenv(given: dict[str, str]) -> str:
    """Write values as a dotenv file."""
    return "".join(f"{name}='{value}'\n" for name, value in given.items())


def findings(text: str) -> tuple[Finding, ...]:
    """Check a file for production."""
    return check(text, target=PROD).findings


def rules(text: str) -> set[tuple[str, str]]:
    """Return the names and rules of what is found in a file for production."""
    return {(found.name, found.rule) for found in findings(text)}
