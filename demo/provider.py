"""The stand-in provider, whose secrets, services and jobs are those of the fake Google.

Of services it does as the real provider was seen to do: it refreshes the traffic into the state,
and its update sends the traffic of the state. Like Cloud Run, it refuses a template that pins a
version of a secret that is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from provider_schema.blocks import ProviderSchema
from rehearsal.codec import UNKNOWN, Object
from rehearsal.provider import Plan, Provider, RefusedError
from tests.google_api.fake import FakeGoogle, Project, SecretVersion

SERVICE, JOB = "google_cloud_run_v2_service", "google_cloud_run_v2_job"
SECRET, VERSION = "google_secret_manager_secret", "google_secret_manager_secret_version"
_TRAFFIC = frozenset({"type", "revision", "percent", "tag"})


class SharedProvider(Provider):
    """Puts what it applies into the world of a fake Google, and reads from there what it shows."""

    def __init__(self, schema: ProviderSchema, google: FakeGoogle) -> None:
        super().__init__(schema)
        self._google = google

    def plan(
        self, type_name: str, config: Object | None, prior: Object | None, proposed: Object | None
    ) -> Plan:
        """Say that an update of a service makes a revision; the real one is let off saying so."""
        plan = super().plan(type_name, config, prior, proposed)
        is_update = prior is not None and plan.planned not in (None, prior)
        if type_name == SERVICE and is_update:
            assert plan.planned is not None
            plan.planned["latest_created_revision"] = UNKNOWN
        return plan

    def apply(self, type_name: str, planned: Object | None, config: Object | None) -> Object | None:
        """Do it in the world; raises RefusedError."""
        state = super().apply(type_name, planned, config)
        if planned is None or state is None or config is None:
            return state
        # What is read from JSON has no type.
        wanted: dict[str, Any] = config
        match type_name:
            case "google_secret_manager_secret":
                self._project(state).secrets.setdefault(str(state["secret_id"]), [])
            case "google_secret_manager_secret_version" if planned["id"] is UNKNOWN:
                self._add_version(state, wanted)
            case "google_cloud_run_v2_job":
                self._demand_secrets(state, wanted["template"])
                image = wanted["template"][0]["template"][0]["containers"][0]["image"]
                self._google.world.run.put_job(_place(state, "jobs"), image)
            case "google_cloud_run_v2_service":
                self._put_service(state, wanted["template"])
        return self._seen(type_name, state)

    def read(self, type_name: str, state: Object | None) -> Object | None:
        """Return the state, with what others wrote meanwhile."""
        filled = super().read(type_name, state)
        return None if filled is None else self._seen(type_name, filled)

    def _project(self, state: Object) -> Project:
        return self._google.world.projects[str(state["project"])]

    def _add_version(self, state: Object, wanted: dict[str, Any]) -> None:
        project, _, secret = wanted["secret"].removeprefix("projects/").partition("/secrets/")
        versions = self._google.world.projects[project].secrets[secret]
        versions.append(SecretVersion(str(wanted["secret_data_wo"]).encode()))
        state["version"] = str(len(versions))

    def _demand_secrets(self, state: Object, template: Any) -> None:
        secrets = self._project(state).secrets
        for name, number in _pinned(template):
            versions = secrets.get(name, [])
            if number > len(versions) or versions[number - 1].state != "ENABLED":
                raise RefusedError(
                    f"Secret projects/{state['project']}/secrets/{name}/versions/{number} was not "
                    "found"
                )

    def _put_service(self, state: Object, template: Any) -> None:
        self._demand_secrets(state, template)
        store, name = self._google.world.run, _place(state, "services")
        is_new = name not in store.services
        containers = template[0]["containers"]
        serving = [c for c in containers if c.get("ports")] or containers
        store.put_service(name, serving[0]["image"], json.dumps(template, sort_keys=True))
        if not is_new:
            traffic: Any = state["traffic"]
            sent = [{k: v for k, v in t.items() if v and k in _TRAFFIC} for t in traffic]
            store.set_traffic(name, sent)

    def _seen(self, type_name: str, state: Object) -> Object:
        if type_name != SERVICE:
            return state
        service = self._google.world.run.services[_place(state, "services")]
        traffic: Any = state["traffic"]
        empty = dict.fromkeys(traffic[0]) if traffic else {}
        state["traffic"] = [{**empty, **target} for target in service["traffic"]]
        state["latest_created_revision"] = service["latestCreatedRevision"]
        return state


def _place(state: Object, collection: str) -> str:
    return f"projects/{state['project']}/locations/{state['location']}/{collection}/{state['name']}"


def _pinned(template: Any) -> Iterator[tuple[str, int]]:
    """Yield the secrets of variables and files, with their versions."""
    if isinstance(template, dict):
        if template.get("secret") and template.get("version"):
            yield template["secret"].rpartition("/")[2], int(template["version"])
        for item in template.get("items") or () if isinstance(template.get("secret"), str) else ():
            yield template["secret"].rpartition("/")[2], int(item["version"])
        template = list(template.values())
    if isinstance(template, list):
        for inner in template:
            yield from _pinned(inner)
