# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How a report is read: see reader.py."""

from dataclasses import dataclass, field, replace

from .odoo_report import read_report, reported_ruleset
from .reader import Reader
from .result import Count


@dataclass(frozen=True)
class ReportReader(Reader):
    """Reads a text of ``odoo cloc -v`` that was received before.

    :param version: of the Odoo that has counted
    :param digest: SHA-256 of the text, the count's revision
    """

    text: str = field(repr=False)
    version: str
    digest: str

    def count(self, timeout=0, shared=None) -> Count:
        count = read_report(self.text).as_count(reported_ruleset(self.version))
        return replace(count, revision=self.digest)
