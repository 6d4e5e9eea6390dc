# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportContract(models.Model):
    """Which code has to be read so that a fee is known when its period begins. R2."""

    _inherit = "support.contract"

    provisional_charge_ids = fields.One2many(
        "support.charge",
        "contract_id",
        domain=[("provisional", "=", True)],
        help="Charged by an old count, and still to be put right.",
    )

    def _get_instances_to_count(self):
        """Billed instances whose code was not read yet for a fee that needs it.

        From the count day on, until it was read: for the period to come, the one of
        today, those that are due, and those whose charge is provisional.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        wanted = self.env["support.instance"]
        if self._is_all_counted(today):
            return wanted
        for service in self.service_ids:
            if service.type_id.basis != "lines":
                continue
            for period in service._get_periods_to_count(today):
                opening = service._get_count_day(period)
                wanted |= service._get_instances_of(period).filtered(
                    lambda instance, opening=opening: (
                        not instance.date_code_seen or instance.date_code_seen < opening
                    )
                )
        return wanted.filtered(
            lambda instance: not instance._is_closed_on(today)
            and not instance._was_counted_on(today)
        )

    def _is_all_counted(self, today):
        """Whether all code that a fee can need was read today: the usual night."""
        lines = self.sudo().amendment_ids.line_ids
        if {"billed", "active"}.intersection(lines.mapped("field_name")):
            return False  # other instances than those of today may be needed
        return all(
            instance._was_counted_on(today) or instance._is_closed_on(today)
            for instance in self.instance_ids
            if instance.billed
        )

    @api.model
    def _prefetch_counts(self, due):
        """Read the line counts of what is due for all contracts at once.

        :param due: what `_get_due_periods` returned for each of them
        """
        counts = {
            count.id
            for contract_periods in due
            for service, periods in contract_periods.items()
            if service.type_id.basis == "lines"
            for whole in {part.full for part in periods}
            for count in service._get_governing_counts(whole)
        }
        self.env["support.count"].browse(sorted(counts))._prefetch_modules()


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_periods_to_count(self, today):
        """Whole periods whose fee is not certain while the code was not read.

        :return: set of :class:`odoo.addons.support_contract.periods.Period`
        """
        self.ensure_one()
        periods = {
            charge.service_id._get_whole_period(charge.period_start)
            for charge in self.contract_id.provisional_charge_ids
            if charge.service_id == self
        }
        # What is wrong with it is found out and noted when it is billed.
        with contextlib.suppress(UserError):
            day = self.contract_id._get_billing_day(attended=True)
            periods |= {part.full for part in self._get_due_periods(day)}
        current = self._get_whole_period(today)
        if self._get_charged_part(current):
            periods.add(current)
        coming = self._get_next_period(today)
        if coming and self._get_count_day(coming) <= today:
            periods.add(coming)
        return periods


class SupportInstance(models.Model):
    _inherit = "support.instance"

    date_code_seen = fields.Date(
        compute="_compute_date_code_seen",
        help="The last day on which code was read that nobody has rejected.",
    )

    @api.depends("count_ids.date_confirmed", "count_ids.state")
    def _compute_date_code_seen(self):
        # Later days come from a clock that was wrong.
        today = max(
            (company._support_today() for company in self.company_id),
            default=fields.Date.today(),
        )
        days = dict(
            self.env["support.count"]._read_group(
                [
                    ("instance_id", "in", self.ids),
                    ("state", "!=", "rejected"),
                    ("date_confirmed", "<=", today),
                ],
                ["instance_id"],
                ["date_confirmed:max"],
            )
        )
        for instance in self:
            instance.date_code_seen = days.get(instance._origin, False)

    def _was_counted_on(self, day):
        """Whether its code was read successfully on ``day``.

        A day to come, by a clock that was wrong, is as good as never.
        """
        self.ensure_one()
        counted = self.date_counted
        return bool(counted) and self.company_id._support_date(counted) == day


class SupportCount(models.Model):
    _inherit = "support.count"

    def _prefetch_modules(self):
        """Read what a fee is computed from, for exactly these counts and at once."""
        self.browse(self.ids).module_ids.fetch(
            ["name", "digest", "code_lines", "billed"]
        )
