# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountAnalyticLine(models.Model):
    """Time on a ticket is the ticket's, also where the ticket has a task."""

    _inherit = "account.analytic.line"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
    )
    ticket_partner_id = fields.Many2one(
        "res.partner",
        string="Ticket Partner",
        related="ticket_id.partner_id",
        store=True,
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            ticket = self._get_written_ticket(vals)
            if ticket and not vals.get("project_id") and not vals.get("task_id"):
                vals["project_id"] = self._get_project_of(ticket).id
        return super().create(vals_list)

    def write(self, vals):
        ticket = self._get_written_ticket(vals)
        if not ticket or "project_id" in vals or "task_id" in vals:
            return super().write(vals)
        # Without a project it would be no logged time.
        bare = self.filtered(lambda line: not line.project_id)
        if bare:
            project = self._get_project_of(ticket)
            super(AccountAnalyticLine, bare).write({**vals, "project_id": project.id})
        return super(AccountAnalyticLine, self - bare).write(vals)

    def _get_written_ticket(self, vals):
        """The ticket that time is put on, if the user may see it."""
        name = vals.get("ticket_id", self.env.context.get("default_ticket_id"))
        ticket = self.env["helpdesk.ticket"].browse(name or ())
        ticket.check_access("read")
        return ticket

    def _get_project_of(self, ticket):
        if project := ticket._get_time_project():
            return project
        raise UserError(
            self.env._(
                "Choose a project for time: on the contract of %s, or in the settings "
                "for work without one.",
                ticket.display_name,
            )
        )

    @api.model
    def _get_money_fields(self):
        return super()._get_money_fields() | {"ticket_id"}

    @api.model
    def _get_time_fact_fields(self):
        return super()._get_time_fact_fields() | {"ticket_id"}

    @api.model
    def _get_work_fields(self):
        return ["ticket_id", *super()._get_work_fields()]

    def _timesheet_get_portal_domain(self):
        domain = super()._timesheet_get_portal_domain()
        if self.env.user._is_internal():
            return domain
        # The customer reads of such time on the invoice and in its specification.
        return Domain(domain) & Domain("ticket_id", "=", False)
