# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Deleting what need not be kept any more, in batches, on a manager's word.

What is deleted are *steps*, in an order in which nothing is deleted before what is
kept because of it. The database decides row by row; see `retention`.
"""

import logging
from collections import defaultdict
from typing import NamedTuple

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
)

_logger = logging.getLogger(__name__)

BATCH = 200
INVOICES = "account.move"


class Step(NamedTuple):
    """What is deleted of one model.

    :param model: its name
    :param condition: which rows, as ``SQL`` with the alias ``item``: nothing decides
        but the database, this only keeps it from being asked of all rows
    """

    model: str
    condition: SQL


def get_cutoff(company):
    """The day before which something can be old enough."""
    year = company._support_today().year
    return f"{year - company.support_retention_years}-01-01"


def get_steps(company):
    """The steps of this add-on; see `support.deletion._get_steps`."""
    cutoff = get_cutoff(company)
    old = SQL("item.company_id = %s AND item.date < %s", company.id, cutoff)
    sales = SQL("%s AND item.move_type IN ('out_invoice', 'out_refund')", old)
    return [
        Step("support.count.growth", old),
        Step("support.count", old),
        Step("support.charge", old),
        Step(
            "ir.attachment",
            SQL(
                "item.res_model = 'account.move' AND item.res_id IN"
                " (SELECT item.id FROM account_move item WHERE %s)",
                sales,
            ),
        ),
        Step(INVOICES, sales),
    ]


class Deletion:
    """One deletion.

    :param deletion: `support.deletion`
    """

    def __init__(self, deletion):
        self.deletion, self.env = deletion, deletion.env

    def find(self, step, limit=None, after=0):
        """[(id, year)] of what can be deleted in a step, by financial year."""
        # Whatever is cached is part of the question.
        self.env.flush_all()
        table = self.env[step.model]._table
        years = self.deletion.company_id.support_retention_years + 1
        return self.env.execute_query(
            SQL(
                "SELECT id, EXTRACT(YEAR FROM until)::integer - %s FROM ("
                "SELECT item.id, support_until(%s, item.id) AS until FROM %s item"
                " WHERE %s AND item.id > %s ORDER BY item.id OFFSET 0"
                ") rows WHERE until <= CURRENT_DATE ORDER BY id %s",
                years,
                table,
                SQL.identifier(table),
                step.condition,
                after,
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )

    def get_steps(self):
        steps = self.deletion._get_steps()
        if self.deletion.with_entries:
            return steps
        return [step for step in steps if step.model != INVOICES]

    def count(self):
        """{year: {model: number}} of what can be deleted now."""
        figures = defaultdict(lambda: defaultdict(int))
        for step in self.get_steps():
            for _id, year in self.find(step):
                figures[str(year)][step.model] += 1
        return {year: dict(models) for year, models in sorted(figures.items())}

    def work(self):
        """Delete, and commit batch by batch.

        :return: whether there was time for all of it
        """
        for step in self.get_steps():
            after = 0
            while found := self.find(step, BATCH, after):
                after = found[-1][0]
                self._delete(step, dict(found))
                if not self.env["ir.cron"]._commit_progress(len(found)):
                    return False
        return True

    def _delete(self, step, years):
        """Delete rows of a step; what something else still needs stays.

        :param years: {id: year}
        """
        deleted, kept = defaultdict(int), defaultdict(int)
        pending = [list(years)]
        while pending:
            ids = pending.pop()
            try:
                with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                    self._unlink(step, ids)
            except (IntegrityError, UserError) as error:
                if len(ids) > 1:
                    pending += [[one] for one in ids]
                    continue
                _logger.info("%s %s stays: %s", step.model, ids, error)
                kept[years[ids[0]]] += 1
                continue
            for one in ids:
                deleted[years[one]] += 1
        self.deletion._add_figures(step.model, deleted, kept)

    def _unlink(self, step, ids):
        records = self.env[step.model].browse(ids)
        if step.model == "ir.attachment":
            self._unlink_documents(records)
            return
        records.with_context(support_permission=PERMISSION, force_delete=True).unlink()
        self.env.flush_all()

    def _unlink_documents(self, attachments):
        """Without Odoo's restrictive audit trail, which keeps documents for ever."""
        names = [name for name in attachments.mapped("store_fname") if name]
        self.env.execute_query(
            SQL(
                "DELETE FROM ir_attachment WHERE id = ANY (%s) RETURNING id",
                attachments.ids,
            )
        )
        self.env.invalidate_all()
        for name in names:
            self.env["ir.attachment"]._file_delete(name)
