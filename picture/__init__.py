"""An environment as people draw it: who talks to whom, on which port, and who may read what.

``read.read`` makes a ``graph.Picture`` of the synthesized stacks, ``difference.difference`` one of
a change. ``mermaid``, ``svg`` and ``page`` show them, and know nothing of Terraform.
"""
