# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..signing import drop_signatures


class ResPartner(models.Model):
    """A contract does not pass to another legal entity with a person who moves."""

    _inherit = "res.partner"

    support_contract_count = fields.Integer(
        string="Support Contracts",
        compute="_compute_support_contract_count",
        groups="support_contract.group_support_user",
    )

    def write(self, vals):
        # What decides who a contact belongs to.
        moves = not {"parent_id", "is_company", "active"}.isdisjoint(vals)
        before = self._get_support_customers() if moves else {}
        result = super().write(vals)
        for contract_sudo, owing in before.items():
            customer = contract_sudo.partner_id
            if customer.commercial_partner_id != owing:
                raise UserError(
                    self.env._(
                        "%(person)s has the running contract %(contract)s of "
                        "%(owing)s, and %(other)s would owe it from now on. Amend the "
                        "customer of the contract first, to %(owing)s or whoever is "
                        "to have it.",
                        person=customer.name,
                        contract=contract_sudo.name,
                        owing=owing.name,
                        other=customer.commercial_partner_id.name,
                    )
                )
        if moves or not {"name", "vat"}.isdisjoint(vals):
            drop_signatures(self._get_support_signed())
        return result

    @api.depends_context("company")
    def _compute_support_contract_count(self):
        for partner in self:
            count = self.env["support.contract"].search_count(
                partner._get_support_domain()
            )
            partner.support_contract_count = count

    def _get_support_domain(self):
        """Contracts of the legal entities that these contacts belong to."""
        return Domain("partner_id", "child_of", self.commercial_partner_id.ids)

    def action_view_support_contracts(self):
        """The contract that runs, with its rights; a list where there are several."""
        self.ensure_one()
        contracts = self.env["support.contract"].search(self._get_support_domain())
        running = contracts.filtered(lambda one: one.state in ("active", "notice"))
        return (running if len(running) == 1 else contracts)._get_records_action(
            name=self.env._("Support Contracts")
        )

    def _get_support_signed(self):
        """Contracts that were sent or signed and do not run yet, of these parties."""
        # sudo: see below.
        contracts_sudo = self.env["support.contract"].sudo()
        return contracts_sudo.search(
            (Domain("signed_digest", "!=", False) | Domain("sent_digest", "!=", False))
            & Domain("state", "in", ("draft", "cancelled"))
            & (
                Domain("partner_id", "child_of", self.ids)
                | Domain("company_id.partner_id", "in", self.ids)
            )
        )

    def _get_support_customers(self):
        """Who owes the running contracts of these contacts and of those below them.

        :return: {contract in superuser mode: commercial entity}
        """
        # sudo: whoever edits contacts need not see contracts.
        contracts_sudo = self.env["support.contract"].sudo()
        contracts_sudo = contracts_sudo.with_context(active_test=False).search(
            [
                ("partner_id", "child_of", self.ids),
                ("state", "in", ("active", "notice")),
            ]
        )
        return {
            contract: contract.partner_id.commercial_partner_id
            for contract in contracts_sudo
        }
