"""The environment files and what reads them."""

from constructs_lib.environment.environment import Environment
from environments.load import BOOTSTRAP_FILE, ENVIRONMENTS, Configuration, Target, load

__all__ = ["BOOTSTRAP_FILE", "ENVIRONMENTS", "Configuration", "Environment", "Target", "load"]
