# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count lines as ``odoo cloc`` does, from Git, without a checkout or a database.

::

    revision = cloc.fetch(cloc.Source("https://host/repo", "17.0"), cache_dir)
    count = cloc.count_revision(revision.repo_path, revision.commit)

The files of a customer are data: they are read by ``git``, parsed by Odoo's own counter
in worker processes with limits, and never checked out, imported or executed.
"""

from .addresses import Source
from .cache import MemoryCache, SqliteCache, limit_results, results_path
from .counter import count_folder, count_revision
from .errors import (
    AccessRefused,
    AllowanceSpent,
    CounterUnavailable,
    CountError,
    RevisionMissing,
    ServerBusy,
    SourceBroken,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreachable,
)
from .git.fetcher import (
    TIMEOUT,
    Revision,
    delete_repository,
    fetch,
    read_revision,
    sweep,
)
from .parse.pool import Limits
from .parse.rules import ruleset
from .process import folder_size, monotonic
from .reader import Allowance, GitReader, Reader, read_all
from .result import Count, FileCount, ModuleCount, without_overlaps
from .unseen import find_unseen
