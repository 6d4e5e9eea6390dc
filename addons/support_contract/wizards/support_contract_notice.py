# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..periods import ONE_DAY
from ..proposed import EDITABLE


class SupportContractNotice(models.TransientModel):
    """Give notice for one service or all, and see when it takes effect and why."""

    _name = "support.contract.notice"
    _description = "Give Notice"
    _inherit = "support.window.mixin"

    contract_id = fields.Many2one("support.contract", required=True, readonly=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    date_notice = fields.Date(
        string="Notice Given On",
        required=True,
        default=lambda self: self.env.company._support_today(),
        help="The day on which the notice reached the other side.",
    )
    service_ids = fields.Many2many(
        "support.contract.service",
        string="Services That End",
        compute="_compute_service_ids",
        domain="[('contract_id', '=', contract_id)]",
        help="The others run on.",
        **EDITABLE,
    )
    explanation = fields.Text(compute="_compute_earliest")
    date_earliest = fields.Date(
        string="Earliest End", compute="_compute_earliest", help="Of the last of them."
    )
    date_end = fields.Date(
        string="Agreed Last Day",
        help="Leave empty to end each service on its earliest lawful day.",
    )
    is_early = fields.Boolean(compute="_compute_is_early")
    remaining_fee = fields.Monetary(
        compute="_compute_is_early",
        help="What the minimum term or the notice period would still cost.",
    )
    losses = fields.Text(string="Rights Lost", compute="_compute_losses")
    reason = fields.Char()

    @api.depends("contract_id")
    def _compute_service_ids(self):
        for wizard in self:
            wizard.service_ids = wizard.contract_id.service_ids.filtered(
                lambda service: not service.date_end
            )

    @api.depends("date_notice", "service_ids")
    def _compute_earliest(self):
        for wizard in self:
            ends = []
            if wizard.date_notice:
                ends = [
                    (service, service._get_earliest_end(wizard.date_notice))
                    for service in wizard.service_ids._origin
                ]
            wizard.date_earliest = max((end.day for __, end in ends), default=False)
            services = wizard.service_ids._origin
            wizard.explanation = "\n".join(
                [
                    *(service._explain_earliest_end(end) for service, end in ends),
                    *wizard.contract_id._get_notice_remarks(services),
                ]
            )

    @api.depends("date_notice", "date_end", "service_ids")
    def _compute_is_early(self):
        for wizard in self:
            wizard.is_early = False
            wizard.remaining_fee = 0.0
            if not wizard.date_notice:
                continue
            for service in wizard.service_ids._origin:
                earliest = service._get_earliest_end(wizard.date_notice)
                end = wizard.date_end or earliest.day
                lawful = service._get_lawful_end(wizard.date_notice, end)
                if end < lawful.day:
                    wizard.is_early = True
                    wizard.remaining_fee += service._get_fee_between(
                        end + ONE_DAY, lawful.day
                    )

    @api.depends("service_ids", "date_notice", "date_end")
    def _compute_losses(self):
        for wizard in self:
            wizard.losses = "\n".join(
                wizard.contract_id._get_rights_lost(wizard.service_ids._origin)
            )

    def action_confirm(self):
        self.ensure_one()
        self.contract_id._give_notice(
            self.service_ids, self.date_notice, self.date_end, self.reason or ""
        )
