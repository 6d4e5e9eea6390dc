# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportTerms(models.Model):
    """One version of the consultancy's standard terms."""

    _name = "support.terms"
    _description = "Support Terms"
    _inherit = ["mail.thread"]
    _order = "company_id, date_published desc, id desc"

    name = fields.Char(required=True, translate=True)
    version = fields.Char(required=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        help="Leave empty for terms that every company may use.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    date_published = fields.Date(copy=False, readonly=True)
    price_ids = fields.One2many("support.terms.price", "terms_id", copy=True)

    @api.depends("name", "version")
    def _compute_display_name(self):
        for terms in self:
            terms.display_name = " ".join(filter(None, [terms.name, terms.version]))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if self.filtered(lambda terms: terms.state != "draft"):
            raise UserError(
                self.env._("Published terms cannot be deleted. Retire them instead.")
            )

    def action_publish(self):
        for terms in self:
            if not terms.price_ids:
                raise UserError(
                    self.env._(
                        "Add at least one price to %(terms)s before publishing it.",
                        terms=terms.display_name,
                    )
                )
        today = self.env.company._support_today()
        self.write({"state": "published", "date_published": today})

    def action_retire(self):
        self.write({"state": "retired"})

    def _get_price(self, service_type):
        """The price line of these terms for `service_type`; may be empty."""
        self.ensure_one()
        return self.price_ids.filtered(lambda price: price.type_id == service_type)
