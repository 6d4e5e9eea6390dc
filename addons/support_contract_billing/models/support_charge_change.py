# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import models

from .support_service_change import ChargeBasis

# Longer than the longest month, so that the one before is always seen.
LOOK_BACK = timedelta(days=62)


class SupportCharge(models.Model):
    """What is different from the month before, in words, on the invoice."""

    _inherit = "support.charge"

    def _get_history(self):
        """Recurring charges of these contracts, from two months before on.

        :return: {contract: charges in the order of their periods}
        """
        recurring = self.filtered(lambda charge: charge.kind == "recurring")
        if not recurring:
            return {}
        first = {
            contract: min(charges.mapped("period_start")) - LOOK_BACK
            for contract, charges in recurring.grouped("contract_id").items()
        }
        # One search for all; each contract looks back from its own charges.
        found = self.search(
            [
                ("contract_id", "in", recurring.contract_id.ids),
                ("kind", "=", "recurring"),
                ("period_start", ">=", min(first.values())),
            ],
            order="period_start, id",
        )
        return found.filtered(
            lambda charge: charge.period_start >= first[charge.contract_id]
        ).grouped("contract_id")

    def _get_previous(self, history):
        """The charge of the same service before this one, or none.

        :param history: the charges of its contract, in order
        """
        self.ensure_one()
        return history.filtered(
            lambda other: other.service_id == self.service_id
            and other.period_start < self.period_start
        )[-1:]

    def _get_change_notes(self, history):
        """What changed since the month before, for the customer.

        :param history: as `_get_history` returns it, of these charges and others
        :return: {contract: list of sentences}, in the customer's language; nothing for
            a contract without a month before
        """
        notes = {}
        recurring = self.filtered(lambda charge: charge.kind == "recurring")
        for contract in recurring.contract_id:
            charges = history.get(contract, self.browse())
            own = self.filtered(lambda one, mine=contract: one.contract_id == mine)
            before = charges - own
            if sentences := before and own._describe_changes(charges):
                notes[contract] = sentences
        return notes

    def _describe_changes(self, history):
        """Sentences for charges of one contract."""
        env = self.with_context(lang=self.partner_id[:1].lang).env
        recurring = self.filtered(lambda charge: charge.kind == "recurring")
        sentences = []
        for charge in recurring.with_env(env):
            if previous := charge._get_previous(history):
                sentences += charge._describe_change(previous)
            else:
                sentences.append(charge.service_id._describe_begin(charge.period_start))
        earlier = history - self
        last = max(earlier.mapped("period_end"))
        for service in (earlier.service_id - self.service_id).with_env(env):
            end = service.date_end
            if end and (end.year, end.month) == (last.year, last.month):
                sentences.append(service._describe_end())
        return sentences

    def _describe_change(self, previous):
        """Sentences on one charge and the one before it."""
        self.ensure_one()
        old = previous._get_correction_chain()._get_evidence()
        return self.service_id._describe_difference(
            ChargeBasis(old, previous.quantity, previous.period_start),
            ChargeBasis(self.count_ids, self.quantity, self.period_start),
        )
