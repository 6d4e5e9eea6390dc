# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..models.account_move import INVOICES_CONTEXT

# What a list of these needs to show all that it can.
LIST_CONTEXTS = {"account.move": INVOICES_CONTEXT}


class SupportBillingOverview(models.TransientModel):
    """The accountant's first page: is all well, and what has to be looked at."""

    _name = "support.billing.overview"
    _description = "Billing Overview"

    warnings = fields.Text(compute="_compute_warnings")
    stop_reason = fields.Text(compute="_compute_warnings")
    last_run_id = fields.Many2one("support.billing.run", compute="_compute_run")
    date_end = fields.Datetime(related="last_run_id.date_end", string="Finished On")
    amounts = fields.Char(related="last_run_id.amounts", string="Invoiced")
    done_count = fields.Integer(related="last_run_id.done_count")
    current_run_id = fields.Many2one("support.billing.run", compute="_compute_run")
    progress = fields.Float(related="current_run_id.progress")
    failed_count = fields.Integer(compute="_compute_contracts", string="Failed")
    waiting_count = fields.Integer(compute="_compute_contracts", string="Missed Months")
    draft_count = fields.Integer(compute="_compute_drafts", string="Drafts to Review")
    review_count = fields.Integer(compute="_compute_review", string="Counts to Review")

    @api.depends_context("uid")
    def _compute_display_name(self):
        for overview in self:
            overview.display_name = self.env._("Overview")

    @api.depends_context("uid")
    def _compute_warnings(self):
        Run = self.env["support.billing.run"]
        for overview in self:
            overview.stop_reason = Run._get_stop_reason()
            overview.warnings = "\n".join(
                warning
                for warning in Run._get_warnings()
                if warning != overview.stop_reason
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_run(self):
        Run = self.env["support.billing.run"]
        for overview in self:
            overview.last_run_id = Run.search(
                [("state", "=", "done"), ("line_ids", "!=", False)],
                order="id desc",
                limit=1,
            )
            overview.current_run_id = Run.search(
                [("state", "!=", "done")], order="state, id", limit=1
            )

    @api.model
    def _get_failed_domain(self):
        return [
            "|",
            ("billing_error", "!=", False),
            ("sending_error", "!=", False),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def _get_waiting_domain(self):
        return [
            ("billing_wait", "!=", False),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def _get_draft_domain(self):
        return [
            ("state", "=", "draft"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_line_ids.support_charge_ids", "!=", False),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def _get_review_domain(self):
        return [
            ("state", "=", "to_review"),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.depends_context("allowed_company_ids")
    def _compute_contracts(self):
        Contract = self.env["support.contract"]
        for overview in self:
            overview.failed_count = Contract.search_count(self._get_failed_domain())
            overview.waiting_count = Contract.search_count(self._get_waiting_domain())

    @api.depends_context("allowed_company_ids")
    def _compute_drafts(self):
        for overview in self:
            overview.draft_count = self.env["account.move"].search_count(
                self._get_draft_domain()
            )

    @api.depends_context("allowed_company_ids")
    def _compute_review(self):
        for overview in self:
            overview.review_count = self.env["support.count"].search_count(
                self._get_review_domain()
            )

    @api.model
    def action_open(self):
        """A fresh look; the menu."""
        return self.create({})._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Overview"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "current",
        }

    def _open(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "list,form",
            "domain": domain,
            "context": {"create": False} | LIST_CONTEXTS.get(model, {}),
        }

    def action_view_failed(self):
        return self._open(
            self.env._("Failed"), "support.contract", self._get_failed_domain()
        )

    def action_view_waiting(self):
        return self._open(
            self.env._("Missed months to agree to"),
            "support.contract",
            self._get_waiting_domain(),
        )

    def action_view_drafts(self):
        return self._open(
            self.env._("Drafts to Review"), "account.move", self._get_draft_domain()
        )

    def action_view_review(self):
        return self._open(
            self.env._("Counts to Review"), "support.count", self._get_review_domain()
        )

    def action_view_last_run(self):
        return self.last_run_id._get_records_action(name=self.env._("Billing Run"))

    def action_run_billing(self):
        return self.env["support.contract"].action_run_billing()

    def action_go_on(self):
        return self.env["support.billing.run"].action_go_on()

    def action_make_health_token(self):
        """Show a new token for the monitor, once; a button."""
        token = self.env["support.billing.run"]._make_health_token()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "sticky": True,
                "title": self.env._("Copy the token now: it is not shown again"),
                "message": self.env._(
                    "Let the monitor ask /support/health with the header "
                    "“Authorization: Bearer %s”.",
                    token,
                ),
            },
        }
