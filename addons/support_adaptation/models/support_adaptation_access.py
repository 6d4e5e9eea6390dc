# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportAdaptationAccess(models.Model):
    """Who of a customer has access to an adaptation, from when until when.

    What was granted is never changed or deleted, only revoked, and both are in the
    event log of the contract. Clause R11.
    """

    _name = "support.adaptation.access"
    _description = "Access to an Adaptation"
    _inherit = ["support.protected.mixin"]
    _order = "date_revoked desc, id desc"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('state', 'in', ('active', 'notice'))]",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    adaptation_id = fields.Many2one(
        "support.adaptation", required=True, ondelete="restrict", index=True
    )
    account = fields.Char(
        string="Who",
        required=True,
        help="The account that got access where the adaptation is kept, such as a user "
        "name or the name of a key. No password and no key itself.",
    )
    date_granted = fields.Date(readonly=True, copy=False)
    granted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    date_revoked = fields.Date(readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    is_open = fields.Boolean(
        string="Has Access", compute="_compute_is_open", search="_search_is_open"
    )
    availability = fields.Char(
        compute="_compute_availability",
        help="For which of the Odoo versions that the customer runs it exists.",
    )
    reason = fields.Char(
        string="Right",
        compute="_compute_reason",
        help="Whether the contract gives the right to it today, and why.",
    )
    is_overdue = fields.Boolean(
        string="To Be Revoked",
        compute="_compute_reason",
        help="The right has ended and the access is still open.",
    )

    _account_uniq = models.UniqueIndex(
        "(contract_id, adaptation_id, lower(account)) WHERE date_revoked IS NULL",
        "That account has access to that adaptation already.",
    )

    @api.depends("adaptation_id.name", "account")
    def _compute_display_name(self):
        for access in self:
            names = filter(None, [access.adaptation_id.name, access.account])
            access.display_name = ": ".join(names)

    @api.depends("date_revoked", "date_granted")
    def _compute_is_open(self):
        for access in self:
            access.is_open = bool(access.date_granted and not access.date_revoked)

    def _search_is_open(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        return [("date_revoked", "=" if operator == "in" else "!=", False)]

    @api.depends("contract_id.instance_ids.series", "adaptation_id.release_ids.series")
    def _compute_availability(self):
        for access in self:
            access.availability = access.contract_id._describe_availability(
                access.adaptation_id
            )

    @api.depends("contract_id", "adaptation_id.right_id", "date_revoked")
    def _compute_reason(self):
        for access in self:
            verdict = access._get_verdict()
            # A verdict that says no is false.
            known = verdict is not None
            access.reason = verdict.reason if known else ""
            access.is_overdue = known and access.is_open and not verdict.allowed

    def _get_verdict(self):
        """Whether the contract gives the right today.

        :return: :class:`odoo.addons.support_contract.verdict.Verdict`, or None for a
            line of a form that is not complete
        """
        self.ensure_one()
        right = self.adaptation_id.right_id
        return (
            self.contract_id._right(right.code) if self.contract_id and right else None
        )

    @api.model_create_multi
    def create(self, vals_list):
        granted = super().create(vals_list)
        for access in granted:
            access._grant()
        return granted

    def _grant(self):
        """Take down who granted it, if the contract gives the right today."""
        verdict = self._get_verdict()
        if not verdict.allowed:
            raise UserError(
                self.env._(
                    "%(customer)s has no right to “%(what)s” today: %(reason)s",
                    customer=self.contract_id.partner_id.name,
                    what=self.adaptation_id.name,
                    reason=verdict.reason,
                )
            )
        self._take_down("date_granted", "granted_by_id")
        self.contract_id._log_event(
            "adaptation", self.env._("Access granted"), self, after=self.display_name
        )

    def action_revoke(self):
        """Note that the access is closed where the adaptation is kept; a button."""
        self.check_access("write")
        for access in self:
            if access.date_revoked:
                raise UserError(
                    self.env._("%s was revoked already.", access.display_name)
                )
            access._take_down("date_revoked", "revoked_by_id")
            access.contract_id._log_event(
                "adaptation",
                self.env._("Access revoked"),
                access,
                before=access.display_name,
            )
        self.contract_id._clear_revoke_activity()

    def _take_down(self, day, user):
        # sudo: written by the system alone.
        self.sudo()._with_permission().write(
            {day: self.company_id._support_today(), user: self.env.uid}
        )

    # === PROTECTION === #

    @api.model
    def _get_parent_links(self):
        # Whoever looks after systems grants; it changes nothing of the contract.
        return super()._get_parent_links() | {"contract_id": "read"}

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()

    def _check_editable(self, operation):
        if operation != "create":
            raise UserError(
                self.env._(
                    "What was granted stays in the history. Revoke it, and grant "
                    "another access."
                )
            )
        return super()._check_editable(operation)
