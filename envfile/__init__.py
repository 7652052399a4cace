"""A dotenv file held against the contract: what is wrong, on which line, and the cure.

No finding and no error carries a value of the file, secret or not: values of the wrong variable
are how secrets reach a log.
"""

from envfile.check import Report, check
from envfile.finding import Finding
from envfile.rules import RULES
from envfile.sheet import Target

__all__ = ["RULES", "Finding", "Report", "Target", "check"]
