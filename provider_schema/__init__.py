"""The google provider's schema, read from the installed bindings.

``blocks`` describes blocks, arguments and their types; ``bindings`` reads them from the bindings'
wheel; ``facts`` adds what the bindings leave out; ``store`` keeps the result in a cache.

``review`` and ``rehearsal`` both import this package, so it imports neither of them.
"""
