"""The environment files and the typed settings that load them."""

from environments.load import BOOTSTRAP_FILE, ENVIRONMENTS, Configuration, Environment, Target, load

__all__ = ["BOOTSTRAP_FILE", "ENVIRONMENTS", "Configuration", "Environment", "Target", "load"]
