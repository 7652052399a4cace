"""The story of an environment, from nothing to a rollback, on this machine: ``make demo``.

Terraform, the commands and their code are the real ones. Google, the applications and time are
stand-ins, the same ones as in the tests.
"""
