# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..work_specification import (
    note_included_time,
    prepare_charged_time,
    prepare_included_work,
)

TIME_FIELDS = (
    "id",
    "date",
    "employee_id",
    "user_id",
    "name",
    "project_id",
    "task_id",
    "unit_amount",
    "support_minutes",
    "support_billed_minutes",
    "support_verdict",
    "support_clause",
    "support_goodwill_reason",
    "support_charge_id",
    "support_shown_move_id",
)
DAY_FIGURES = ("minutes", "billed_minutes", "amount")
APPROVAL_FIELDS = (
    "id",
    "name",
    "is_standing",
    "hours",
    "amount_limit",
    "price_hour",
    "amount_untaxed",
    "amount_total",
    "state",
    "partner_id",
    "date_sent",
    "date_decided",
    "decided_by",
    "decided_name",
    "decided_via",
    "order_number",
    "decline_reason",
    "objection",
)


class AccountMove(models.Model):
    """The page beside an invoice shows the time on it, and what the fee included."""

    _inherit = "account.move"

    def _get_support_specification(self):
        page = super()._get_support_specification()
        time = page["others"].filtered(lambda charge: charge.kind == "time")
        # sudo: whoever opens the page need not read the time of others.
        return page | {
            "others": page["others"] - time,
            "time": prepare_charged_time(time.sudo()),
        }

    def _get_support_included_work(self):
        included = super()._get_support_included_work()
        # sudo: see above.
        return included + prepare_included_work(self.sudo())

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        # sudo: see above.
        note_included_time(posted.sudo())
        return posted

    def button_cancel(self):
        result = super().button_cancel()
        # sudo: see above. It stands on the next invoice instead.
        self.env["account.analytic.line"].sudo().search(
            [("support_shown_move_id", "in", self.ids)]
        ).support_shown_move_id = False
        return result

    def _add_support_evidence(self, package):
        """Logged time, day by day, and the customer's yes."""
        package = super()._add_support_evidence(package)
        charges = package.charges
        time = charges.time_line_ids | charges.day_ids._get_time()
        time |= time.search([("support_shown_move_id", "in", package.moves.ids)])
        package.add_records(
            "time.csv", time.sorted("id"), TIME_FIELDS, self.env._("Logged time")
        )
        package.add_records(
            "charged_days.csv",
            charges.day_ids,
            ("charge_id", "date", "work_model", "work_id", *DAY_FIGURES),
            self.env._("What was charged for each day of work"),
        )
        approvals = charges.approval_id
        for model, days in charges.day_ids.grouped("work_model").items():
            approvals |= approvals.search(
                [
                    ("res_model", "=", model),
                    ("res_id", "in", days.mapped("work_id")),
                    ("state", "in", ("accepted", "declined")),
                ]
            )
        package.add_records(
            "approvals.csv",
            approvals,
            APPROVAL_FIELDS,
            self.env._("What the customer approved: who, when and how"),
        )
        return package
