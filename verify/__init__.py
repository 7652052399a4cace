"""Whether an environment does from outside what its settings promise, once it is applied.

Every question follows from the settings: hosts, paths, origins, and what a good answer is.
"""
