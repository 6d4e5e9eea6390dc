# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Runs a script as Python would, and tells each call of a function in a folder.

    python traced_worker.py PIPE FOLDER SCRIPT ARGUMENT ...

A line for each call goes to the pipe, a number of an open file. The script may forbid
itself to write files, so nothing else would do.
"""

import inspect
import os
import sys

PIPE, FOLDER = int(sys.argv[1]), sys.argv[2]
SCRIPT = sys.argv[3]


def tell(frame, event, argument):
    code = frame.f_code
    if event == "call" and code.co_flags & inspect.CO_OPTIMIZED:
        path = os.path.abspath(code.co_filename)
        if path.startswith(FOLDER):
            os.write(PIPE, f"{path}\n".encode())


if __name__ == "__main__":
    sys.argv = sys.argv[3:]
    with open(SCRIPT, encoding="utf-8") as file:
        script = compile(file.read(), SCRIPT, "exec")
    names = {"__name__": "__main__", "__file__": SCRIPT}
    sys.setprofile(tell)
    exec(script, names)  # noqa: S102 (a script of ours, as Python runs it)
