"""The provider's rules that are not in its schema, as data, and the checks of them.

``scripts/extract_rules.py`` writes ``data/rules/google-<provider version>.json`` from the
provider's source, for all its resource types. There a type is a line, so that only the types that
are asked for are parsed, and ``in`` of a rule holds the arguments inside of it. Further files hold
rules that people read: ``data/rules/extra.json`` in the source, ``data/rules/aws-<provider
version>.json`` in that of the aws provider. Their format, by resource type and argument (dotted
path, without indices)::

    {"source": "<url>", "types": {"google_redis_instance": {
        "file": "google/services/redis/resource_redis_instance.go",
        "id": "projects/{project}/locations/{region}/instances/{name}",
        "arguments": {"tier": {"line": 1, "force_new": true, "default": "BASIC",
                               "enum": ["BASIC", "STANDARD_HA"]}}}}}

``force_new_if`` replaces ``force_new`` by a condition: decreases, version_decreases,
network_shrinks, was_set. ``refused_if`` has the same conditions, for a change that the provider
plans as an update and that Google refuses. Other keys of an argument: ``pattern``, ``range``,
``length``, ``format`` (duration, json, cidr, ip, base64, timestamp), ``or_empty``, ``conflicts``,
``exactly_one_of``, ``at_least_one_of``, ``required_with``, ``element`` (the rule of an item of a
list), ``suppress`` (differences that the provider ignores), ``same_as_unset`` (the value that it
takes for one that is not set), ``stored_as`` (json, upper case: how it plans and stores a text),
``unchecked`` (a validation in Go that is not in the data).

For a type without rules, the enumerations of the bindings' doc comments are used. The messages are
those of the provider's SDK.
"""

from __future__ import annotations

import base64
import functools
import ipaddress
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from provider_schema.blocks import Attribute, Block
from rehearsal.codec import UNKNOWN, Object, Value

Path = tuple[str | int, ...]
Rule = Mapping[str, Any]

_DURATION = re.compile(
    r"[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)(\d+(\.\d+)?(ns|us|ms|s|m|h))*|0"
)
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)")


@dataclass(frozen=True)
class Finding:
    """A broken rule; ``path`` is the argument, whose line Terraform shows."""

    path: Path
    summary: str
    detail: str = ""


@dataclass(frozen=True)
class TypeRules:
    """The rules of a resource type; ``arguments`` includes arguments without a rule."""

    source: str = ""
    id: str | None = None
    arguments: Mapping[str, Rule] = field(default_factory=dict)

    def of(self, path: Path) -> Rule:
        """Return the rule of an argument, empty if there is none."""
        return self.arguments.get(dotted(path), {})


@dataclass(frozen=True)
class Coverage:
    """How many arguments of a type have rules, and whose validations are not in the data."""

    arguments: int
    known: int
    with_rule: int
    unchecked: tuple[str, ...]


@functools.cache
def load(*provider_versions: str) -> Mapping[str, TypeRules]:
    """Return the rules by type, of one provider or of several.

    For a version without a data file these are only the rules of extra.json.
    """
    return _RulesByType(provider_versions)


