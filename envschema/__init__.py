"""The contract with the applications: every variable they read, and how one is bound to a value.

The package knows the applications and nothing of Terraform or of the environment files, so that a
dotenv file or a pipeline can be held against the same contract.
"""

from envschema.binding import AppEnvironment, Binding, FromTopology, Literal, Secret, bind
from envschema.variables import CONTRACT, LEGACY_NAMES, App, Feature, Need, Side, Variable

__all__ = [
    "CONTRACT",
    "LEGACY_NAMES",
    "App",
    "AppEnvironment",
    "Binding",
    "Feature",
    "FromTopology",
    "Literal",
    "Need",
    "Secret",
    "Side",
    "Variable",
    "bind",
]
