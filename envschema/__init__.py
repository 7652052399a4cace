"""The contract with the applications: every variable they read, and how one is bound to a value.

It holds the catalogue of services as well. The package knows the applications and nothing of
Terraform or of the environment files, so that a dotenv file or a pipeline can be held against the
same contract.
"""

from envschema.binding import AppEnvironment, Binding, FromTopology, Literal, Secret, bind
from envschema.features import Feature
from envschema.variables import CONTRACT, Need, Side, Variable, contract, legacy_names
from envschema.versions import DEFAULT_VERSION, Version

__all__ = [
    "CONTRACT",
    "DEFAULT_VERSION",
    "AppEnvironment",
    "Binding",
    "Feature",
    "FromTopology",
    "Literal",
    "Need",
    "Secret",
    "Side",
    "Variable",
    "Version",
    "bind",
    "contract",
    "legacy_names",
]
