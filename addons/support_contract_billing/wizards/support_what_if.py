# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract.years import YEARS

from ..fees import render_price
from ..simulation import Simulation


class SupportWhatIf(models.TransientModel):
    """What a month would cost with other lines, services or end dates."""

    _name = "support.what.if"
    _description = "What If"
    _inherit = "support.window.mixin"

    contract_id = fields.Many2one("support.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of the month to look at.",
    )
    change_lines = fields.Boolean(
        string="Another Line Count", help="Otherwise the approved counts are taken."
    )
    lines = fields.Integer(string="Lines of Code", help="Billed lines of the contract.")
    line_ids = fields.One2many("support.what.if.line", "what_if_id", string="Services")
    removed_ids = fields.Many2many(
        "support.contract.service",
        "support_what_if_removed_rel",
        string="Without",
        compute="_compute_fees",
        help="Services of the contract that are no longer in the list.",
    )
    fee_now = fields.Monetary(string="Fee as Agreed", compute="_compute_fees")
    fee_then = fields.Monetary(compute="_compute_fees")
    difference = fields.Monetary(compute="_compute_fees")

    @api.model
    def _default_month(self):
        """The next month, which a decision of today can still change."""
        today = self.env.company._support_today()
        return fields.Date.add(today.replace(day=1), months=1)

    @api.depends(
        "contract_id",
        "month",
        "line_ids.fee_now",
        "line_ids.fee_then",
        "line_ids.service_id",
    )
    def _compute_fees(self):
        for what_if in self:
            kept = what_if.line_ids.service_id
            removed = what_if.contract_id._get_services_to_come() - kept
            what_if.removed_ids = removed
            left_off = sum(
                what_if._price(service)[0] for service in removed if what_if.month
            )
            what_if.fee_now = sum(what_if.line_ids.mapped("fee_now")) + left_off
            what_if.fee_then = sum(what_if.line_ids.mapped("fee_then"))
            what_if.difference = what_if.fee_then - what_if.fee_now

    @api.model
    def _open(self, contract):
        """Make one that says what is agreed, and show it."""
        # Who may not see charges may not see what they would be.
        self.env["support.charge"].check_access("read")
        what_if = self.create(
            {"contract_id": contract.id, "lines": contract.billed_lines}
        )
        what_if.line_ids = [
            fields.Command.create(
                {
                    "service_id": service.id,
                    "type_id": service.type_id.id,
                    "date_start": service.date_start,
                    "date_end": service.date_end,
                }
            )
            for service in contract._get_services_to_come()
        ]
        return what_if._get_records_action(
            name=self.env._("What If"),
            target="new",
            context={"dialog_size": "extra-large"},
        )

    def _price(self, service, lines=None):
        """(fee of the month, calculation) of a service, a real or a virtual one.

        :raise AccessError: when the contract is not theirs to read
        """
        # Whoever calls can name any contract, and the price is computed with sudo.
        service.contract_id.check_access("read")
        if self.month.year not in YEARS:
            return 0.0, self.env._(
                "Choose a month from %(first)s to %(last)s.",
                first=YEARS[0],
                last=YEARS[-1],
            )
        month = calendar_month(self.month)
        if service.date_start > month.end:
            return 0.0, self.env._("Does not run in that month.")
        if reason := service._get_held_reason():
            return 0.0, reason
        quantities = {}
        if lines is not None and service.type_id.basis == "lines":
            quantities[service] = Quantity(lines, "lines")
        simulation = Simulation(service.contract_id, service, quantities)
        [found] = simulation.get_fees(month.start, month.end)
        text = found.error or "\n".join(
            f"{service._get_charge_name(fee.period.covered)}: "
            f"{render_price(self.env, fee.price)}"
            for fee in found.fees
        )
        return found.amount, text or self.env._("Does not run in that month.")
