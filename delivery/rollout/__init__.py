"""Rolls a release out: the one owner of traffic, with a lock, a journal and a gate.

``docs/concepts/rollout.md`` explains it.
"""
