"""What the jobs of the workflows run.

Only ``changes`` and ``release`` need installed packages. The others use Python's own library alone:
a job that holds a token then runs no package of anybody else.
"""
