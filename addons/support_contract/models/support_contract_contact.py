# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SupportContractContact(models.Model):
    """A person of the customer, and what they may see of a contract in the portal.

    Nobody else of the customer's company sees it: colleagues have no business with
    prices, nor accountants with instances.
    """

    _name = "support.contract.contact"
    _description = "Portal Access to a Contract"
    _inherit = ["support.protected.mixin"]
    _order = "contract_id, role, id"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract", required=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    commercial_partner_id = fields.Many2one(
        related="contract_id.partner_id.commercial_partner_id", string="Customer"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        ondelete="cascade",
        index=True,
        help="A contact of the customer.",
        check_company=True,
    )
    email = fields.Char(related="partner_id.email")
    role = fields.Selection(
        [
            ("administrator", "Administrator"),
            ("key_user", "Key user"),
            ("finance", "Finance"),
        ],
        required=True,
        default="key_user",
        help="An administrator sees everything and signs. A key user sees services, "
        "rights, upgrades and instances, and no prices. Finance sees the agreement, "
        "prices and notices.",
    )
    has_login = fields.Boolean(
        string="Can Log In",
        compute="_compute_has_login",
        help="The person has an account in the portal. Without one, invite them.",
    )

    _role_uniq = models.UniqueIndex(
        "(contract_id, partner_id, role)", "This person already has that role."
    )

    @api.depends("partner_id.user_ids.active")
    def _compute_has_login(self):
        for contact in self:
            # sudo: who may manage contracts need not see accounts.
            contact.has_login = bool(contact.partner_id.sudo().user_ids)

    @api.depends("partner_id.name", "role")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for contact in self:
            contact.display_name = (
                f"{contact.partner_id.name or ''} ({labels.get(contact.role, '')})"
            )

    @api.constrains("contract_id", "partner_id")
    def _check_own_person(self):
        for contact in self:
            # sudo: a contact may be one that only its own followers see.
            if not contact.sudo()._is_of_customer():
                raise ValidationError(
                    self.env._(
                        "%(person)s is no contact of %(customer)s.",
                        person=contact.partner_id.name,
                        customer=contact.commercial_partner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        for contact in contacts:
            contact._log_access(after=contact.display_name)
        return contacts

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "write"}

    def write(self, vals):
        before = {contact: contact.display_name for contact in self}
        result = super().write(vals)
        for contact in self:
            if contact.display_name != before[contact]:
                contact._log_access(before[contact], contact.display_name)
        return result

    def unlink(self):
        for contact in self:
            contact._log_access(before=contact.display_name)
        return super().unlink()

    def _is_of_customer(self):
        """Whether the person still belongs to the customer of the contract."""
        self.ensure_one()
        return bool(
            self.partner_id.active
            and self.partner_id.commercial_partner_id == self.commercial_partner_id
        )

    def _log_access(self, before=False, after=False):
        """Who may see a signed contract is part of its history."""
        self.ensure_one()
        if self.contract_id.state != "draft":
            self.contract_id._log_event(
                "access", record=self, before=before, after=after
            )
