# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.windows import opens


class SupportFeeAnnouncement(models.Model):
    """The announcement to a customer that the fee of a coming period changes. R2, R7.

    Once for each contract, period and fee; where another fee is agreed for the same day
    later, that is announced as well. The database sees to it.
    """

    _name = "support.fee.announcement"
    _description = "Announced Fee"
    _inherit = ["support.link.mixin"]
    _order = "period_start desc, contract_id, number, id"
    _check_company_auto = True

    contract_id = fields.Many2one("support.contract", required=True, check_company=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    period_start = fields.Date(
        string="From", required=True, help="The first day on which the new fee holds."
    )
    number = fields.Integer(
        default=1, help="Which announcement for that day it is; the last one holds."
    )
    fee_before = fields.Monetary(
        string="Old Fee", help="Of a whole month, without tax."
    )
    fee_after = fields.Monetary(string="New Fee", help="Of a whole month, without tax.")
    difference = fields.Monetary(compute="_compute_difference", store=True)
    reason = fields.Text(help="Why, in the customer's language: they read it.")
    count_ids = fields.Many2many(
        "support.count",
        string="Line Counts",
        help="What the new fee comes from.",
        check_company=True,
    )
    date = fields.Datetime(
        string="Notified On", default=fields.Datetime.now, required=True
    )
    customer_ids = fields.Many2many(
        "res.partner",
        "support_fee_announcement_customer_rel",
        string="Notified Customer Contacts",
        help="Nobody: none of them has an e-mail address. Tell them yourself.",
        check_company=True,
    )
    staff_ids = fields.Many2many(
        "res.partner",
        "support_fee_announcement_staff_rel",
        string="Notified Staff",
        check_company=True,
    )

    _contract_period_uniq = models.UniqueIndex(
        "(contract_id, period_start, number)", "That fee is announced already."
    )

    @api.depends("fee_before", "fee_after")
    def _compute_difference(self):
        for announcement in self:
            announcement.difference = announcement.fee_after - announcement.fee_before

    @api.depends("contract_id.name", "period_start")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for announcement in self:
            announcement.display_name = self.env._(
                "%(contract)s from %(day)s",
                contract=announcement.contract_id.name,
                # In words: the head of an e-mail can have a name without its slashes.
                day=format_date(
                    self.env, announcement.period_start, date_format="long"
                ),
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What a customer was notified of is kept."))

    action_view_counts = opens("count_ids")

    def _get_reasons(self):
        """The reasons, one by one, for a list in a message."""
        return (self.reason or "").splitlines()

    def _queue_mail(self):
        """Write to the customer; Odoo's own sending of e-mails does it later."""
        for person in self.customer_ids:
            self._mail_link(person)

    # === LINKS === #

    def _may_have_link(self, person):
        return bool(person and person.active and person in self.customer_ids)

    def _get_link_receiver(self):
        # Merged contacts take the place of those that they were merged from.
        return self.customer_ids.filtered("active")[:1]

    def _get_link_page(self, token):
        return None

    def _get_link_template(self):
        return "support_contract_billing.portal_announced_fee", {"announcement": self}

    def _mail_link(self, person):
        """The announcement itself, again or for the first time, to one person."""
        self.ensure_one()
        template = self.env.ref("support_contract_billing.mail_template_announced_fee")
        self._mail_template_with_link(template, person)
