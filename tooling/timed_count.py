# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/bench count measures of ours. Run by it, in the environment's Python."""

import json
import sys
import time

import cloc


def main(repository, cache_path):
    cache = cloc.SqliteCache(cache_path)

    def count(branch):
        start = time.monotonic()
        result = cloc.count_revision(repository, branch, cache=cache)
        return result, time.monotonic() - start

    first, _seconds = count("main")
    cold = time.monotonic()
    again, unchanged = count("main")
    changed, one_percent = count("changed")
    assert again.digest == first.digest
    before = counted_files(first)
    print(
        json.dumps(
            {
                "cold": cold,
                "unchanged": unchanged,
                "one_percent": one_percent,
                "files": len(before),
                "changed_files": len(counted_files(changed) - before),
                "modules": modules(first),
                "changed_modules": modules(changed),
            }
        )
    )


def modules(count):
    return {module.name: [module.code, module.total] for module in count.modules}


def counted_files(count):
    return {
        (module.path, file.path, file.blob)
        for module in count.modules
        for file in module.files
        if not file.excluded
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
