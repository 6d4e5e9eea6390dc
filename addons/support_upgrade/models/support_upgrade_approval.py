# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.support_contract.evidence_guard import get_columns, guard_table

from ..go_live import ACCEPTED_FIGURES, GoLive


class SupportUpgradeApproval(models.Model):
    """What a customer agreed to: who, when, how, with the proof.

    Evidence: it is written down once and never changes.
    """

    _name = "support.upgrade.approval"
    _description = "Customer's Approval of an Upgrade"
    _inherit = ["support.protected.mixin"]
    _order = "id desc"
    _check_company_auto = True

    upgrade_id = fields.Many2one(
        "support.upgrade",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
        check_company=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="upgrade_id.currency_id")
    kind = fields.Selection(
        [
            ("extra", "Approves a billable extra"),
            ("acceptance", "Accepts the upgraded system"),
        ],
        required=True,
        readonly=True,
    )
    given_by = fields.Char(
        string="Confirmed By",
        required=True,
        help="The person at the customer's who said yes.",
    )
    date = fields.Date(
        string="Confirmed On",
        required=True,
        default=lambda self: self.env.company._support_today(),
    )
    how = fields.Selection(
        [
            ("mail", "E-mail"),
            ("signature", "Signed document"),
            ("meeting", "Meeting"),
            ("phone", "Phone"),
        ],
        required=True,
        default="mail",
        help="A mail or a signed document is attached. What was said in a meeting or "
        "on the phone is written down in the notes.",
    )
    note = fields.Text(string="Notes")
    attachment_ids = fields.Many2many("ir.attachment", string="Proof")
    price = fields.Monetary(
        string="Agreed Price",
        help="Price of the extra upgrade, beside the one-off fee. It is charged when "
        "the upgrade is live.",
    )
    lines_before = fields.Integer(string="Billed Lines Before", readonly=True)
    lines_after = fields.Integer(string="Billed Lines After", readonly=True)
    fee_before = fields.Monetary(string="Monthly Fee Before", readonly=True)
    fee_after = fields.Monetary(string="Monthly Fee After", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    void = fields.Boolean(
        string="No Longer Counts",
        readonly=True,
        help="The work went on afterwards, so the customer is asked again.",
    )

    _price_positive = models.Constraint(
        "CHECK (coalesce(price, 0) >= 0)", "The agreed price cannot be negative."
    )

    def init(self):
        # The database refuses what `_check_editable` does.
        guard_table(
            self.env.cr,
            self._table,
            sorted(get_columns(self) - {"void"}),
            "What a customer agreed to never changes",
        )

    @api.constrains("date", "upgrade_id")
    def _check_date(self):
        for approval in self:
            if approval.date > approval.company_id._support_today():
                raise ValidationError(
                    self.env._("The customer cannot have agreed on a day to come.")
                )

    @api.constrains("how", "note", "attachment_ids")
    def _check_proof(self):
        for approval in self:
            if approval.how in ("mail", "signature") and not approval.attachment_ids:
                raise ValidationError(
                    self.env._("Attach the mail or the signed document.")
                )
            if approval.how in ("meeting", "phone") and not approval.note:
                raise ValidationError(
                    self.env._("Write down what was said, in the notes.")
                )

    @api.depends("kind", "given_by", "date")
    def _compute_display_name(self):
        kind = self._fields["kind"]
        for approval in self:
            approval.display_name = self.env._(
                "%(what)s: %(who)s, %(day)s",
                what=kind.convert_to_export(approval.kind, approval),
                who=approval.given_by or "",
                day=fields.Date.to_string(approval.date) or "",
            )

    @api.model
    def default_get(self, field_names):
        """Show the figures that the customer accepts; `create` computes them again."""
        values = super().default_get(field_names)
        if values.get("kind") == "acceptance" and values.get("upgrade_id"):
            upgrade = self.env["support.upgrade"].browse(values["upgrade_id"])
            values.update(GoLive(upgrade).get_figures()[0])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        # Before anything is computed from where they lead.
        self._check_new_links(vals_list)
        for vals in vals_list:
            upgrade = self.env["support.upgrade"].browse(
                vals.get("upgrade_id") or self.env.context.get("default_upgrade_id")
            )
            kind = vals.get("kind") or self.env.context.get("default_kind")
            # What the customer saw is what is computed now, and nobody's entry.
            vals.update(dict.fromkeys(ACCEPTED_FIGURES, 0))
            if kind == "acceptance":
                vals.update(GoLive(upgrade).get_figures_to_accept())
            else:
                upgrade._check_state("requested", "accepted")
            vals.update(
                company_id=upgrade.company_id.id, user_id=self.env.uid, void=False
            )
        approvals = super().create(vals_list)
        for approval in approvals:
            approval._keep_proof()
            approval.upgrade_id._log_step(approval.display_name)
        return approvals

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"upgrade_id": "read"}

    def _check_editable(self, operation):
        if operation == "write":
            raise UserError(
                self.env._(
                    "What a customer agreed to does not change. Record another one."
                )
            )
        if operation == "unlink":
            raise UserError(
                self.env._("What a customer agreed to is evidence and is not deleted.")
            )

    def _keep_proof(self):
        """Make the uploaded files part of the approval: readable to all who read it,
        and deleted by nobody.
        """
        self.ensure_one()
        self.attachment_ids.check_access("read")
        # sudo: nobody may write to an approval, and so neither to its files.
        uploads_sudo = self.attachment_ids.sudo().filtered(lambda att: not att.res_id)
        uploads_sudo.write({"res_model": self._name, "res_id": self.id})

    def _get_figures(self):
        """{field: value} of what the customer saw."""
        self.ensure_one()
        return {name: self[name] for name in ACCEPTED_FIGURES}
