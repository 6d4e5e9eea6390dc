# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.support_contract_billing.fees import (
    render_conditions,
    render_price,
)
from odoo.addons.support_contract_billing.pricing import Rounding, fixed_price


class Fees:
    """What an upgrade costs, beside the monthly fee. Clauses R5, R8."""

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        # What the invoice says is in the customer's language.
        self.env = upgrade.with_context(lang=upgrade.partner_id.lang).env

    def charge_start(self):
        """The fee of clause R5 falls due; it goes out with the next invoice."""
        upgrade = self.upgrade
        if upgrade.fee_due:
            contract = upgrade.contract_id.with_env(self.env)
            self._create_charge(
                get_fee_name(upgrade.with_env(self.env)),
                upgrade.fee_due,
                f"fee:{upgrade._name}:{upgrade.id}:{upgrade.date_started}",
                contract._get_agreed("upgrade_fee", upgrade.date_started),
            )

    def charge_extra(self):
        """A billable extra is charged at the price that the customer approved."""
        upgrade = self.upgrade
        approval = upgrade._get_approval("extra")
        # Going live again after a rollback charges nothing again.
        key = f"fee:{approval._name}:{approval.id}:{approval.date}"
        # sudo: what is charged already counts, whoever takes the step.
        charged = upgrade.sudo().charge_ids.filtered(lambda charge: charge.key == key)
        if upgrade.right_status == "extra" and approval.price and not charged:
            self._create_charge(
                get_extra_name(approval.with_env(self.env)),
                approval.price,
                key,
            )

    def _create_charge(self, name, amount, key, agreed=None):
        """One charge of this upgrade, due today.

        :param agreed: the `support_contract.agreed.AgreedValue` behind it
        """
        upgrade = self.upgrade
        price = fixed_price(amount, rounding=Rounding(upgrade.currency_id.rounding))
        # sudo: charges are written by the system alone, never by a person.
        upgrade.env["support.charge"].sudo().create(
            upgrade._prepare_charge_vals(name, price, key, agreed)
        )

    def prepare_charge_vals(self, name, price, key, agreed=None):
        """Values of a one-off charge.

        :param price: :class:`odoo.addons.support_contract_billing.pricing.Price`
        """
        contract = self.upgrade.contract_id
        conditions = render_conditions([agreed] if agreed else [])
        return {
            "name": name,
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "product_id": self.upgrade.env.ref("support_contract.product_upgrade").id,
            "kind": "fee",
            "upgrade_id": self.upgrade.id,
            "key": key,
            "date": self.upgrade.company_id._support_today(),
            "quantity": float(price.quantity),
            "price_unit": float(price.price_unit),
            "amount": float(price.amount),
            "calculation": "\n".join([render_price(self.env, price), *conditions]),
        }


def get_fee_name(upgrade):
    """What the fee of an upgrade is called, in the language of its environment."""
    return upgrade.env._(
        "One-off fee, upgrade %(name)s to version %(series)s",
        name=upgrade.name,
        series=upgrade.to_series,
    )


def get_extra_name(approval):
    """What an approved extra is called, in the language of its environment.

    :param approval: `support.upgrade.approval`
    """
    return approval.env._(
        "Upgrade %(name)s to version %(series)s, beyond the included ones, "
        "as approved by %(who)s",
        name=approval.upgrade_id.name,
        series=approval.upgrade_id.to_series,
        who=approval.given_by,
    )
