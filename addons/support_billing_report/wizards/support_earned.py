# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.support_contract.windows import get_list_action
from odoo.addons.support_contract.years import check_years

from ..earned import EarnedRows


class SupportEarned(models.TransientModel):
    """Earned and not invoiced on a day, for closing the books of a month."""

    _name = "support.earned"
    _description = "Earned and Not Invoiced"
    _inherit = "support.window.mixin"

    day = fields.Date(
        string="On",
        required=True,
        default=lambda self: self._default_day(),
        help="The end of this day.",
    )

    @api.model
    def _default_day(self):
        """The last day of the month that is over."""
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), days=-1
        )

    @api.model
    def action_open(self):
        """What there is for the usual days; the menu."""
        return self.create({}).action_show()

    def action_show(self):
        """Compute the rows of the day and show them."""
        self.ensure_one()
        check_years(self.env, self.day)
        Line = self.env["support.earned.line"]
        Line.search([("create_uid", "=", self.env.uid)]).unlink()
        contracts = self.env["support.contract"].search(
            [("state", "not in", ("draft", "cancelled"))]
        )
        # sudo: accountants read the contracts; what their fee is computed from may be
        # closed to them.
        Line._fill(EarnedRows(contracts.sudo(), self.day).get(), self.day)
        day = format_date(self.env, self.day)
        return get_list_action(
            self.env._("Earned and Not Invoiced on %s", day),
            Line._name,
            [("create_uid", "=", self.env.uid)],
            view_mode="list,kanban,pivot,form",
            mobile_view_mode="kanban",
            context={"create": False, "search_default_by_account": 1},
        )
