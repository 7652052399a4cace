"""Run the command: ``python -m beep_infra``."""

from beep_infra.app import main

main()
