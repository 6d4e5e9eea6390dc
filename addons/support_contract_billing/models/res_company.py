# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    # Read for every invoice of a batch, so it is looked for once.
    support_journal_id = fields.Many2one(
        "account.journal", compute="_compute_support_journal_id"
    )

    def _compute_support_journal_id(self):
        Journal = self.env["account.journal"]
        for company in self:
            company.support_journal_id = Journal.search(
                [*Journal._check_company_domain(company), ("type", "=", "sale")],
                limit=1,
            )
