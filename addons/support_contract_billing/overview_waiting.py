# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What waits for somebody today, whatever month the overview shows."""

from odoo.fields import Domain
from odoo.tools import split_every

# Contracts looked at in one go; bounds the memory.
CHUNK = 500


class WaitingWork:
    """What waits for somebody: contracts, drafts, charges, counts.

    :param overview: `support.billing.overview`, which knows what it counts
    """

    def __init__(self, overview):
        self.overview = overview
        self.env = overview.env

    def find(self):
        """What waits for somebody to act.

        :return: list of (name, records, {currency: sum})
        """
        charges = self.env["support.charge"].search(self._get_open_charge_domain())
        held = charges.filtered(lambda charge: charge.state == "held")
        corrections = (charges - held).filtered(
            lambda charge: charge.kind == "correction"
        )
        others = charges - held - corrections
        moves = self.env["account.move"].search(self.overview._get_draft_domain())
        provisional = charges._get_provisional(self.env.companies)
        return [
            (
                self.env._("Missed months to agree to"),
                self.env["support.contract"].search(
                    self.overview._get_waiting_domain()
                ),
                {},
            ),
            (
                self.env._("Drafts to review"),
                moves,
                self._sum_up(moves, "amount_untaxed"),
            ),
            (self.env._("Held charges"), held, self._sum_up(held, "amount")),
            (
                self.env._("Corrections for the next invoice"),
                corrections,
                self._sum_up(corrections, "amount"),
            ),
            (
                self.env._("Charges for the next invoice"),
                others,
                self._sum_up(others, "amount"),
            ),
            # Whatever became of their invoices: the difference is still to come.
            (
                self.env._("Charged by an old count"),
                provisional,
                self._sum_up(provisional, "amount"),
            ),
            (self.env._("Due and not charged yet"), self._get_unbilled(), {}),
            (self.env._("Services that are held"), self._get_held_contracts(), {}),
            (
                self.env._("Line counts to review"),
                self.env["support.count"].search(self.overview._get_review_domain()),
                {},
            ),
        ]

    def _get_open_charge_domain(self):
        """Charges that could be on an invoice today, and are not."""
        return [
            ("company_id", "in", self.env.companies.ids),
            ("state", "in", ("pending", "held")),
            ("date", "<=", self.env.company._support_today()),
        ]

    def _sum_up(self, records, name):
        """{currency: sum}; what a draft credit note gives back is less."""
        sums = {}
        for record in records:
            refund = record._name == "account.move" and record.move_type == "out_refund"
            amount = -record[name] if refund else record[name]
            currency = record.currency_id
            sums[currency] = sums.get(currency, 0.0) + amount
        return sums

    def _get_unbilled(self):
        """Contracts with something due that no run has charged, and nothing stops."""
        Contract = self.env["support.contract"]
        candidates = Contract.search(
            Contract._get_running_domain()
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("billing_error", "=", False)
            & Domain("billing_wait", "=", False),
            order="id",
        )
        found = []
        # sudo: accountants read the contracts; what a fee is computed from may be
        # closed to them.
        for ids in split_every(CHUNK, candidates.ids):
            chunk_sudo = Contract.sudo().browse(ids)
            found += [
                contract.id for contract in chunk_sudo if contract._has_due_services()
            ]
        return Contract.browse(found)

    def _get_held_contracts(self):
        """Contracts with a service that no installed add-on can charge."""
        contracts = self.env["support.contract"].search(
            [
                ("company_id", "in", self.env.companies.ids),
                ("state", "in", ("active", "notice")),
                ("service_ids.type_id.basis", "=", "usage"),
            ]
        )
        return contracts.filtered("held_services")
