# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/bench count measures of ours. Run by it, in the environment's Python."""

import json
import sys
import time

import cloc

REPEAT = 3  # of what takes a moment only, so that a busy machine weighs less


def main(repository, cache_path):
    cache = cloc.SqliteCache(cache_path)

    def count(branch, previous=None, cache=cache):
        start = time.monotonic()
        result = cloc.count_revision(repository, branch, cache=cache, previous=previous)
        return result, time.monotonic() - start

    first, _seconds = count("main")
    cold = time.monotonic()
    copies = []
    for number in range(REPEAT):
        # The second time nothing would be new: each begins with what was known now.
        copies.append(cloc.SqliteCache(f"{cache_path}-{number}"))
        cache._db.backup(copies[-1]._db)
    # What the caller stores of an earlier count, one id a module
    previous = {module.path: module.tree for module in first.modules}
    again, unchanged = best(count("main", previous) for _copy in copies)
    changed, one_percent = best(count("changed", previous, copy) for copy in copies)
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


def best(runs):
    return min(runs, key=lambda run: run[1])


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
