"""Write the schema of the aws types in use, from a wheel of the bindings that nobody installs.

``python -m scripts.extract_aws_schema WHEEL`` writes
``provider_schema/data/aws-<provider version>.json``. The wheel is ``cdktf-cdktf-provider-aws`` from
the package index (``pip download --no-deps``): 59 MB, of which these types are a hundredth.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from files import write_whole
from provider_schema.bindings import modules, parse_module, provider_versions, type_of
from provider_schema.blocks import Block, SchemaError
from provider_schema.store import to_json

TYPES = frozenset(
    {
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policy_attachment",
        "aws_iam_user",
        "aws_iam_user_policy_attachment",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_s3_bucket",
        "aws_s3_bucket_cors_configuration",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
    }
)
FOLDER = Path(__file__).resolve().parent.parent / "provider_schema" / "data"
_WHEEL = re.compile(r"cdktf_cdktf_provider_aws-([0-9.]+)-py3-none-any\.whl")


def main() -> None:
    """Write the file; exit where the wheel is another one, or lacks a type."""
    parser = argparse.ArgumentParser(prog="scripts.extract_aws_schema", description=__doc__)
    parser.add_argument("wheel", type=Path)
    wheel: Path = parser.parse_args().wheel
    name = _WHEEL.fullmatch(wheel.name)
    if name is None:
        sys.exit(f"{wheel.name} is not a wheel of cdktf-cdktf-provider-aws")
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(wheel) as archive:
            (tarball,) = (n for n in archive.namelist() if n.endswith(".jsii.tgz"))
            path = Path(archive.extract(tarball, folder))
        provider_version, provider, resources = extract(path)
    document = {
        "source": f"cdktf-cdktf-provider-aws {name[1]} (MPL-2.0), of hashicorp/aws "
        f"{provider_version}; written by scripts/extract_aws_schema.py",
        "bindings_version": name[1],
        "provider_version": provider_version,
        "provider": to_json(provider),
        "resources": {kind: to_json(block) for kind, block in sorted(resources.items())},
    }
    target = FOLDER / f"aws-{provider_version}.json"
    write_whole(target, json.dumps(document, indent=1) + "\n")
    print(f"{target.name}: {len(resources)} types")


def extract(tarball: Path) -> tuple[str, Block, Mapping[str, Block]]:
    """Return the provider's version, its own block, and those of the types in use.

    Raises ``SchemaError`` where the bindings lack one of them.
    """
    provider: Block | None = None
    versions: list[str] = []
    resources: dict[str, Block] = {}
    for name, files in modules(tarball):
        kind, type_name = type_of(name, files[0]) or ("", "")
        if kind == "provider":
            provider = parse_module(name, files)
            versions += provider_versions(files[0])
        elif kind == "resource" and type_name in TYPES:
            resources[type_name] = parse_module(name, files)
    if missing := sorted(TYPES - resources.keys()):
        raise SchemaError(f"the bindings have no {', '.join(missing)}")
    if provider is None or not versions:
        raise SchemaError("the bindings hold no provider class, or it names no version")
    return versions[0], provider, resources


if __name__ == "__main__":
    main()
