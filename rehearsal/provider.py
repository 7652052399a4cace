"""The stand-in for a provider: plans, applies and reads resources.

It follows the rules of Terraform's resource life cycle: the planned state is the configuration,
with unknown for values that only the cloud knows; a write-only argument is null in every state; an
update keeps known values; a value that the plan knows is the same in the new state; a second plan
finds nothing to do.

Where the real provider's SDK departs from these rules, so does the stand-in: an argument that is
left out is planned as its default, an empty map as null, and what is left out inside a set as an
empty text or list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from provider_schema.blocks import Attribute, Block, NestedBlock, ProviderSchema
from rehearsal import rules
from rehearsal.codec import UNKNOWN, Object, Value, contains_unknown
from rehearsal.refusals import refusals
from rehearsal.values import Cloud

ATTRIBUTION = {"goog-terraform-provisioned": "true"}
MAPS = ("effective_labels", "terraform_labels", "effective_annotations", "tags_all")
PREDICTED: Mapping[str, Mapping[str, Sequence[str]]] = {
    # Source: ResourceServiceAccountCustomDiffFunc in resource_google_service_account.go.
    "google_service_account": {
        "email": ("account_id", "project"),
        "member": ("account_id", "project"),
    },
}
"""Attributes that the provider's code computes while planning, with what they are computed from."""
NO_RULES = rules.TypeRules()
# Taken from the provider block if a resource does not set them.
INHERITED = ("project", "region", "zone")


class RefusedError(Exception):
    """What the cloud answers to an apply that it does not carry out."""


@dataclass(frozen=True)
class Plan:
    """The planned state, and the arguments whose change replaces the resource."""

    planned: Object | None
    requires_replace: list[rules.Path] = field(default_factory=list)


