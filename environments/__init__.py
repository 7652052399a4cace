"""The environment files and what reads them."""

from constructs_lib.environment.environment import Environment
from constructs_lib.pipeline.settings import Target
from environments.load import BOOTSTRAP_FILE, Configuration, environment_names, load

__all__ = [
    "BOOTSTRAP_FILE",
    "Configuration",
    "Environment",
    "Target",
    "environment_names",
    "load",
]
