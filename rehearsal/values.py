"""Generates plausible, stable values for attributes that only the cloud knows.

Nothing here is random: the same resource gets the same values in every run. ``data/values.json``
holds formats by type and attribute; other formats follow from the attribute's name.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import cast

from provider_schema.blocks import Attribute, Block, CtyType
from rehearsal.codec import UNKNOWN, Object, Value
from rehearsal.rules import TypeRules

PROJECT_NUMBER = 123456789012
TIMESTAMP = "2026-01-01T00:00:00.000000Z"
CLOUD_CANARY = "canary-of-the-cloud-"
"""The beginning of the values of sensitive attributes that the cloud sets."""


@functools.cache
def formats() -> Mapping[str, Mapping[str, str | int | bool]]:
    """Return ``data/values.json``: by type (or ``*``) and attribute, a format, number or bool."""
    text = resources.files("rehearsal").joinpath("data/values.json").read_text()
    return cast(Mapping[str, Mapping[str, str | int | bool]], json.loads(text))


@dataclass
class Cloud:
    """Generates values; ``defaults`` are project, region and zone of the provider block."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, TypeRules] = field(default_factory=dict)

    def fill_block(self, type_name: str, block: Block, planned: Object) -> Object:
        """Return ``planned`` with a value for every unknown, and for every computed null."""
        known: dict[str, str] = {
            name: value
            for name, value in planned.items()
            if isinstance(value, str)
            and name in block.attributes
            and not block.attributes[name].sensitive
        }
        generator = _Generator(self, type_name, known)
        # `id` first: self_link and name build on it.
        order = sorted(block.attributes, key=lambda name: (name != "id", name))
        filled: Object = {}
        for name in order:
            attribute = block.attributes[name]
            filled[name] = generator.attribute((name,), attribute, planned[name])
            if isinstance(filled[name], str) and not attribute.sensitive:
                generator.known.setdefault(name, cast(str, filled[name]))
        for name, nested in block.blocks.items():
            filled[name] = generator.nested((name,), nested.block, planned[name])
        return {name: filled[name] for name in planned}


