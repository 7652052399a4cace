"""Any folder of Terraform JSON becomes HCL that plans the same."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from provider_schema.store import SchemaStore
from rehearsal import root_module
from rehearsal.run import PLAN, Session, StackRehearsal, open_session
from review import ReviewError, render, write_folder
from review.__main__ import main
from tests.support import ROOT

SHAPES = ROOT / "tests" / "rehearsal" / "shapes"


def planned(session: Session, folder: Path) -> dict[str, Any]:
    rehearsal = StackRehearsal(session, root_module.read(folder))
    assert rehearsal.run(["init", "plan"]), rehearsal.result.failed
    _, text = rehearsal.command("show", "-json", PLAN)
    plan: dict[str, Any] = json.loads(text)
    return {key: plan[key] for key in ("planned_values", "resource_changes", "output_changes")}


def test_the_hcl_of_a_folder_plans_what_its_json_plans(tmp_path: Path) -> None:
    copy = tmp_path / "static_site"
    shutil.copytree(SHAPES / "static_site", copy)
    with open_session(SchemaStore()) as session:
        of_json = planned(session, copy)
        written = write_folder(copy)
        assert [path.name for path in written] == ["edge.tf", "site.tf"]
        for path in written:
            (copy / f"{path.name}.json").unlink()
            path.rename(copy / path.name)
        assert planned(session, copy) == of_json


def test_a_module_call_is_written_with_its_references_bare() -> None:
    call = {
        "source": "../network",
        "count": "${var.wanted ? 1 : 0}",
        "cidr": "10.0.0.0/16",
        "providers": {"google.peer": "google.other"},
        "depends_on": ["google_project_service.compute"],
    }
    text = render(json.dumps({"module": {"network": call}}), stack="s", file="main.tf.json")
    assert text == (
        "# Stack s, for review. Terraform reads main.tf.json, which says the same.\n"
        "\n"
        'module "network" {\n'
        '  source = "../network"\n'
        "  count  = var.wanted ? 1 : 0\n"
        '  cidr   = "10.0.0.0/16"\n'
        "  providers = {\n"
        "    google.peer = google.other\n"
        "  }\n"
        "\n"
        "  depends_on = [google_project_service.compute]\n"
        "}\n"
    )
    with pytest.raises(ReviewError, match=r'module\.m: "3" is no map of provider'):
        render('{"module": {"m": {"source": "./m", "providers": 3}}}', stack="s")


def test_of_hcl_there_is_nothing_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"has no manifest\.json, no \*\.tf\.json and no \*\.tf"):
        main([str(tmp_path)])
    (tmp_path / "main.tf").touch()
    main([str(tmp_path)])
    assert capsys.readouterr().out == f"{tmp_path} is HCL already: there is nothing to write\n"
    assert [path.name for path in tmp_path.iterdir()] == ["main.tf"]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "site.tf.json").write_text("{")
    with pytest.raises(SystemExit, match=r"site\.tf\.json: not JSON"):
        main([str(tmp_path)])
