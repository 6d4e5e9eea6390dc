# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    _inherit = "helpdesk.ticket"

    allow_timesheet = fields.Boolean(related="team_id.allow_timesheet")
    planned_hours = fields.Float(tracking=True)
    progress = fields.Float(compute="_compute_hours", store=True, aggregator="avg")
    remaining_hours = fields.Float(compute="_compute_hours", store=True)
    total_hours = fields.Float(compute="_compute_hours", store=True)
    timesheet_ids = fields.One2many("account.analytic.line", "ticket_id")

    @api.depends("planned_hours", "timesheet_ids.unit_amount")
    def _compute_hours(self):
        for ticket in self:
            ticket.total_hours = sum(ticket.timesheet_ids.mapped("unit_amount"))
            ticket.remaining_hours = ticket.planned_hours - ticket.total_hours
            ticket.progress = ticket.planned_hours and (
                100 * ticket.total_hours / ticket.planned_hours
            )
