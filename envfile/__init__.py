"""Checks a dotenv file against the contract: each finding has its line, what is wrong and the fix.

No finding and no error contains a value of the file, not even of a variable that is no secret:
a secret may stand in the wrong variable, and findings are logged.
"""

from envfile.check import Report, check, value_faults
from envfile.finding import Finding
from envfile.rules import RULES
from envfile.sheet import Target

__all__ = ["RULES", "Finding", "Report", "Target", "check", "value_faults"]
