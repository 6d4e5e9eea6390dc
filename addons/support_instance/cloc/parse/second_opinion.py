# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The process that lets pygount size up files which ``odoo cloc`` never sees.

Started like worker.py, and as wary of what it reads: contents come through git's pipe
and stay in memory, the process can write no file and has a limit of memory, and of
processor time for each file. Unlike the worker it needs a package, so it knows where
Python's packages are.
"""

import io
import os
import sys

sys.path.append(os.path.dirname(os.path.abspath(__file__)))


def main(memory, seconds):
    # Imported before the limits: most of the memory is code.
    import pygount
    from worker import LFS, limit, restart_clock, write

    sys.path.pop()
    output = os.dup(1)
    os.dup2(2, 1)
    write(output, [pygount.__version__])
    limit(int(memory))
    while header := sys.stdin.buffer.readline():
        words = header.decode("ascii").split()
        if len(words) != 4 or words[1] != "blob":
            return
        oid, _kind, size, extension = words
        data = sys.stdin.buffer.read(int(size))
        if len(data) != int(size) or sys.stdin.buffer.read(1) != b"\n":
            return
        restart_clock(int(seconds))
        lines = -1 if data.startswith(LFS) else opinion(pygount, data, extension)
        write(output, [oid, extension, [lines]])


def opinion(pygount, data, extension):
    """Lines of code and of text in it, or -1 where pygount has none."""
    try:
        found = pygount.SourceAnalysis.from_file(
            f"file{extension}",
            "",
            file_handle=io.StringIO(data.decode("utf-8", "replace")),
            # A comment in it must not take a customer's file out.
            generated_regexes=[],
        )
    except Exception:  # noqa: BLE001 (lexers meet what nobody wrote them for)
        return -1
    analyzed = found.state == pygount.SourceState.analyzed
    return found.code_count + found.string_count if analyzed else -1


if __name__ == "__main__":
    main(*sys.argv[1:])
