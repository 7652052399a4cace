"""Write ``roles.json``: what Google's predefined roles in use hold, from a copy of a data set.

The data set is github.com/iann0036/iam-dataset, which crawls Google's list of roles each day. After
a role was added or taken out, and to see what Google changed:

    git clone --filter=blob:none https://github.com/iann0036/iam-dataset
    make synth && .venv/bin/python -m scripts.role_permissions iam-dataset
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from constructs_lib.pipeline.demands import ROLES_FILE, demands
from stacks.access import roles_in_use
from stacks.addresses import output_folder, read_stacks

_FOLDER = "gcp/roles"


def main() -> None:
    """Write the extract; exit 1 where the data set lacks a role or a permission in use."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path, help="a clone of iam-dataset, bare or not")
    dataset = parser.parse_args().dataset
    every_role = dict(_roles(dataset))
    used = roles_in_use(read_stacks(output_folder()))
    permissions = {p for demand in demands().types.values() for p in demand.every_call}
    permissions |= {p for demand in demands().types.values() for p in demand.content}
    permissions |= {p for beyond in demands().beyond for p in beyond.permissions}
    listed_in = dict(_smallest(every_role, permissions))
    missing = sorted(used - every_role.keys())
    missing += sorted(permissions - listed_in.keys() - demands().unlisted.keys())
    if missing:
        sys.exit(f"not in {dataset}: {', '.join(missing)}. Misspelt, or withdrawn by Google")
    commit, date = _git(dataset, "log", "-1", "--format=%H %cs").decode().split()
    extract = {
        "source": {"data set": "github.com/iann0036/iam-dataset", "commit": commit, "date": date},
        "roles": {role: sorted(every_role[role]) for role in sorted(used)},
        "listed_in": dict(sorted(listed_in.items())),
    }
    ROLES_FILE.write_text(f"{json.dumps(extract, indent=1)}\n", encoding="utf-8")
    print(f"{ROLES_FILE.name}: {len(used)} roles and {len(listed_in)} permissions of {date}")


def _roles(dataset: Path) -> Iterator[tuple[str, frozenset[str]]]:
    archive = _git(dataset, "archive", "HEAD", _FOLDER)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            if member.isfile() and (stream := files.extractfile(member)):
                role = json.load(stream)
                yield role["name"], frozenset(role.get("includedPermissions", ()))


def _smallest(
    every_role: Mapping[str, frozenset[str]], permissions: set[str]
) -> Iterator[tuple[str, str]]:
    """Yield each permission with the smallest role that holds it; Google's agents come last."""
    order = sorted(
        every_role, key=lambda role: ("erviceAgent" in role, len(every_role[role]), role)
    )
    for permission in permissions:
        for role in order:
            if permission in every_role[role]:
                yield permission, role
                break


def _git(dataset: Path, *arguments: str) -> bytes:
    command = ("git", "-C", str(dataset), *arguments)
    return subprocess.run(command, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()
