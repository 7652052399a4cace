"""What is deployed together, in the order in which it is deployed."""

import constructs_lib.bindings  # noqa: F401  (makes the bindings lazy before cdktf starts)
