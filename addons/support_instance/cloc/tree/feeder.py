# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Feed files of a folder to a worker as ``git cat-file --batch`` feeds blobs.

Reads lines ``<path, hexadecimal> <extension>``. Bare script, standard library only.
"""

import os
import sys


def main():
    output = sys.stdout.buffer
    for line in sys.stdin.buffer:
        key, extension = line.decode("ascii").split()
        # A link put here since the folder was listed must not lead elsewhere.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with open(os.open(bytes.fromhex(key), flags), "rb") as file:
            data = file.read()
        output.write(f"{key} blob {len(data)} {extension}\n".encode())
        output.write(data)
        output.write(b"\n")
        output.flush()


if __name__ == "__main__":
    main()
