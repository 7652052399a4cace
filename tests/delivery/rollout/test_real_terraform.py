"""Real Terraform and a rollout on one store: what the one applies is what the other sees.

The provider is the rehearsal's stand-in. Of services it does as the real one was seen to do: it
refreshes the traffic into the state, and its update sends the traffic of the state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from delivery.rollout.cloud_run import TrafficTarget
from delivery.rollout.plan import Plan
from delivery.rollout.target import STACKS
from delivery.rollout.terraform import TerraformRunner
from delivery.rollout.world import Images, Meanwhile, World, nothing
from provider_schema.store import SchemaStore
from rehearsal.codec import UNKNOWN
from rehearsal.run import open_session
from rehearsal.synthesized import SynthesizedStack
from rehearsal.workspace import prepare
from tests.delivery.rollout.scene import API, JOB, TARGET, Scene, place_of, release
from tests.google_api.cloud_run import RunStore
from tests.google_api.fake import FakeGoogle
from tests.support import Stacks

SERVICE_TYPE, JOB_TYPE = "google_cloud_run_v2_service", "google_cloud_run_v2_job"
ONE_SERVICE = replace(
    TARGET, project="beep-prod-example", services=TARGET.services[:1], shifts=(5, 100)
)
REAL = ("migrations", "services")
_TRAFFIC = frozenset({"type", "revision", "percent", "tag"})


def _nothing() -> None:
    """Stand for a lock that is held."""


class _Shared:
    """Puts what the stand-in applies into the store, and reads traffic and template from it."""

    def __init__(self, scene: Scene, provider: Any) -> None:
        self._scene = scene
        self._place = place_of(scene.target)
        self._apply: Callable[[str, Any], Any] = provider.apply
        self._plan: Callable[..., Any] = provider.plan
        provider.plan, provider.apply, provider.read = self.plan, self.apply, self.read

    @property
    def _store(self) -> RunStore:
        return self._scene.run_store

    def plan(self, kind: str, config: Any, prior: Any, proposed: Any) -> Any:
        """Say that an update makes a revision. The real provider is let off saying so."""
        plan = self._plan(kind, config, prior, proposed)
        if kind == SERVICE_TYPE and prior is not None and plan.planned not in (None, prior):
            plan.planned["latest_created_revision"] = UNKNOWN
        return plan

    def apply(self, kind: str, planned: Any) -> Any:
        if planned is not None and kind == JOB_TYPE:
            image = planned["template"][0]["template"][0]["containers"][0]["image"]
            self._store.put_job(f"{self._place}/jobs/{planned['name']}", image)
        if planned is not None and kind == SERVICE_TYPE:
            self._put_service(planned)
        return self._seen(kind, self._apply(kind, planned))

    def read(self, kind: str, state: Any) -> Any:
        return self._seen(kind, self._apply(kind, state))

    def _put_service(self, planned: Any) -> None:
        name = f"{self._place}/services/{planned['name']}"
        is_new = name not in self._store.services
        container = planned["template"][0]["containers"][0]
        limits = json.dumps(container["resources"], default=str, sort_keys=True)
        self._store.put_service(name, container["image"], limits)
        if not is_new:
            sent = [{k: v for k, v in t.items() if v and k in _TRAFFIC} for t in planned["traffic"]]
            self._store.set_traffic(name, sent)

    def _seen(self, kind: str, state: Any) -> Any:
        if state is None or kind != SERVICE_TYPE:
            return state
        service = self._store.services[f"{self._place}/services/{state['name']}"]
        empty = dict.fromkeys(state["traffic"][0]) if state["traffic"] else {}
        state["traffic"] = [{**empty, **target} for target in service["traffic"]]
        state["latest_created_revision"] = service["latestCreatedRevision"]
        return state


class _OnTwoStacks:
    """Real Terraform on what holds images; the other stacks have nothing to do."""

    def __init__(self, real: TerraformRunner) -> None:
        self._real = real

    def plan(self, stack: str, images: Images, meanwhile: Meanwhile = nothing) -> Plan:
        if stack.rpartition("-")[2] in REAL:
            return self._real.plan(stack, images, meanwhile)
        return Plan(stack, (), True)

    def apply(self, plan: Plan, meanwhile: Meanwhile = nothing) -> None:
        self._real.apply(plan, meanwhile)


def reduced(document: dict[str, Any], kind: str, address: str) -> dict[str, Any]:
    """Return a synthesized stack with one of its resources, and what it refers to."""
    resource = document["resource"][kind][address]
    newest = f"{kind}.{address}.latest_created_revision"
    sections: dict[str, Any] = {
        "terraform": document["terraform"],
        "provider": document["provider"],
        "variable": {
            n: v for n, v in document["variable"].items() if f"var.{n}}}" in str(resource)
        },
        "output": {n: v for n, v in document.get("output", {}).items() if newest in str(v)},
        "resource": {kind: {address: resource}},
    }
    # Terraform refuses a section without an entry.
    return {name: section for name, section in sections.items() if section}


def test_real_terraform_makes_revisions_and_never_moves_a_user_to_or_from_them(
    fake: FakeGoogle, stacks: Stacks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(fake, ONE_SERVICE)
    documents = {
        "prod-services": reduced(stacks["prod-services"], SERVICE_TYPE, "cloud_run_beep_api"),
        "prod-migrations": reduced(stacks["prod-migrations"], JOB_TYPE, "cloud_run_beep_migrate"),
    }
    with open_session(SchemaStore()) as session:
        synthesized = []
        for name, document in documents.items():
            source = tmp_path / "source" / name
            source.mkdir(parents=True)
            (source / "cdk.tf.json").write_text(json.dumps(document))
            stack = SynthesizedStack(name, source, document)
            prepare(stack, tmp_path / "stacks" / name, {})
            synthesized.append(stack)
        attachment = session.attach(*synthesized)
        _Shared(scene, attachment.provider)
        for variable, value in session.environment(attachment, *synthesized).items():
            monkeypatch.setenv(variable, value)
        plans = session.folder / "plans"
        plans.mkdir()
        runner = TerraformRunner(session.binary, tmp_path / "stacks", plans)
        scene.world = World(scene.world.google, _OnTwoStacks(runner), scene.clock, scene.outside)

        for name in documents:
            runner.apply(runner.plan(name, release(1).images_for("prod")))
        journal = scene.run(release(2))
        assert scene.serves(release(2))
        assert (journal.done("pin") or {}) == {API: f"{API}-00001-abc"}
        assert (journal.done("plans") or {})["empty"] == list(STACKS)
        [execution] = scene.cloud_run.executions(JOB)
        assert execution.image == release(2).images_for("prod")["migrations"]

        # An apply outside of any rollout makes a revision, and sends nobody there.
        scene.cloud_run.set_traffic(API, [TrafficTarget(f"{API}-00001-abc", 100)], confirm=_nothing)
        mistake = runner.plan("prod-services", release(9).images_for("prod"))
        assert [str(effect) for effect in mistake.effects] == [
            "update google_cloud_run_v2_service.cloud_run_beep_api"
        ]
        runner.apply(mistake)
        assert scene.serves(release(1))
        assert runner.plan("prod-services", release(9).images_for("prod")).is_empty
        state = json.loads((tmp_path / "stacks/prod-services/terraform.tfstate").read_text())
        newest = state["outputs"]["api_latest_created_revision"]["value"]
        assert newest.endswith(f"{API}-00003-abc")
