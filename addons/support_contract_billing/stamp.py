# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the data folder knows of the last billing run, beside the database.

A database that is restored from a backup has forgotten the runs after it, and would
invoice their months again; a copy would invoice everything twice. Both are found out
because a small file outside the database, and outside its backups, remembers.
"""

import json
import os
import tempfile
from pathlib import Path

from odoo.tools import config


def _path(database):
    return Path(config["data_dir"]) / "support_contract_billing" / f"{database}.json"


def read(database):
    """What was written last, or None.

    :return: dict of `uuid` (of the database), `run` (number) and `date` (text)
    """
    try:
        content = json.loads(_path(database).read_text(encoding="utf-8"))
        return {
            "uuid": str(content["uuid"]),
            "run": int(content["run"]),
            "date": str(content["date"]),
        }
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        # Cut off or tampered with: it knows of something that nobody can read.
        return {"uuid": "", "run": 0, "date": ""}


def write(database, uuid, run, date):
    """Remember a run; whoever reads meanwhile sees the old content or the new."""
    path = _path(database)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"uuid": uuid, "run": run, "date": date}, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
