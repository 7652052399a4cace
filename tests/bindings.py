"""The bindings of the tests: answered in Python, and without the checks that mypy has made before.

Generated code checks the type of each argument at each call. Import this module before cdktf.
"""

from cdktf_python import lean

lean.install(("cdktf", "constructs", "cdktf_cdktf_provider_google"))

import constructs_lib.bindings  # noqa: E402, F401  # behind what it would load