class Provider:
    """The stand-in for the google or the aws provider; each stack has its own."""

    def __init__(self, schema: ProviderSchema) -> None:
        self.schema = schema
        self.rules = rules.load(schema.provider_version)
        self.cloud = Cloud(rules=self.rules)
        self.default_labels: Mapping[str, str] = ATTRIBUTION
        self.default_tags: Mapping[str, str] = {}
        self.may_delete_protected = False

    def configure(self, config: Object) -> None:
        """Take project, region, zone, labels and tags from the stack's provider block."""
        self.cloud = Cloud(
            {name: v for name in INHERITED if isinstance(v := config.get(name), str)}, self.rules
        )
        attribution = {} if config.get("add_terraform_attribution_label") is False else ATTRIBUTION
        self.default_labels = {**_texts(config.get("default_labels")), **attribution}
        default_tags = config.get("default_tags")
        for block in default_tags if isinstance(default_tags, list) else ():
            self.default_tags = _texts(block.get("tags") if isinstance(block, dict) else None)

    # ------------------------------------------------------------ plan

    def plan(
        self, type_name: str, config: Object | None, prior: Object | None, proposed: Object | None
    ) -> Plan:
        """Return the plan: the configuration, with unknown for values that only the cloud knows."""
        if proposed is None or config is None:
            return Plan(None)
        block = self.schema.resources[type_name]
        filled = _fill_in(block, proposed, prior or {}, self.rules.get(type_name, NO_RULES))
        if prior is not None:
            unchanged = _without_write_only(block, filled)
            self._derive_maps(block, unchanged)
            if unchanged == prior:
                return Plan(prior)
        planned = _plan_block(block, filled, prior or {})
        if prior is None:
            self._inherit(block, planned)
            self._predict(type_name, block, planned)
        self._derive_maps(block, planned)
        replace = self._replacing_arguments(type_name, prior, planned) if prior is not None else []
        return Plan(planned, replace)

    def _replacing_arguments(
        self, type_name: str, prior: Object, planned: Object
    ) -> list[rules.Path]:
        block = self.schema.resources[type_name]
        return rules.replacing_arguments(block, prior, planned, self.rules.get(type_name))

    def validate(self, type_name: str, config: Object) -> list[rules.Finding]:
        """Return a finding for every rule that a configuration breaks, Google's own included."""
        block = self.schema.resources[type_name]
        findings = rules.check(block, config, self.rules.get(type_name))
        return [*findings, *refusals(type_name, config)]

    def _inherit(self, block: Block, planned: Object) -> None:
        for name in INHERITED:
            attribute = block.attributes.get(name)
            if attribute and attribute.computed and planned.get(name) is UNKNOWN:
                planned[name] = self.cloud.defaults.get(name, UNKNOWN)

    def _predict(self, type_name: str, block: Block, planned: Object) -> None:
        """Set what the provider's code knows while planning, once its sources are known."""
        for name, sources in PREDICTED.get(type_name, {}).items():
            if all(isinstance(planned[source], str) for source in sources):
                planned[name] = self.cloud.fill_block(type_name, block, planned)[name]

    def _derive_maps(self, block: Block, planned: Object, *, only_unknown: bool = False) -> None:
        """Set ``effective_labels``, ``tags_all`` and the like, which are known while planning."""
        for source, targets, extra in (
            ("labels", ("effective_labels", "terraform_labels"), self.default_labels),
            ("annotations", ("effective_annotations",), {}),
            ("tags", ("tags_all",), self.default_tags),
        ):
            configured = planned.get(source)
            if source not in block.attributes:
                continue
            if configured is not None and not isinstance(configured, dict):
                continue
            merged = {**extra, **(configured or {})}
            for target in targets:
                if target in block.attributes and (not only_unknown or planned[target] is UNKNOWN):
                    planned[target] = UNKNOWN if contains_unknown(merged) else merged

    # ------------------------------------------------------------ apply and read

    def apply(self, type_name: str, planned: Object | None, config: Object | None) -> Object | None:
        """Return the planned state with the cloud's values, or ``None`` for a deletion.

        ``config`` alone holds the write-only arguments. A provider that shares a world with others
        raises ``RefusedError`` for what that refuses.
        """
        return self._filled(type_name, planned)

    def _filled(self, type_name: str, planned: Object | None) -> Object | None:
        if planned is None:
            return None
        block = self.schema.resources[type_name]
        new = self.cloud.fill_block(type_name, block, planned)
        unknown = [name for name in MAPS if planned.get(name) is UNKNOWN]
        new.update(dict.fromkeys(unknown, UNKNOWN))
        self._derive_maps(block, new, only_unknown=True)
        new.update({name: {} for name in unknown if new[name] is UNKNOWN})
        return new

    def is_protected(self, prior: Object) -> bool:
        """Return whether the resource's deletion_protection forbids deleting it."""
        return not self.may_delete_protected and prior.get("deletion_protection") is True

    def read(self, type_name: str, state: Object | None) -> Object | None:
        """Return the state unchanged, with a value for attributes that it lacks."""
        return self._filled(type_name, state)

    def read_data(self, type_name: str, config: Object) -> Object:
        """Return a data source: its configuration, and generated values for the rest."""
        return self.cloud.fill_block(type_name, self.schema.data_sources[type_name], config)

    def import_state(self, type_name: str, identifier: str) -> Object:
        """Return the state of a resource of which only the id is known."""
        empty = _empty(self.schema.resources[type_name])
        empty["id"] = identifier
        return empty


def _texts(value: Value) -> dict[str, str]:
    """Return the entries of a map of texts that are known; none of what is no map."""
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}


def _fill_in(
    block: Block,
    proposed: Object,
    prior: Object,
    known: rules.TypeRules,
    at: rules.Path = (),
    *,
    in_set: bool = False,
) -> Object:
    """Return a proposal as the SDK plans it, also where that is not what the configuration says.

    Source: inventories of cloud-foundation-fabric, which hold plans of the real provider, and
    ``normalizeNullValues`` in helper/schema/grpc_provider.go of the SDK: an empty list and an
    empty text are planned as they are. Numbers and bools inside a set stay null.
    """
    filled: Object = {}
    for name, value in proposed.items():
        path, former = (*at, name), prior.get(name)
        attribute = block.attributes.get(name)
        if attribute is None:
            nested = block.blocks[name]
            deeper = in_set or nested.nesting == "set"
            items = value if isinstance(value, list) else [value]
            # The items of a set have no order, so that none has a former self.
            before = former if isinstance(former, list) and not deeper else [former]
            inner = [
                _fill_in(nested.block, item, _object_at(before, i), known, path, in_set=deeper)
                if isinstance(item, dict)
                else item
                for i, item in enumerate(items)
            ]
            filled[name] = inner if isinstance(value, list) else inner[0]
        elif attribute.computed or attribute.write_only:
            filled[name] = _as_stored(value, known.of(path))
        else:
            rule = known.of(path)
            value = _as_stored(rule.get("default") if value is None else value, rule)
            counts_as_unset = "same_as_unset" in rule and value == rule["same_as_unset"]
            if counts_as_unset and former in (None, ""):
                value = None
            if value == {} or (value == [] and _kind(attribute) == "set" and not in_set):
                value = None
            filled[name] = _zero(attribute) if in_set and value is None else value
    return filled


