"""``access explain`` as people call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from beep_infra.app import app
from beep_infra.output import Refusal

REDIS = "google_redis_instance.redis_instance"


@pytest.fixture(autouse=True)
def synthesized(outdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDKTF_OUTDIR", str(outdir))


def explain(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["access", "explain", *arguments], catch_exceptions=False)
    if isinstance(result.exception, Refusal):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_it_prints_who_may_do_what_through_which_grant() -> None:
    printed = explain(REDIS, "--env", "prod")
    assert printed.startswith(f"prod-data/{REDIS}\n    in beep-prod-example\n")
    assert "    read: redis.instances.get, redis.instances.getAuthString\n" in printed
    assert "source: redis/resource_redis_instance.go" in printed
    assert (
        "serviceAccount:deploy-prod@beep-shared-example.iam.gserviceaccount.com\n"
        "    acted as by a job of GitHub: environment prod\n"
        "    may read, create, update, delete, redis.instances.getAuthString\n"
        "        by projects/beep-prod-example/roles/deployer on beep-prod-example: "
        "bootstrap/google_project_iam_member.deploy_prod_project_grant\n"
    ) in printed


def test_json_says_the_same() -> None:
    report = json.loads(explain(f"prod-data/{REDIS}", "--json"))
    assert report["resource"] == f"prod-data/{REDIS}"
    # The planner sees nothing of the data stack; who looks for drift reads it.
    deployer, drift_detector = report["principals"]
    assert set(drift_detector["may"]) == {"read", "redis.instances.getAuthString"}
    assert set(deployer["may"]) >= {"read", "create", "update", "delete"}


def test_what_it_cannot_explain_it_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match="did you mean"):
        explain("google_redis_instance.redis_instanc")
    with pytest.raises(Refusal, match=r'no environment "prd"; did you mean prod\?'):
        explain(REDIS, "--env", "prd")
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path))
    with pytest.raises(Refusal, match="run make synth first"):
        explain(REDIS)
