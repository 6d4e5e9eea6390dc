# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import format_date

from odoo.addons.support_contract.count_day import LATE


class SupportCharge(models.Model):
    """A provisional charge is put right as soon as the code can be read again. R2.

    It was made from an old count because none could be made in time. The first approved
    count from the count day on says what the period really costs.
    """

    _inherit = "support.charge"

    @api.model
    def _get_provisional(self, companies):
        """Charges of these companies that are still to be put right."""
        return self.search(
            [("provisional", "=", True), ("company_id", "in", companies.ids)],
            order="contract_id, id",
        )

    def _true_up(self):
        """Charge or credit what the counts of today say; nothing while there are none.

        What is right, or was decided otherwise, is provisional no longer.
        """
        for charge in self:
            counts, is_open = charge._get_final_counts()
            if counts and charge._makes_difference(counts):
                charge._correct(counts, charge._get_true_up_reason())
            if not is_open:
                # sudo: charges are written by the system alone, never by a person.
                charge.sudo().provisional = False

    def _get_final_counts(self):
        """(counts that take the place of provisional ones, whether some are missing).

        What a person has corrected meanwhile stays as they decided.
        """
        self.ensure_one()
        nothing = self.env["support.count"]
        if self.state == "waived":
            return nothing, False
        evidence = self._get_correction_chain()._get_evidence()
        period = self.service_id._get_whole_period(self.period_start)
        counts, is_open = nothing, False
        for instance, found in self.service_id._get_period_counts(period).items():
            old = self.count_ids.filtered(lambda c, own=instance: c.instance_id == own)
            if not old or old not in evidence:
                continue
            is_open = is_open or found.provisional
            if found.rule == LATE and found.count.id != old.id:
                counts += nothing.browse(found.count.id)
        return counts, is_open

    def _makes_difference(self, counts):
        """Whether the period costs another amount with these counts."""
        chain = self.sudo()._get_correction_chain()
        right = chain._get_expected_amount(chain._replace_counts(counts))
        if right is None:
            return False
        due = float(right.amount) - chain._get_settled()
        if chain._get_credited_away(due):
            return False
        return not self.currency_id.is_zero(due)

    def _get_true_up_reason(self):
        self.ensure_one()
        period = self.service_id._get_whole_period(self.period_start)
        return self.env._(
            "The code could not be counted before %s, so an older count was charged "
            "until it could.",
            format_date(self.env, period.start),
        )
