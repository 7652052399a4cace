"""Which statements of a folder of migrations the database of an environment refuses."""

from migrations.check import Report, UnreadableFileError, check
from migrations.database import Database
from migrations.render import as_data, as_text

__all__ = ["Database", "Report", "UnreadableFileError", "as_data", "as_text", "check"]
