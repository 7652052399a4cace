"""Write ``docs/reference/settings.md``: ``python -m scripts.settings_page``."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel

from constructs_lib.environment.settings import EnvironmentSettings
from constructs_lib.pipeline.settings import BootstrapSettings
from envschema.services import SERVICES, Service
from scripts.setting_rows import (
    Model,
    Setting,
    as_markdown,
    modes_of,
    settings_of,
    show_default,
    summary,
    tables_of,
)

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "settings.md"

_HEAD = """# Settings

Every key of an environment file and of `bootstrap.toml`. Made by `make update-snapshots` from the
code that reads the files; a test compares the two.

- `required`: the file must state it. `not set`: the file may leave it out.
- A value of another type, a value that is not allowed, and an unknown key are refused. The message
  names the key, the value, what is allowed and the fix.
- Some values are refused only together, such as too many instances for the subnet. Those rules are
  in `checks.py` of each folder of [constructs_lib](../../constructs_lib/).
- `*` stands for a name of your choice.

"""
_SERVICES_HEAD = """
## For each service

These keys exist for each service of the [catalogue](../../envschema/services.py). `NAME` is the
name of the service; inside a longer word its hyphens become underscores (`image_otel_collector`).
The columns of the services hold the defaults; an empty cell means that the service has no such key.
The MCP server and the collector have their other settings in [mcp](#mcp) and
[telemetry](#telemetry).

"""
_COLUMNS = ("key", "type", "allowed", "default", "description")
_NAME = "NAME"
_TABLES_BY_SERVICE = ("hosts", "services", "edge.candidate_hosts", "slo")
"""The tables with a key for each service."""


def page() -> str:
    """Return the page."""
    return "".join(
        [
            _HEAD,
            "## The environment file\n\n",
            _table(_COLUMNS, map(_cells, _top_level())),
            _SERVICES_HEAD,
            _services_table(),
            *_sections(),
            f"\n## bootstrap.toml\n\n{summary(BootstrapSettings)}\n\n",
            _table(_COLUMNS, map(_cells, settings_of(BootstrapSettings))),
        ]
    )


def _top_level() -> Iterator[Setting]:
    """Yield the keys outside of tables, and a row for each table, which leads to its section."""
    for setting in settings_of(EnvironmentSettings):
        field = EnvironmentSettings.model_fields.get(setting.key)
        if field is None or _pattern(setting.key) is not None:
            continue
        tables = tables_of(field)
        if len(tables) > 1:
            modes = ", ".join(f"`{mode}`" for mode in modes_of(field))
            text = f"One of {modes}"
            default = show_default(field.default)
            yield Setting(setting.key, f"[table](#{setting.key})", "", default, text)
        elif tables:
            kind = f"[table](#{setting.key})"
            yield Setting(setting.key, kind, "", setting.default, setting.description)
        else:
            yield setting


def _sections() -> Iterator[str]:
    """Yield a section for each table; where the table has modes, one below it for each mode."""
    for key, field in EnvironmentSettings.model_fields.items():
        tables = tables_of(field)
        if tables:
            yield f"\n## {key}\n"
        if len(tables) > 1:
            for mode, table in modes_of(field).items():
                yield f"\n### {key}: {mode}\n"
                yield _section(key, table, None)
        elif tables:
            defaults = field.default if isinstance(field.default, BaseModel) else None
            yield _section(key, tables[0], defaults)


def _section(key: str, table: Model, defaults: BaseModel | None) -> str:
    settings = list(settings_of(table, f"{key}.", defaults))
    own = [setting for setting in settings if _pattern(setting.key) is None]
    parts = [f"\n{summary(table)}\n"]
    if len(own) < len(settings):
        parts.append("\nIts keys for each service are [above](#for-each-service).\n")
    if own:
        parts.append(f"\n{_table(_COLUMNS, map(_cells, own))}")
    return "".join(parts)


def _services_table() -> str:
    """Return one table of what exists for each service, with a column for the default of each."""
    descriptions = dict(_flat_inputs()[1])
    settings: dict[str, dict[str, Setting]] = {pattern: {} for pattern in descriptions}
    for setting in settings_of(EnvironmentSettings):
        pattern, service = _pattern(setting.key) or (None, "")
        if setting.key in _TABLES_BY_SERVICE:
            descriptions[f"{setting.key}.{_NAME}"] = setting.description
        elif pattern is not None and setting.type != "table":
            settings.setdefault(pattern, {}).setdefault(service, setting)
    names = [service.name for service in SERVICES]
    rows = []
    for pattern, by_service in settings.items():
        setting, *_ = by_service.values()
        defaults = [by_service[name].default if name in by_service else "" for name in names]
        description = setting.description or descriptions.get(pattern, "")
        rows.append((f"`{pattern}`", setting.type, setting.allowed, *defaults, description))
    return _table(("key", "type", "allowed", *names, "description"), rows)


def _pattern(key: str) -> tuple[str, str] | None:
    """Return the key with NAME for the name of its service, and the service, if it has one."""
    patterns, _ = _flat_inputs()
    if key in patterns:
        return patterns[key]
    for table in _TABLES_BY_SERVICE:
        if key.startswith(f"{table}."):
            name, dot, rest = key.removeprefix(f"{table}.").partition(".")
            if any(name == service.name for service in SERVICES):
                return f"{table}.{_NAME}{dot}{rest}", name
    return None


@cache
def _flat_inputs() -> tuple[Mapping[str, tuple[str, str]], Mapping[str, str]]:
    """Return the pattern and service of each input such as ``image_api``, and what each is for."""
    patterns, descriptions = {}, {}
    for name in ("enable_input", "min_instance_count_input", "image_input"):
        pattern = f"{name.removesuffix('_input')}_{_NAME}"
        descriptions[pattern] = as_markdown(inspect.getdoc(getattr(Service, name)) or "")
        for service in SERVICES:
            patterns[getattr(service, name)] = pattern, service.name
    return patterns, descriptions


def _cells(setting: Setting) -> tuple[str, ...]:
    key = f"`{setting.key}`"
    return key, setting.type, setting.allowed, setting.default, setting.description


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
