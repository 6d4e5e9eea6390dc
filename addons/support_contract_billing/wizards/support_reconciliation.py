# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.windows import get_list_action
from odoo.addons.support_contract.years import check_years

from ..reconciling import Reconciliation


class SupportReconciliation(models.TransientModel):
    """Contracts times months against posted invoices: only what differs."""

    _name = "support.reconciliation"
    _description = "Reconciliation of Contracts and Invoices"
    _inherit = "support.window.mixin"

    date_start = fields.Date(
        string="From", required=True, default=lambda self: self._default_start()
    )
    date_end = fields.Date(
        string="Until", required=True, default=lambda self: self._default_end()
    )

    @api.model
    def _default_end(self):
        """The last day of the month that is over."""
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), days=-1
        )

    @api.model
    def _default_start(self):
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), months=-12
        )

    @api.model
    def action_open(self):
        """What there is for the usual days; the menu."""
        return self.create({}).action_show()

    def action_show(self):
        """Compare and show the differences."""
        self.check_access("read")
        check_years(self.env, self.date_start, self.date_end)
        if self.date_end < self.date_start:
            raise UserError(self.env._("The last day is before the first one."))
        Line = self.env["support.reconciliation.line"]
        Line.search([("create_uid", "=", self.env.uid)]).unlink()
        contracts = self.env["support.contract"].search(
            [("state", "not in", ("draft", "cancelled"))]
        )
        # sudo: accountants read the contracts; what their fee is computed from may be
        # closed to them.
        differences = Reconciliation(
            contracts.sudo(), self.date_start, self.date_end
        ).get_differences()
        Line._create_rows(
            [Line._prepare_vals(difference) for difference in differences]
        )
        return get_list_action(
            self.env._("Differences Between Contracts and Invoices"),
            Line._name,
            [("create_uid", "=", self.env.uid)],
            "list,kanban,pivot,form",
            mobile_view_mode="kanban",
            context={"create": False},
            help=self.env._(
                "<p class='o_view_nocontent_smiling_face'>Everything agrees</p>"
                "<p>Every month of every service was charged once, and every charge is "
                "on a posted invoice with its amount.</p>"
            ),
        )
