"""What the environment may cost. Apart, because whoever applies it has rights on the payer."""

from __future__ import annotations

from constructs import Construct

from constructs_lib.budget.stack import add_budget
from constructs_lib.environment.environment import Environment
from constructs_lib.environment.stack import EnvironmentStack


class BudgetStack(EnvironmentStack):
    """The budget of an environment; without ``[budget]`` the stack is empty."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        super().__init__(scope, "budget", environment)
        add_budget(self)
