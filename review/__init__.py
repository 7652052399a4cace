"""The review HCL: each synthesized stack as HCL, which people can read.

Terraform deploys ``cdktf.out/stacks/<stack>/cdk.tf.json``. ``python -m review`` writes the same
configuration as ``cdktf.out/review/<stack>.tf``, which is committed for the reviewer.

| module | does |
| --- | --- |
| ``expressions`` | JSON strings become bare expressions, templates, quoted texts or heredocs |
| ``hcl`` | a document of blocks and arguments, formatted as by ``terraform fmt`` |
| ``structure`` | which arguments of a type are blocks, by the provider's schema |
| ``render`` | a stack's JSON becomes such a document; raises for JSON that it does not know |
| ``files`` | writes the folder of review files |

The JSON need not be cdktf's: ``python -m review FOLDER`` takes any folder of ``*.tf.json``.
"""

from __future__ import annotations

from review.errors import ReviewError
from review.files import write, write_folder
from review.render import render

__all__ = ["ReviewError", "render", "write", "write_folder"]
