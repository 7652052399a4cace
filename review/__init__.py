"""The review HCL: each synthesized stack as Terraform that people can read.

``cdktf.out/stacks/<stack>/cdk.tf.json`` is what is deployed; ``cdktf.out/review/<stack>.tf`` says
the same for the reviewer, and is committed. ``python -m review`` writes it from the other.

| module | does |
| --- | --- |
| ``expressions`` | what a JSON string means: bare expression, template, quoted text or heredoc |
| ``hcl`` | a document of blocks and arguments, laid out as ``terraform fmt`` would |
| ``structure`` | which argument of a type is a block; the only module that knows the bindings |
| ``render`` | a stack's JSON becomes such a document; what is not understood raises |
| ``files`` | the folder of review files |
"""

from __future__ import annotations

from review.errors import ReviewError
from review.files import write
from review.render import render

__all__ = ["ReviewError", "render", "write"]