def _object_at(items: Sequence[Value], index: int) -> Object:
    item = items[index] if index < len(items) else None
    return item if isinstance(item, dict) else {}


def _kind(attribute: Attribute) -> object:
    """Return ``map``, ``set``, ``list`` or ``object``; None for a number, bool or text."""
    return attribute.type[0] if isinstance(attribute.type, list) else None


def _as_stored(value: Value, rule: rules.Rule) -> Value:
    """Return a text in the form in which the provider plans and stores it."""
    form = rule.get("stored_as")
    if not isinstance(value, str) or form is None:
        return value
    if form == "upper case":
        return value.upper()
    try:
        # As ``structure.NormalizeJsonString`` of the SDK: keys in order, escaped as for HTML.
        text = json.dumps(
            json.loads(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
    except ValueError:
        return value
    return text.translate({ord(character): f"\\u{ord(character):04x}" for character in "<>&"})


def _zero(attribute: Attribute) -> Value:
    """Return what the SDK plans inside a set for what is left out and has no default."""
    if attribute.type == "string":
        return ""
    return [] if _kind(attribute) in ("list", "set") else None


def _plan_block(block: Block, proposed: Object, prior: Object) -> Object:
    planned: Object = {}
    for name, value in proposed.items():
        attribute = block.attributes.get(name)
        if attribute is None:
            planned[name] = _plan_nested(block.blocks[name], value, prior.get(name))
        elif attribute.write_only:
            planned[name] = None
        else:
            planned[name] = UNKNOWN if value is None and attribute.computed else value
    return planned


def _plan_nested(nested: NestedBlock, proposed: Value, prior: Value) -> Value:
    if isinstance(proposed, dict):
        return _plan_block(nested.block, proposed, prior if isinstance(prior, dict) else {})
    if not isinstance(proposed, list):
        return proposed
    earlier = prior if isinstance(prior, list) else []
    if nested.nesting == "set":
        return _plan_set(nested.block, proposed, earlier)
    return [
        _plan_block(nested.block, item, earlier[index] if index < len(earlier) else {})
        for index, item in enumerate(proposed)
    ]


def _plan_set(block: Block, proposed: list[Value], prior: list[Value]) -> list[Value]:
    """Plan the items of a set; an item that was there before keeps what the cloud decided."""
    planned: list[Value] = []
    for item in proposed:
        new = _plan_block(block, item, {}) if isinstance(item, dict) else item
        # Terraform does not find the former item, because the SDK filled in what was left out.
        if contains_unknown(new) and not contains_unknown(item):
            new = next((old for old in prior if _agrees(new, old)), new)
        planned.append(new)
    return planned


def _agrees(planned: Value, prior: Value) -> bool:
    """Return whether a planned value is the former one, apart from what is unknown."""
    if planned is UNKNOWN:
        return True
    if isinstance(planned, dict) and isinstance(prior, dict):
        return all(_agrees(value, prior.get(name)) for name, value in planned.items())
    if isinstance(planned, list) and isinstance(prior, list):
        return len(planned) == len(prior) and all(map(_agrees, planned, prior))
    return planned == prior


def _without_write_only(block: Block, value: Object) -> Object:
    """Return a copy with every write-only argument null."""
    result: Object = {}
    for name, item in value.items():
        attribute = block.attributes.get(name)
        if attribute is not None:
            result[name] = None if attribute.write_only else item
        elif isinstance(item, dict):
            result[name] = _without_write_only(block.blocks[name].block, item)
        elif isinstance(item, list):
            inner = block.blocks[name].block
            result[name] = [
                _without_write_only(inner, i) if isinstance(i, dict) else i for i in item
            ]
        else:
            result[name] = item
    return result


def _empty(block: Block) -> Object:
    empty: Object = dict.fromkeys(block.attributes)
    for name, nested in block.blocks.items():
        empty[name] = None if nested.nesting == "single" else []
    return empty
