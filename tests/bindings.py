"""The bindings of the tests: answered in Python, and without the checks that mypy has made before.

Generated code checks the type of each argument at each call. Import this module before cdktf.
"""

import os

import pytest

import constructs_lib.bindings  # noqa: F401  # first: jsii_lazy knows ordinary loaders only
from cdktf_python import lean

lean.install(("cdktf", "constructs", "cdktf_cdktf_provider_google"))

ANSWERED_IN_PYTHON = pytest.mark.skipif(
    bool(os.environ.get("JSII_LAZY")), reason="JSII_LAZY is set: Node answers these tests"
)
"""For what holds of the synthesis in Python alone; everything else holds in each mode."""
