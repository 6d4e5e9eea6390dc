# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..asking import Answer


class SupportQuestion(models.Model):
    """What somebody of a customer asked or ordered on the pages of an agreement.

    It is written by the portal, and answered by a button. Both stay as they are: the
    customer has them by mail, and reads them on the page.
    """

    _name = "support.question"
    _description = "Question of a Customer"
    _inherit = ["mail.thread", "mail.activity.mixin", "support.protected.mixin"]
    _order = "id desc"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    customer_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="Who had the contract then: a later customer does not see it.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Asked By",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection("_selection_kind", required=True, readonly=True)
    type_id = fields.Many2one(
        "support.service.type", string="Ordered Service", readonly=True
    )
    service_id = fields.Many2one(
        "support.contract.service",
        ondelete="set null",
        readonly=True,
        check_company=True,
    )
    text = fields.Text(string="Question", required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("answered", "Answered")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    answer = fields.Text(help="The customer gets it by mail, and reads it on the page.")
    answered_by_id = fields.Many2one(
        "res.users", ondelete="restrict", readonly=True, check_company=True
    )
    date_answered = fields.Datetime(string="Answered On", readonly=True)

    @api.model
    def _selection_kind(self):
        """What can be asked; a list of codes and words that add-ons extend."""
        return [
            ("question", self.env._("Question")),
            ("order", self.env._("Order")),
            ("end", self.env._("Wish to end it")),
        ]

    @api.depends("kind", "contract_id.name")
    def _compute_display_name(self):
        labels = dict(self._selection_kind())
        for question in self:
            names = [labels.get(question.kind), question.contract_id.name]
            question.display_name = ", ".join(filter(None, names))

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()

    def _check_editable(self, operation):
        if operation == "unlink" or self.filtered(lambda one: one.state != "open"):
            raise UserError(
                self.env._("What a customer asked, and was answered, stays.")
            )
        return super()._check_editable(operation)

    def action_answer(self):
        """Send the answer to whoever asked; a button."""
        self.check_access("write")
        for question in self:
            Answer(question).send()

    def action_open_contract(self):
        """The contract, to change or end it; a button."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "support.contract",
            "res_id": self.contract_id.id,
            "view_mode": "form",
        }

    def _after_asking(self):
        """What follows from a question; extend."""

    def _after_answer(self):
        """What follows from an answer; extend."""
