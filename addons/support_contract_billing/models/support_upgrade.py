# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import formatLang

from ..pricing import Rounding, fixed_price


class SupportUpgrade(models.Model):
    """What an upgrade costs, beside the monthly fee. Clauses R5, R8."""

    _inherit = "support.upgrade"

    charge_ids = fields.One2many("support.charge", "upgrade_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        for upgrade in self:
            upgrade.charge_count = len(upgrade.charge_ids)

    def action_view_charges(self):
        self.ensure_one()
        return self.charge_ids._get_records_action(name=self.env._("Charges"))

    def _on_started(self):
        """The fee of clause R5 falls due; it goes out with the next invoice."""
        result = super()._on_started()
        if self.fee_due:
            upgrade = self.with_context(lang=self.partner_id.lang)
            self._create_charge(
                upgrade.env._(
                    "One-off fee, upgrade %(name)s to version %(series)s",
                    name=self.name,
                    series=self.to_series,
                ),
                self.fee_due,
                f"fee:{self._name}:{self.id}:{self.date_started}",
                upgrade.contract_id._get_agreed("upgrade_fee", self.date_started),
            )
        return result

    def _on_done(self):
        """A billable extra is charged at the price that the customer approved."""
        result = super()._on_done()
        approval = self._get_approval("extra")
        # Going live again after a rollback charges nothing again.
        key = f"fee:{approval._name}:{approval.id}:{approval.date}"
        charged = self.sudo().charge_ids.filtered(lambda charge: charge.key == key)
        if self._get_right_status() == "extra" and approval.price and not charged:
            upgrade = self.with_context(lang=self.partner_id.lang)
            self._create_charge(
                upgrade.env._(
                    "Upgrade %(name)s to version %(series)s, beyond the included ones, "
                    "as approved by %(who)s",
                    name=self.name,
                    series=self.to_series,
                    who=approval.given_by,
                ),
                approval.price,
                key,
            )
        return result

    def _create_charge(self, name, amount, key, term=None):
        """One charge of this upgrade, due today.

        :param term: the `support_contract.term.AgreedValue` behind it
        """
        self.ensure_one()
        price = fixed_price(amount, rounding=Rounding(self.currency_id.rounding))
        # sudo: charges are written by the system alone, never by a person.
        return (
            self.env["support.charge"]
            .sudo()
            .create(self._prepare_charge_vals(name, price, key, term))
        )

    def _prepare_charge_vals(self, name, price, key, term=None):
        """Values of a one-off charge.

        :param price: :class:`..pricing.Price`
        """
        self.ensure_one()
        contract = self.contract_id
        return {
            "name": name,
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "product_id": self.env.ref("support_contract.product_upgrade").id,
            "kind": "fee",
            "upgrade_id": self.id,
            "key": key,
            "date": self.company_id._support_today(),
            "quantity": float(price.quantity),
            "price_unit": float(price.price_unit),
            "amount": float(price.amount),
            "calculation": self._render_charge(price, term),
        }

    def _render_charge(self, price, term):
        """How the amount came about, in the customer's language."""
        env = self.with_context(lang=self.partner_id.lang).env
        text = price.text(
            env._, lambda number, places: formatLang(env, float(number), digits=places)
        )
        if term and term.is_special:
            text += "\n" + term.source[:1].upper() + term.source[1:]
        return text
