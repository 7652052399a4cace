"""The command ``beep-infra``: the environment contract for people and pipelines.

Each command is a module of ``commands``. It is imported when it is called, and imports what it
needs when it runs, so that the command answers at once and loads no provider.
"""
