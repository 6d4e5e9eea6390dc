# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..evidence_guard import Owner, get_columns, guard_table
from ..proposed import EDITABLE, PROPOSED
from .support_scope_category import CHARGED_BY, VERDICTS
from .support_terms import GUARD_MESSAGE, SIGNABLE

FROM_CATEGORY = {"compute": "_compute_from_category", **PROPOSED}


class SupportTermsScope(models.Model):
    """What a version of the terms says about one category of work. R6, R14-R17."""

    _name = "support.terms.scope"
    _description = "Scope of Support Terms"
    _inherit = ["support.protected.mixin"]
    _order = "terms_id, category_id, id"

    terms_id = fields.Many2one("support.terms", required=True, ondelete="cascade")
    category_id = fields.Many2one("support.scope.category", required=True)
    verdict = fields.Selection(
        VERDICTS,
        required=True,
        help="Included: part of the monthly fee. Billed: charged by the hour or as "
        "quoted. Included once reproduced: free when the error is on record and has "
        "been reproduced in a standard test instance.",
        **FROM_CATEGORY,
    )
    right_id = fields.Many2one(
        "support.right",
        string="With the Right To",
        ondelete="restrict",
        help="Included only for customers who have this right on the day of the work. "
        "Empty: for everybody with a contract.",
        **FROM_CATEGORY,
    )
    also_right_ids = fields.Many2many(
        "support.right",
        "support_terms_scope_also_right_rel",
        string="Or With the Right To",
        compute="_compute_also_right_ids",
        ondelete="restrict",
        help="Any of these rights includes it as well.",
        **EDITABLE,
    )
    charged_by = fields.Selection(
        CHARGED_BY,
        required=True,
        help="Whether billed work costs its hours. What has a fee or a price for each "
        "transaction costs no hours.",
        **FROM_CATEGORY,
    )
    pool_only = fields.Boolean(
        string="In Our VM Pool Only",
        help="Included only for instances inside our pool of virtual machines.",
        **FROM_CATEGORY,
    )
    covered_only = fields.Boolean(
        string="Covered Modules Only",
        help="Included only for modules that the contract covers, for Odoo's own and "
        "where no module is named.",
        **FROM_CATEGORY,
    )
    upgrade_clause = fields.Char(
        string="Clause of the Upgrade Fee",
        help="The clause by which an upgrade's fee covers such work for it, such as "
        '"R5". Empty: it does not.',
        **FROM_CATEGORY,
    )
    clause = fields.Char(
        help='The number of the clause in the agreement, such as "R17".',
        **FROM_CATEGORY,
    )
    wording = fields.Text(
        required=True,
        translate=True,
        help="What the agreement says about it, in the words that customers read.",
        **FROM_CATEGORY,
    )

    _terms_category_uniq = models.UniqueIndex(
        "(terms_id, category_id)", "These terms already have a line for that category."
    )

    @api.depends("category_id")
    def _compute_from_category(self):
        for line in self:
            category = line.category_id
            line.verdict = category.verdict
            line.right_id = category.right_id
            line.charged_by = category.charged_by or "hours"
            line.pool_only = category.pool_only
            line.covered_only = category.covered_only
            line.upgrade_clause = category.upgrade_clause
            line.clause = category.clause
            line.wording = category.wording

    # On its own: a list cannot be computed before the record is there.
    @api.depends("category_id")
    def _compute_also_right_ids(self):
        for line in self:
            line.also_right_ids = line.category_id.also_right_ids

    @api.depends("category_id.name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.category_id.name

    @api.model_create_multi
    def create(self, vals_list):
        self.env["support.terms"]._check_new_lines(self, "terms_id", vals_list)
        lines = super().create(vals_list)
        proposed = lines.browse(
            line.id
            for line, vals in zip(lines, vals_list, strict=True)
            if "wording" not in vals
        )
        proposed._translate_from_category()
        return lines

    def _translate_from_category(self):
        """Take over the wording in the other languages as well."""
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        for lang in languages - {self.env.lang or "en_US"}:
            for line in self.with_context(lang=lang):
                wording = line.category_id.wording
                # Only what differs: while an add-on is installed its translations are
                # not there yet, and what stands in a language is not translated later.
                if wording != line.wording:
                    line.wording = wording

    def init(self):
        # The database refuses what `_check_editable` does.
        columns = sorted(get_columns(self))
        owner = Owner("support_terms", SIGNABLE, "terms_id")
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE, owner=owner)

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"terms_id": "write"}

    def _check_editable(self, operation):
        self.terms_id._check_draft()
