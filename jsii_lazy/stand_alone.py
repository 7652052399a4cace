"""Stacks to which no value comes from another stack (``stand_alone.cjs``).

A stack asks for it by the context value ``MARK``. Node then resolves its elements once, where cdktf
resolves them twice to find values that cross; such a value is an error.
"""

MARK = "jsii_lazy/stand-alone"
