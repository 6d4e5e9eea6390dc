# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract.years import YEARS


class SupportWhatIf(models.TransientModel):
    """What a month would cost with other lines, services or end dates."""

    _name = "support.what.if"
    _description = "What If"

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
            removed = what_if._get_services() - kept
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
            for service in what_if._get_services()
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What If"),
            "res_model": self._name,
            "res_id": what_if.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _get_services(self):
        """Services that can be asked about; what is metered has no monthly fee."""
        today = self.contract_id.company_id._support_today()
        return self.contract_id.service_ids.filtered(
            lambda service: service.type_id.basis != "usage"
            and not service._is_over(today)
        )

    def _price(self, service, lines=None):
        """(fee of the month, calculation) of a service, real or thought of.

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
        try:
            # sudo: who sees the contract sees its fee, whatever it is computed from.
            pieces = service.sudo()._get_fee_pieces(month.start, month.end, lines)
        except UserError as error:
            return 0.0, str(error)
        text = "\n".join(
            f"{service._get_charge_name(piece.covered)}: {service._render_price(price)}"
            for piece, price in pieces
        )
        if not pieces:
            text = self.env._("Does not run in that month.")
        return float(sum(price.amount for _piece, price in pieces)), text


class SupportWhatIfLine(models.TransientModel):
    """A service as it is, or as it is thought of."""

    _name = "support.what.if.line"
    _description = "Service in a What If"
    _order = "id"

    what_if_id = fields.Many2one(
        "support.what.if", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="what_if_id.currency_id")
    service_id = fields.Many2one(
        "support.contract.service",
        string="Service on the Contract",
        ondelete="cascade",
        readonly=True,
    )
    type_id = fields.Many2one(
        "support.service.type",
        string="Service",
        required=True,
        ondelete="cascade",
        domain="[('basis', '!=', 'usage')]",
    )
    date_start = fields.Date(
        required=True, default=lambda self: self.env["support.what.if"]._default_month()
    )
    date_end = fields.Date(help="The last day. Empty while it runs on.")
    fee_now = fields.Monetary(string="As Agreed", compute="_compute_fees")
    fee_then = fields.Monetary(string="Then", compute="_compute_fees")
    calculation = fields.Text(compute="_compute_fees")

    @api.depends(
        "service_id",
        "type_id",
        "date_start",
        "date_end",
        "what_if_id.month",
        "what_if_id.change_lines",
        "what_if_id.lines",
    )
    def _compute_fees(self):
        for line in self:
            what_if = line.what_if_id
            line.fee_now = line.fee_then = 0.0
            line.calculation = False
            if not (what_if.month and line.type_id and line.date_start):
                continue
            if line.service_id:
                line.fee_now = what_if._price(line.service_id)[0]
            if line.date_end and line.date_end < line.date_start:
                line.calculation = self.env._("It would end before it starts.")
                continue
            lines = max(what_if.lines, 0) if what_if.change_lines else None
            line.fee_then, line.calculation = what_if._price(
                line._new_virtual_service(), lines
            )

    def _new_virtual_service(self):
        """The service as the line says, in memory only."""
        self.ensure_one()
        return self.env["support.contract.service"].new(
            {
                "contract_id": self.what_if_id.contract_id.id,
                "type_id": self.type_id.id,
                "date_start": self.date_start,
                "date_end": self.date_end,
            },
            origin=self.service_id or None,
        )
