# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The clock for time limits.

Not ``time.monotonic``: tests that stop the clock (freezegun) stop that one too, in some
threads and not in others, and a limit made of both is over before it begins.
"""

import time


def monotonic() -> float:
    return time.clock_gettime(time.CLOCK_MONOTONIC)
