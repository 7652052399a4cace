"""What is to be known of a folder of migrations before a database runs them: which statements the
database of an environment refuses, and which take away what the version before may use.
"""

from migrations.check import Report, UnreadableFileError, check
from migrations.contract import Contract, contracts
from migrations.database import Database
from migrations.render import as_data, as_text

__all__ = [
    "Contract",
    "Database",
    "Report",
    "UnreadableFileError",
    "as_data",
    "as_text",
    "check",
    "contracts",
]
