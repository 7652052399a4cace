"""Run the command: ``python -m beep_infra``."""

import gc

# A command ends before there is anything worth collecting; looking for it is a tenth of its time.
gc.disable()

from beep_infra.app import main  # noqa: E402

main()
