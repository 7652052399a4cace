"""A session of the rehearsal that all tests of a process share: Terraform is loaded in it once."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from functools import cache

from provider_schema.store import SchemaStore
from rehearsal.run import Session, open_session


@cache
def shared_session() -> Session:
    exits = ExitStack()
    atexit.register(exits.close)
    return exits.enter_context(open_session(SchemaStore(), os.environ.get("TERRAFORM_BINARY_NAME")))