class _Generator:
    """Generates the values of a resource; ``known`` are its text attributes so far."""

    def __init__(self, cloud: Cloud, type_name: str, known: dict[str, str]) -> None:
        self.type_name = type_name
        self.known = known
        self.id_format = cloud.rules.get(type_name, TypeRules()).id
        self.project = known.get("project") or cloud.defaults.get("project") or "project"
        self.region = (
            known.get("region")
            or known.get("location")
            or cloud.defaults.get("region")
            or "europe-west1"
        )
        self.zone = known.get("zone") or cloud.defaults.get("zone") or f"{self.region}-b"
        seed = json.dumps([type_name, self.project, sorted(known.items())])
        self.seed = seed.encode()

    # ------------------------------------------------------------ structure

    def nested(self, path: tuple[str, ...], block: Block, value: Value) -> Value:
        if isinstance(value, list):
            return [self.nested((*path, str(i)), block, v) for i, v in enumerate(value)]
        if not isinstance(value, dict):
            return [] if value is UNKNOWN else value
        result: Object = {}
        for name, item in value.items():
            if name in block.attributes:
                result[name] = self.attribute((*path, name), block.attributes[name], item)
            else:
                result[name] = self.nested((*path, name), block.blocks[name].block, item)
        return result

    def attribute(self, path: tuple[str, ...], attribute: Attribute, value: Value) -> Value:
        if attribute.write_only:
            return None
        if value is None and attribute.computed:
            value = UNKNOWN
        if value is UNKNOWN and attribute.sensitive and attribute.type == "string":
            return f"{CLOUD_CANARY}{self.digest(path)[:20]}"
        if value is UNKNOWN and attribute.possible_values and attribute.type == "string":
            configured = self.configured(path)
            return attribute.possible_values[0] if configured is None else configured
        return self.value(path, attribute.type, value)

    def value(self, path: tuple[str, ...], cty: CtyType, value: Value) -> Value:
        """Return ``value`` if it is known, else a generated value of the type."""
        if isinstance(cty, list):
            kind, inner = cty
            if kind == "object":
                fields = value if isinstance(value, dict) else {}
                unknown = UNKNOWN if value is UNKNOWN else None
                if value is None:
                    return None
                return {
                    n: self.value((*path, n), t, fields.get(n, unknown)) for n, t in inner.items()
                }
            if kind == "map":
                if isinstance(value, dict):
                    return {k: self.value((*path, k), inner, v) for k, v in value.items()}
                return {} if value is UNKNOWN else value
            if isinstance(value, list):
                return [self.value((*path, str(i)), inner, v) for i, v in enumerate(value)]
            return [self.value((*path, "0"), inner, UNKNOWN)] if value is UNKNOWN else value
        if value is not UNKNOWN:
            return value
        configured = self.configured(path)
        if cty == "bool":
            return configured is True
        if cty == "number":
            return configured if isinstance(configured, int) else self.number(path)
        return configured if isinstance(configured, str) else self.by_name(path)

    # ------------------------------------------------------------ leaves

    def digest(self, path: tuple[str, ...]) -> str:
        return hashlib.sha256(self.seed + ".".join(path).encode()).hexdigest()

    def number(self, path: tuple[str, ...]) -> int:
        name = next(p for p in reversed(path) if not p.isdigit())
        if name in ("port", "read_endpoint_port"):
            return 6379 if self.type_name.startswith("google_redis") else 5432
        if name.endswith("project_number") or name == "number":
            return PROJECT_NUMBER
        return 1 + int(self.digest(path)[:8], 16) % 1000

    def configured(self, path: tuple[str, ...]) -> str | int | bool | None:
        """Return the value of an attribute by ``data/values.json``, or None."""
        table = formats()
        dotted = ".".join(step for step in path if not step.isdigit())
        for candidate in (table.get(self.type_name, {}), table["*"]):
            if dotted in candidate:
                form = candidate[dotted]
                return self.render(form, path) if isinstance(form, str) else form
        return self.identifier(path) if path == ("id",) else None

    def identifier(self, path: tuple[str, ...]) -> str | None:
        """Return the id in the provider's own format, or None if a part of it is not known."""
        if self.id_format is None:
            return None
        parts = {name for _, name, _, _ in string.Formatter().parse(self.id_format) if name}
        if not parts <= {*self.known, "project", "region", "zone", "location"}:
            return None
        return self.render(self.id_format, path)

    def by_name(self, path: tuple[str, ...]) -> str:
        name = next(p for p in reversed(path) if not p.isdigit())
        digest = self.digest(path)
        for pattern, form in _BY_NAME:
            if pattern.search(name):
                return self.render(form, path)
        return f"{name.replace('_', '-')}-{digest[:8]}"

    def render(self, form: str, path: tuple[str, ...]) -> str:
        digest = self.digest(path)
        number = int(digest[:12], 16)
        extra = {
            "project": self.project,
            "region": self.region,
            "zone": self.zone,
            "location": self.known.get("location") or self.region,
            "project_number": str(PROJECT_NUMBER),
            "hash": digest[:10],
            "uid": f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:32]}",
            "number": str(number),
            "ip": f"10.{number % 200 + 20}.{number // 200 % 250}.{number // 50000 % 250 + 2}",
            "public_ip": f"203.0.113.{number % 250 + 2}",
            "time": TIMESTAMP,
            "resource_type": self.type_name.removeprefix("google_"),
        }
        label = self.label()
        known = self.known

        class Names(dict[str, str]):
            def __missing__(self, key: str) -> str:
                return known.get(key) or label

        return string.Formatter().vformat(form, (), Names({**extra, "label": label}))

    def label(self) -> str:
        """Return the short name of the resource: its name, else its `…_id`, else a digest."""
        for key in ("name", "account_id", "secret_id", "repository_id", "display_name", "service"):
            if self.known.get(key):
                return self.known[key].rsplit("/", 1)[-1]
        return hashlib.sha256(self.seed).hexdigest()[:10]


_BY_NAME: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), form)
    for pattern, form in (
        (r"^project$|^project_id$", "{project}"),
        (r"^region$", "{region}"),
        (r"^location$", "{location}"),
        (r"^zone$", "{zone}"),
        (r"^id$", "projects/{project}/locations/{location}/{resource_type}/{label}"),
        (r"^name$", "{id}"),
        (r"^self_link", "https://www.googleapis.com/compute/v1/{id}"),
        (r"(^|_)ur[il]s?$|_link$", "https://{label}-{hash}.example.com"),
        (r"email", "{label}@{project}.iam.gserviceaccount.com"),
        (r"^ip_cidr_range|_cidr|ip_range", "10.10.0.0/24"),
        (r"ip_address|^host$|^address$|(^|_)ip$|gateway_ipv4|_host$", "{ip}"),
        (r"(^|_)(time|timestamp)$|_date$|_at$", "{time}"),
        (r"^uid$|unique_id|_uid$", "{uid}"),
        (r"etag|fingerprint", "{hash}"),
        (r"project_number|^number$", "{project_number}"),
        (r"(^|_)id$", "{number}"),
        (r"service_account", "service-{project_number}@gcp-sa.example.com"),
        (
            r"(certificate|_cert|^cert)",
            "-----BEGIN CERTIFICATE-----\n{hash}\n-----END CERTIFICATE-----\n",
        ),
        (r"dns_name", "{hash}.{region}.example.com."),
    )
)
