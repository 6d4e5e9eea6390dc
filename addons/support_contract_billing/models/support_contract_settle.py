# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import models

from odoo.addons.support_contract.periods import ONE_DAY, Period

from .support_contract_service import PRICE_FIGURES

CONTRACT = "support.contract"
SERVICE = "support.contract.service"
CONDITION = "support.contract.condition"


class SupportContract(models.Model):
    """A changed agreement corrects what is charged already, at once."""

    _inherit = "support.contract"

    def _after_amendment(self, amendment):
        result = super()._after_amendment(amendment)
        self._settle_amendment(amendment)
        return result

    def _settle_amendment(self, amendment):
        """Correct the charges of days that cost something else by an amendment.

        Also those of days to come: whoever is charged for them from today on is
        charged by what is scheduled, and so is who was charged before.
        """
        self.ensure_one()
        Charge = self.env["support.charge"].sudo()
        # sudo: charges are written by the system alone, and a consultant may take down
        # a notice that the terms allow.
        amendment_sudo = amendment.sudo()
        for service in self.sudo().service_ids:
            span = amendment_sudo._get_changed_days(service)
            if not span or service.type_id.basis == "usage":
                continue
            charges = Charge.search(
                [
                    ("service_id", "=", service.id),
                    ("kind", "=", "recurring"),
                    ("period_start", "<=", span.end),
                    ("period_end", ">=", span.start),
                ],
                order="period_start, id",
            )
            for charge in charges:
                charge._get_correction_chain()._adjust_to_agreement(
                    amendment_sudo.reason, span, amendment_sudo
                )


class SupportContractAmendment(models.Model):
    _inherit = "support.contract.amendment"

    def _apply(self):
        result = super()._apply()
        self.contract_id._settle_amendment(self)
        return result

    def _get_changed_days(self, service):
        """The days on which a service can cost something else by this amendment.

        :return: :class:`Period` around all of them, or None
        """
        self.ensure_one()
        spans = [
            span for line in self.line_ids if (span := line._get_changed_days(service))
        ]
        if not spans:
            return None
        return Period(
            min(span.start for span in spans), max(span.end for span in spans)
        )


class SupportContractAmendmentLine(models.Model):
    _inherit = "support.contract.amendment.line"

    def _get_changed_days(self, service):
        """The same for one line; None for what no price depends on."""
        self.ensure_one()
        later = Period(self.amendment_id.date_effective, date.max)
        if self.model == CONTRACT and self.field_name == "terms_id":
            return later
        if self.model == CONTRACT and self.field_name == "billed_through":
            return self._get_days_after(date.min)
        if self.model == SERVICE and self.res_id == service.id:
            if self.field_name == "user_count":
                return later
            if self.field_name == "date_end":
                return self._get_days_after(date.max)
            if self.field_name == "date_start":
                return self._get_days_from()
        if self.model == CONDITION:
            return self._get_condition_days(later)
        return None

    def _get_condition_days(self, later):
        """The days of a special condition that is new or other, or that ended.

        :param later: those of one that is gone
        """
        condition = self._get_record()
        if not condition:
            return later
        if condition.key not in PRICE_FIGURES and self.field_name != "key":
            return None
        if self.operation == "change" and self.field_name == "date_end":
            return self._get_days_after(date.max)
        if self.operation == "change" and self.field_name == "date_start":
            return self._get_days_from()
        return Period(condition.date_start or date.min, condition.date_end or date.max)

    def _get_days_after(self, empty):
        """Days after the earlier of two last days, through the later one.

        :param empty: what an empty date stands for
        """
        first, last = self._get_two_days(empty)
        return Period(first + ONE_DAY, last) if first < last else None

    def _get_days_from(self):
        """Days from the earlier of two first days, before the later one."""
        first, last = self._get_two_days(date.min)
        return Period(first, last - ONE_DAY) if first < last else None

    def _get_two_days(self, empty):
        """The old and the new date, the earlier one first."""
        model = self.env[self.model]
        return sorted(
            model._decode_value(self.field_name, text) or empty
            for text in (self.before, self.after)
        )
