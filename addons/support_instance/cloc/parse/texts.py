# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Have texts parsed that are no files: code that lives in a database.

They are as hostile as files, so the same workers parse them, from a folder of their own
that is gone afterwards.
"""

import os
import tempfile
import time

from ..tree.folder import FolderReader
from .pool import Limits, Pool


def parse_texts(texts, deadline) -> list:
    """``odoo cloc``'s verdict on each text: [code, total] or [-1, why not].

    :param texts: list of (text, extension with its dot)
    :param deadline: monotonic time at which it must be done
    """
    if not texts:
        return []
    with tempfile.TemporaryDirectory(prefix="cloc-") as folder:
        jobs = []
        for number, (text, extension) in enumerate(texts):
            path = os.path.join(folder, str(number))
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
            # A text is not in latin-1, as files are for odoo cloc; see worker.py.
            jobs.append((os.fsencode(path).hex(), f"text{extension}"))
        limits = Limits(seconds=max(deadline - time.monotonic(), 0))
        with Pool(FolderReader(folder).feeder, limits) as pool:
            answers = dict(pool.parse(jobs))
        return [answers[job] for job in jobs]
