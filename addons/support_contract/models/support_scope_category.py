# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

VERDICTS = [
    ("included", "Included"),
    ("billed", "Billed"),
    ("needs_reproduction", "Included once reproduced"),
]
CHARGED_BY = [
    ("hours", "Hours of work"),
    ("fee", "A fee"),
    ("transaction", "Transactions"),
]


class SupportScopeCategory(models.Model):
    """A kind of work: what a ticket or task is about.

    Whether it is included is said by the version of the terms that the customer
    signed. What is here is only how a new version begins. Clauses R5-R17.
    """

    _name = "support.scope.category"
    _description = "Category of Work"
    _inherit = ["support.shared.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="A stable technical name, used by imports and reports.",
    )
    active = fields.Boolean(
        default=True, help="New versions of the terms have to say something about it."
    )
    sequence = fields.Integer(default=10)
    description = fields.Text(
        translate=True,
        help="How colleagues recognise such work when they sort tickets.",
    )
    verdict = fields.Selection(
        VERDICTS, string="Proposed Verdict", default="billed", required=True
    )
    right_id = fields.Many2one(
        "support.right", string="With the Right To", ondelete="restrict"
    )
    also_right_ids = fields.Many2many(
        "support.right",
        "support_scope_category_also_right_rel",
        string="Or With the Right To",
        ondelete="restrict",
        help="Any of these rights includes it as well.",
    )
    charged_by = fields.Selection(
        CHARGED_BY,
        default="hours",
        required=True,
        help="Billed work is charged by its hours. What is charged by a fee or by the "
        "transaction has its price elsewhere, and its hours cost nothing.",
    )
    pool_only = fields.Boolean(
        string="In Our VM Pool Only",
        help="Included only for instances that run inside our pool of virtual "
        "machines. Clause R16.",
    )
    covered_only = fields.Boolean(
        string="Covered Modules Only",
        help="Included only for modules that the contract covers, for Odoo's own and "
        "where no module is named. Clauses R9, R14.",
    )
    upgrade_clause = fields.Char(
        string="Clause of the Upgrade Fee",
        help="Work of this kind for a version upgrade is covered by its one-off fee, "
        'by this clause, such as "R5". Empty: it is not.',
    )
    clause = fields.Char(help='The clause of the agreement, such as "R17".')
    wording = fields.Text(
        string="Proposed Wording",
        required=True,
        translate=True,
        help="What a new version of the terms says about it.",
    )

    _code_uniq = models.UniqueIndex("(code)", "That code is already used.")

    def _get_using_companies(self):
        companies = self._find_companies(
            "support.contract", "terms_id.scope_ids.category_id"
        )
        return super()._get_using_companies() | companies
