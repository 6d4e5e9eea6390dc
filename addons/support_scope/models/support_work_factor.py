# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..office_hours import FREE, OUTSIDE, classify

CONTRACT_LINKS = ("support_contract_id", "contract_id")


class SupportWorkFactor(models.Model):
    """What work costs more when it was ordered for an unusual time. Clause R4.

    It applies because somebody ordered it, never because of a clock: logged time has
    no time of day.
    """

    _name = "support.work.factor"
    _description = "Factor on Hourly Rates"
    _inherit = ["support.shared.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    factor = fields.Float(
        required=True,
        digits=(6, 3),
        default=1.0,
        help="The price of an hour is multiplied by it, before the discount.",
    )

    is_emergency = fields.Boolean(
        string="Emergency",
        help="Standing approvals for emergencies cover work that was ordered for it.",
    )

    proposed_for = fields.Selection(
        [
            (OUTSIDE, "Outside office hours"),
            (FREE, "Days without office hours"),
        ],
        help="An estimate that is planned for such a time proposes it, by the working "
        "hours and public holidays of the company. Breaks are office hours.",
    )

    _factor_positive = models.Constraint(
        "CHECK (factor > 0)", "A factor is greater than zero."
    )

    def _get_using_companies(self):
        companies = super()._get_using_companies()
        for name, model in self.env.registry.items():
            # Work, and approvals of it: each is of a contract.
            link = next((one for one in CONTRACT_LINKS if one in model._fields), None)
            if link and "work_factor_id" in model._fields and model._auto:
                # sudo: what other companies use is not theirs to read, and counts.
                records = self.env[name].sudo()
                groups = records._read_group(
                    [("work_factor_id", "in", self.ids), (link, "!=", False)], [link]
                )
                companies |= companies.union(*(one.company_id for [one] in groups))
        return companies

    def _propose(self, company, moment):
        """What work that is planned for a moment is ordered for; none in office hours.

        :param moment: naive datetime in UTC
        """
        hours = classify(company, moment)
        found = self.search([("proposed_for", "=", hours)]) if hours else self
        return found[:1]
