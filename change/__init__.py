"""What a change of the stacks does, in the words of a reviewer: two syntheses, compared.

``report.compare`` is a pure function from two sets of stacks to a ``Report``. It asks no cloud, so
it knows what is declared and not what somebody changed by hand.
"""
