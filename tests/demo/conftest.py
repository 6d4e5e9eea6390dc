# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A whole demo of its own, made once: the person's database `demo` is not touched."""

import contextlib
import io
import json
import os
import shutil

import pytest

from tooling import databases, demo, paths


@pytest.fixture(scope="session")
def shown(pg):
    """(name of the database, whether bin/demo is content, what it printed)."""
    name = f"test_{os.getpid()}_demo"
    try:
        demo.make(pg, name)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            content = demo.show(pg, name)
        yield name, content, printed.getvalue()
    finally:
        databases.drop_database(pg, name)
        shutil.rmtree(paths.BUILD / name, ignore_errors=True)


@pytest.fixture
def read_back(pg, shown):
    """Reads the invoices and counts as they are in the database now."""

    def read():
        output = demo.in_odoo(
            pg, shown[0], "read", "print('\\n' + json.dumps(read_back(env)))"
        )
        return json.loads(output.strip().splitlines()[-1])

    return read
