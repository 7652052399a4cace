"""The bindings of the tests: answered in Python, and without the checks that mypy has made before.

Generated code checks the type of each argument at each call. Import this module before cdktf.
"""

import constructs_lib.bindings  # noqa: F401  # first: jsii_lazy knows ordinary loaders only
from cdktf_python import lean

lean.install(("cdktf", "constructs", "cdktf_cdktf_provider_google"))
