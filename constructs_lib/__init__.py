"""One folder for each thing that an engineer would draw, with all of it.

`settings` and `checks` of a thing say what an environment file may hold; they know neither cdktf
nor Node. Its constructs take what they need as arguments and know no settings: none reads a file,
the process environment, or the name of an environment. `stack` stands between the two: it adds the
thing to a stack, with its alerts and its charts. `variables` says what follows from the thing for
the applications.
"""
