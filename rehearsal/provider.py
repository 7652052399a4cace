"""What the stand-in provider does with a resource: plan, apply, read.

The rules of Terraform's resource life cycle that this keeps:
planned state is the configuration plus unknown for what only the cloud knows; a write-only
argument is null in every state; an update keeps what is known; what is known in the plan
stays in the new state; a second plan finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provider_schema.blocks import Block, ProviderSchema
from rehearsal import rules
from rehearsal.codec import UNKNOWN, Object, Value, contains_unknown
from rehearsal.values import Cloud

ATTRIBUTION = {"goog-terraform-provisioned": "true"}
MAPS = ("effective_labels", "terraform_labels", "effective_annotations")
# Filled from the provider block when the resource leaves them out.
INHERITED = ("project", "region", "zone")


@dataclass(frozen=True)
class Plan:
    """The planned state, and the arguments whose change replaces the resource."""

    planned: Object | None
    requires_replace: list[str] = field(default_factory=list)


class Provider:
    """The stand-in: one for each stack."""

    def __init__(self, schema: ProviderSchema) -> None:
        self.schema = schema
        self.rules = rules.load(schema.provider_version)
        self.cloud = Cloud(rules=self.rules)
        self.default_labels: Mapping[str, str] = ATTRIBUTION
        self.may_delete_protected = False

    def configure(self, config: Object) -> None:
        """Takes project, region, zone and labels from the stack's provider block."""
        self.cloud = Cloud(
            {name: v for name in INHERITED if isinstance(v := config.get(name), str)}, self.rules
        )
        labels = config.get("default_labels")
        given = (
            {k: v for k, v in labels.items() if isinstance(v, str)}
            if isinstance(labels, dict)
            else {}
        )
        attribution = {} if config.get("add_terraform_attribution_label") is False else ATTRIBUTION
        self.default_labels = {**given, **attribution}

    # ------------------------------------------------------------ plan

    def plan(
        self, type_name: str, config: Object | None, prior: Object | None, proposed: Object | None
    ) -> Plan:
        """The configuration, with unknown for what only the cloud knows."""
        if proposed is None or config is None:
            return Plan(None)
        block = self.schema.resources[type_name]
        if prior is not None:
            same = _without_write_only(block, proposed)
            self._derive_maps(block, same)
            if same == prior:
                return Plan(prior)
        planned = _plan_block(block, config, proposed)
        if prior is None:
            self._inherit(block, planned)
        self._derive_maps(block, planned)
        replace = self._replaced(type_name, prior, planned) if prior is not None else []
        return Plan(planned, replace)

    def _replaced(self, type_name: str, prior: Object, planned: Object) -> list[str]:
        return rules.replaced(prior, planned, self.rules.get(type_name))

    def validate(self, type_name: str, config: Object) -> list[rules.Finding]:
        """Every rule that a configuration breaks."""
        block = self.schema.resources[type_name]
        return rules.check(block, config, self.rules.get(type_name))

    def _inherit(self, block: Block, planned: Object) -> None:
        for name in INHERITED:
            attribute = block.attributes.get(name)
            if attribute and attribute.computed and planned.get(name) is UNKNOWN:
                planned[name] = self.cloud.defaults.get(name, UNKNOWN)

    def _derive_maps(self, block: Block, planned: Object, *, only_unknown: bool = False) -> None:
        """``effective_labels`` and the like, which the provider knows while planning."""
        for source, targets, extra in (
            ("labels", ("effective_labels", "terraform_labels"), self.default_labels),
            ("annotations", ("effective_annotations",), {}),
        ):
            given = planned.get(source)
            if source not in block.attributes or not (given is None or isinstance(given, dict)):
                continue
            merged = {**extra, **(given or {})}
            for target in targets:
                if target in block.attributes and (not only_unknown or planned[target] is UNKNOWN):
                    planned[target] = UNKNOWN if contains_unknown(merged) else merged

    # ------------------------------------------------------------ apply and read

    def apply(self, type_name: str, planned: Object | None) -> Object | None:
        """The planned state with the cloud's part filled in; ``None`` deletes."""
        if planned is None:
            return None
        block = self.schema.resources[type_name]
        new = self.cloud.fill_block(type_name, block, planned)
        unknown = [name for name in MAPS if planned.get(name) is UNKNOWN]
        new.update(dict.fromkeys(unknown, UNKNOWN))
        self._derive_maps(block, new, only_unknown=True)
        new.update({name: {} for name in unknown if new[name] is UNKNOWN})
        return new

    def protected(self, type_name: str, prior: Object) -> bool:
        """Whether the provider refuses to delete the resource until it is unprotected."""
        if self.may_delete_protected or "deletion_protection" not in prior:
            return False
        value = prior["deletion_protection"]
        if value is None:
            arguments = self.rules.get(type_name, rules.TypeRules()).arguments
            value = arguments.get("deletion_protection", {}).get("default")
        return value is True

    def read(self, type_name: str, state: Object | None) -> Object | None:
        """The cloud is what the state says; attributes newer than the state get a value."""
        return self.apply(type_name, state)

    def read_data(self, type_name: str, config: Object) -> Object:
        """A data source: what it was asked, with made answers."""
        return self.cloud.fill_block(type_name, self.schema.data_sources[type_name], config)

    def imported(self, type_name: str, identifier: str) -> Object:
        """A resource of that id about which nothing else is known."""
        empty = _empty(self.schema.resources[type_name])
        empty["id"] = identifier
        return empty


def _plan_block(block: Block, config: Object, proposed: Object) -> Object:
    planned: Object = {}
    for name, value in proposed.items():
        attribute = block.attributes.get(name)
        if attribute is not None:
            if attribute.write_only:
                planned[name] = None
            elif value is None and attribute.computed and config.get(name) is None:
                planned[name] = UNKNOWN
            else:
                planned[name] = value
            continue
        planned[name] = _plan_nested(block.blocks[name].block, config.get(name), value)
    return planned


def _plan_nested(block: Block, config: Value, proposed: Value) -> Value:
    if isinstance(proposed, dict):
        return _plan_block(block, config if isinstance(config, dict) else {}, proposed)
    if isinstance(proposed, list):
        # In a set the order of config and proposal may differ. Only what the configuration
        # leaves out and the proposal has as null is made unknown, so the pairing is harmless.
        return [_plan_nested(block, {}, item) for item in proposed]
    return proposed


def _without_write_only(block: Block, value: Object) -> Object:
    """A copy with every write-only argument null."""
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
