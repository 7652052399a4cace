"""Run the command: ``python -m beep_infra``."""

import gc
import sys

# A command ends before there is anything worth collecting; looking for it is a tenth of its time.
gc.disable()

try:
    from beep_infra.app import main

    main()
except KeyboardInterrupt:
    sys.exit(130)