class _RulesByType(Mapping[str, TypeRules]):
    """The rules of versions of providers; those of a type are parsed when it is first asked for."""

    def __init__(self, provider_versions: Sequence[str]) -> None:
        self._source = ""
        self._lines: dict[str, str] = {}
        self._by_people: list[Mapping[str, Any]] = []
        for version in dict.fromkeys(provider_versions):
            if extracted := _read(f"google-{version}.json"):
                self._source = json.loads(extracted.partition(",")[0] + "}")["source"]
                # A line is '  "name": {…},'. Kinds of grants and types have different names.
                lines = (line for line in extracted.splitlines() if line.startswith('  "'))
                self._lines = {line[3 : line.index('"', 3)]: line for line in lines}
            self._by_people.append(json.loads(_read(f"aws-{version}.json") or _read("extra.json")))
        self._types = [name for name in self._lines if name.startswith("google_")]
        self._known: dict[str, TypeRules] = {}

    def __getitem__(self, type_name: str) -> TypeRules:
        if type_name not in self._known:
            self._known[type_name] = self._parse(type_name)
        return self._known[type_name]

    def __iter__(self) -> Iterator[str]:
        by_people = (name for data in self._by_people for name in data["types"])
        return iter(dict.fromkeys([*self._types, *by_people]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _line(self, name: str) -> Any:
        return json.loads(self._lines[name].partition(": ")[2].rstrip(","))

    def _parse(self, type_name: str) -> TypeRules:
        source, identity = "", None
        arguments: dict[str, Rule] = {}
        if type_name.startswith("google_") and type_name in self._lines:
            entry = self._line(type_name)
            source, identity = f"{self._source}/{entry['file']}", entry.get("id")
            arguments.update(_flattened(entry["in"]))
            if "kind" in entry:
                arguments.update(_flattened(self._line(entry["kind"])))
        for data in self._by_people:
            entry = data["types"].get(type_name)
            if entry is None:
                continue
            source = source or f"{data['source']}/{entry.get('file', '')}"
            identity = entry.get("id", identity)
            for argument, rule in entry.get("arguments", {}).items():
                merged = {**arguments.get(argument, {}), **rule}
                arguments[argument] = {k: v for k, v in merged.items() if v is not None}
        if not source:
            raise KeyError(type_name)
        return TypeRules(source, identity, arguments)


def _read(name: str) -> str:
    path = resources.files("rehearsal").joinpath(f"data/rules/{name}")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _flattened(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Rule]]:
    """Yield the rules of a tree by dotted path."""
    for name, entry in tree.items():
        yield prefix + name, {key: value for key, value in entry.items() if key != "in"}
        yield from _flattened(entry.get("in", {}), f"{prefix}{name}.")


# ---------------------------------------------------------------- configuration


def check(block: Block, config: Object, rules: TypeRules | None) -> list[Finding]:
    """Return a finding for every broken rule of ``config``; unknown values break no rule."""
    findings: list[Finding] = []
    identifier = block.attributes.get("id")
    if identifier and identifier.optional and config.get("id") is not None:
        findings.append(Finding(("id",), "Invalid or unknown key"))
    for path, attribute, value in leaves(block, config):
        if value is None or value is UNKNOWN:
            continue
        if attribute.computed_only:
            findings.append(
                Finding(
                    path,
                    "Value for unconfigurable attribute",
                    f'Can\'t configure a value for "{_key(path)}": its value will be decided'
                    " automatically based on the result of applying this configuration.",
                )
            )
            continue
        rule = _rule_for(path, attribute, rules)
        for finding in _check_value(path, value, rule):
            if attribute.sensitive or attribute.write_only:
                # Terraform prints diagnostics unchanged, so the message must not contain the value.
                finding = Finding(path, f"{_key(path)} has a value that the provider refuses")
            findings.append(finding)
    if rules is not None:
        findings += _check_groups(block, config, rules)
    return findings


def _rule_for(path: Path, attribute: Attribute, rules: TypeRules | None) -> Rule:
    if rules is None:
        return {"enum": attribute.possible_values}
    return rules.of(path)


def _check_value(path: Path, value: Value, rule: Rule) -> Iterator[Finding]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if item is not UNKNOWN and "element" in rule:
                yield from _check_value((*path, index), item, rule["element"])
        return
    key = _key(path)
    if isinstance(value, str) and (message := _check_text(key, value, rule)):
        yield Finding(path, message)
    if "range" in rule and isinstance(value, int | float | str):
        low, high = rule["range"]
        number = float(value)
        if low is not None and high is not None and not low <= number <= high:
            yield Finding(path, f"expected {key} to be in the range ({low} - {high}), got {value}")
        elif low is not None and number < low:
            yield Finding(path, f"expected {key} to be at least ({low}), got {value}")
        elif high is not None and number > high:
            yield Finding(path, f"expected {key} to be at most ({high}), got {value}")


def _check_text(key: str, value: str, rule: Rule) -> str | None:
    allowed = rule.get("enum")
    if not value and rule.get("or_empty"):
        return None
    if allowed:
        same = str.lower if rule.get("ignore_case") else str
        if same(value) not in {same(a) for a in allowed}:
            listed = " ".join(f'"{a}"' for a in allowed)
            return f"expected {key} to be one of [{listed}], got {value}"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        return f'"{key}" ("{value}") doesn\'t match regexp "{rule["pattern"]}"'
    if "length" in rule:
        low, high = rule["length"]
        if not low <= len(value) <= high:
            return f"expected length of {key} to be in the range ({low} - {high}), got {value}"
    if "format" in rule and value and not _has_format(value, rule["format"]):
        return f'"{key}" is not a valid {rule["format"]}: {value}'
    return None


def _has_format(value: str, form: str) -> bool:
    try:
        if form == "json":
            json.loads(value)
        elif form == "cidr":
            ipaddress.ip_network(value, strict=False)
        elif form == "ip":
            ipaddress.ip_address(value)
        elif form == "base64":
            base64.b64decode(value, validate=True)
        elif form == "duration":
            return _DURATION.fullmatch(value) is not None
        elif form == "timestamp":
            return _TIMESTAMP.fullmatch(value) is not None
    except ValueError:
        return False
    return True


def _check_groups(block: Block, config: Object, rules: TypeRules) -> Iterator[Finding]:
    """Yield the findings of the SDK's checks between arguments, once for each group."""
    blocks = set(_block_paths(block))
    seen: set[tuple[str, tuple[str, ...]]] = set()

    def state(path: str) -> str:
        values = [v for v in values_at(config, path) if v is not None]
        if not values or (path in blocks and all(v == [] for v in values)):
            return "absent"
        return "unknown" if UNKNOWN in values else "set"

    for argument, rule in rules.arguments.items():
        parent = argument.rpartition(".")[0]
        if parent and state(parent) == "absent":
            continue
        for kind in _GROUPS & rule.keys():
            others = {_without_indices(n) for n in rule[kind]} - {argument}
            names = tuple(sorted({argument, *others}))
            states = {n: state(n) for n in names}
            message = _group_message(kind, argument, states)
            if message is not None and (kind, names) not in seen:
                seen.add((kind, names))
                yield Finding((), _GROUP_SUMMARY[kind], f'"{argument}": {message}')


_GROUP_SUMMARY: Mapping[str, str] = {
    "exactly_one_of": "Invalid combination of arguments",
    "at_least_one_of": "Missing required argument",
    "required_with": "Missing required argument",
    "conflicts": "Conflicting configuration arguments",
}
_GROUPS = _GROUP_SUMMARY.keys()


def _group_message(kind: str, argument: str, states: Mapping[str, str]) -> str | None:
    listed = ",".join(states)
    present = [n for n, s in states.items() if s == "set"]
    unknown = "unknown" in states.values()
    match kind:
        case "exactly_one_of" if len(present) > 1:
            chosen = ",".join(present)
            return f"only one of `{listed}` can be specified, but `{chosen}` were specified."
        case "exactly_one_of" | "at_least_one_of" if not present and not unknown:
            return f"one of `{listed}` must be specified"
        case "required_with" if states[argument] != "absent" and "absent" in states.values():
            return f"all of `{listed}` must be specified"
        case "conflicts" if argument in present and len(present) > 1:
            return f"conflicts with {next(n for n in present if n != argument)}"
    return None


def _block_paths(block: Block, prefix: str = "") -> Iterator[str]:
    for name, nested in block.blocks.items():
        yield prefix + name
        yield from _block_paths(nested.block, f"{prefix}{name}.")


# ---------------------------------------------------------------- changes


def replacing_arguments(
    block: Block, prior: Object, planned: Object, rules: TypeRules | None
) -> list[Path]:
    """Return the arguments whose change from ``prior`` to ``planned`` forces a replacement.

    The path of an argument inside a set ends at the set, whose items have no index.
    """
    paths: list[Path] = []
    for argument, rule in rules.arguments.items() if rules is not None else ():
        if "force_new" not in rule and "force_new_if" not in rule:
            continue
        before, after = (dict(_located(block, side, argument)) for side in (prior, planned))
        paths += [
            path
            for path in dict.fromkeys([*before, *after])
            if _forces_replacement(before.get(path), after.get(path), rule)
        ]
    return paths


def refused_changes(
    prior: Object, planned: Object, rules: TypeRules | None
) -> Iterator[tuple[str, Value, Value]]:
    """Yield the arguments that Google refuses to change so, with the value before and after."""
    for argument, rule in rules.arguments.items() if rules is not None else ():
        if "refused_if" in rule:
            before, after = (values_at(side, argument) for side in (prior, planned))
            if len(before) == len(after) == 1 and _CONDITIONS[rule["refused_if"]](*before, *after):
                yield argument, before[0], after[0]


def _located(
    block: Block, value: Object, argument: str, at: Path = ()
) -> Iterator[tuple[Path, Value]]:
    """Yield the path and the value of an argument, once for each block that it is in.

    The value of a block is how often it is there: what is inside has rules of its own. That of an
    argument inside a set is a tuple of all values.
    """
    step, _, rest = argument.partition(".")
    path, inner = (*at, step), value.get(step)
    nested = block.blocks.get(step)
    if nested is None:
        yield path, tuple(values_at(inner, rest)) if rest else inner
    elif not rest:
        yield path, len(inner) if isinstance(inner, list) else inner
    elif nested.nesting == "set":
        yield path, tuple(values_at(inner, rest))
    elif isinstance(inner, dict):
        yield from _located(nested.block, inner, rest, path)
    elif isinstance(inner, list):
        for index, item in enumerate(inner):
            if isinstance(item, dict):
                yield from _located(nested.block, item, rest, (*path, index))


def _forces_replacement(before: Value, after: Value, rule: Rule) -> bool:
    if _comparable(before, rule) == _comparable(after, rule):
        return False
    condition = rule.get("force_new_if")
    if condition is None:
        return bool(rule.get("force_new"))
    return _CONDITIONS[condition](before, after)


def _decreases(before: Value, after: Value) -> bool:
    if before is None or not isinstance(after, int | float | str):
        return False
    return float(str(before)) > float(str(after))


def _version_decreases(before: Value, after: Value) -> bool:
    def number(value: Value) -> list[int]:
        return [int(n) for n in re.findall(r"\d+", str(value))]

    return before is not None and isinstance(after, str) and number(before) > number(after)


def _network_shrinks(before: Value, after: Value) -> bool:
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    old, new = (ipaddress.ip_network(v, strict=False) for v in (before, after))
    if isinstance(old, ipaddress.IPv4Network) and isinstance(new, ipaddress.IPv4Network):
        return not new.supernet_of(old)
    if isinstance(old, ipaddress.IPv6Network) and isinstance(new, ipaddress.IPv6Network):
        return not new.supernet_of(old)
    return True


def _was_set(before: Value, _after: Value) -> bool:
    return before not in (None, "")


_CONDITIONS: Mapping[str, Callable[[Value, Value], bool]] = {
    "decreases": _decreases,
    "version_decreases": _version_decreases,
    "network_shrinks": _network_shrinks,
    "was_set": _was_set,
}


def _comparable(value: Value, rule: Rule) -> Value:
    if isinstance(value, tuple):
        items = (_comparable(item, rule) for item in value)
        return sorted((item for item in items if item is not None), key=repr) or None
    # The SDK reads an argument that is not set as its default, or as the zero of its type.
    if value is None or value == []:
        return rule.get("default") or None
    if value in ("", False, 0, {}):
        return None
    if isinstance(value, str) and rule.get("suppress", "").startswith("tpgresource.CompareSelf"):
        return value.rsplit("/", 1)[-1]
    return value


# ---------------------------------------------------------------- coverage


def coverage(block: Block, rules: TypeRules | None) -> Coverage:
    """Return how many arguments a type has, and how many of them the rules cover."""
    names = list(configurable(block))
    known = rules.arguments if rules is not None else {}
    return Coverage(
        arguments=len(names),
        known=sum(n in known for n in names),
        with_rule=sum(bool(known.get(n)) for n in names),
        unchecked=tuple(
            n for n in names if "unchecked" in known.get(n, {}) or _has_unchecked_element(known, n)
        ),
    )


def _has_unchecked_element(known: Mapping[str, Rule], name: str) -> bool:
    return "unchecked" in known.get(name, {}).get("element", {})


def configurable(block: Block, prefix: str = "") -> Iterator[str]:
    """Yield the dotted paths of all arguments and blocks, without ``id`` and ``timeouts``."""
    for name, attribute in block.attributes.items():
        if not attribute.computed_only and prefix + name != "id":
            yield prefix + name
    for name, nested in block.blocks.items():
        if prefix + name != "timeouts":
            yield prefix + name
            yield from configurable(nested.block, f"{prefix}{name}.")


# ---------------------------------------------------------------- paths


def leaves(block: Block, value: Object, at: Path = ()) -> Iterator[tuple[Path, Attribute, Value]]:
    """Yield the path, the attribute and the value of every attribute, also in nested blocks."""
    for name, attribute in block.attributes.items():
        yield (*at, name), attribute, value.get(name)
    for name, nested in block.blocks.items():
        inner = value.get(name)
        if isinstance(inner, dict):
            yield from leaves(nested.block, inner, (*at, name))
        elif isinstance(inner, list):
            for index, item in enumerate(inner):
                if isinstance(item, dict):
                    yield from leaves(nested.block, item, (*at, name, index))


def dotted(path: Path) -> str:
    """Return a path in the form of the rules, without indices."""
    return ".".join(step for step in path if isinstance(step, str))


def _key(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _without_indices(name: str) -> str:
    """Return ``settings.0.tier`` in the form of the rules, ``settings.tier``."""
    return ".".join(step for step in name.split(".") if not step.isdigit())


def values_at(value: Value, path: str) -> list[Value]:
    """Return all values at a dotted path, one for each item of the lists on the way."""
    values: list[Value] = [value]
    for step in path.split("."):
        following: list[Value] = []
        for item in values:
            for element in item if isinstance(item, list) else [item]:
                if isinstance(element, dict):
                    following.append(element.get(step))
                elif element is UNKNOWN:
                    following.append(UNKNOWN)
        values = following
    return values
