# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, calendar_month, shift_months

from ..periods import BillingPeriod


class SupportContract(models.Model):
    """Change the prices of a contract as a run says, within what was agreed."""

    _inherit = "support.contract"

    def _change_prices(self, run):
        """Amend this contract as the run says.

        :param run: `support.price.run`
        :return: (the amendment, {fee_before, fee_after}, notes); no amendment when
            there is nothing to change
        :raise UserError: with the reason, when the contract has to stay as it is
        """
        self.ensure_one()
        day = run.date_effective
        services = self._get_services_on(day)
        before = self._get_monthly_fee_on(day)
        if run.kind == "terms":
            changes, notes = self._get_terms_move(run.terms_id, day), []
            touched = services
        else:
            changes, notes, touched = [], [], services.browse()
            for service in services:
                if run.type_ids and service.type_id not in run.type_ids:
                    continue
                raised, note = service._get_raise(run)
                if raised:
                    changes += raised
                    touched += service
                if note:
                    notes.append(note)
        for service in touched:
            if service._lacks_instances(day):
                notes.append(
                    self.env._(
                        "%s: no instance is billed, so its fee is not known and not in "
                        "these figures.",
                        service.type_id.name,
                    )
                )
        figures = {"fee_before": before, "fee_after": before}
        if not changes:
            return self.env["support.contract.amendment"], figures, notes
        self._check_price_change(run, touched)
        amendment = self._amend(day, run.reason, changes)
        self.env.flush_all()
        after = figures["fee_after"] = self._get_monthly_fee_on(day)
        self._check_most(run, before, after)
        return amendment, figures, notes

    def _check_most(self, run, before, after):
        """Refuse what is beyond the run's cap, with the raises of a year before it.

        Else two runs of a day's distance would do what one may not.
        """
        earlier = self._get_earlier_growth(run)
        most = before * (1 + run.max_percent / 100) / max(earlier, 1)
        if self.currency_id.compare_amounts(after, most) <= 0:
            return
        text = self.env._(
            "The monthly fee would grow from %(before)s to %(after)s: more than "
            "%(most)s %%.",
            before=self.currency_id.format(before),
            after=self.currency_id.format(after),
            most=f"{run.max_percent:g}",
        )
        if earlier > 1:
            text += " " + self.env._(
                "Other price changes within twelve months make %(percent)s %% of it.",
                percent=f"{(earlier - 1) * 100:.4g}",
            )
        raise UserError(text)

    def _get_applied_price_lines(self, run):
        """Lines of other runs that changed this contract and still stand.

        sudo: whether it was done counts, not who may see it.
        """
        lines = self.env["support.price.run.line"].sudo()
        return lines.search(
            [
                ("contract_id", "=", self.id),
                ("run_id", "!=", run.id),
                ("state", "=", "applied"),
                ("amendment_id.undone_by_ids", "=", False),
            ]
        )

    def _get_earlier_growth(self, run):
        """By how much runs within twelve months of this one raised the fee: 1.1 is
        10 %.
        """
        day = run.date_effective
        first, last = shift_months(day, -12), shift_months(day, 12)
        growth = 1.0
        for line in self._get_applied_price_lines(run):
            if first < line.date_effective < last and line.fee_before:
                growth *= line.fee_after / line.fee_before
        return growth

    def _get_terms_move(self, terms, day):
        if self._get_terms(day) == terms:
            return []
        if terms.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "The contract is in %(currency)s and the new terms in %(other)s.",
                    currency=self.currency_id.name,
                    other=terms.currency_id.name,
                )
            )
        if terms.state != "published":
            raise UserError(self.env._("%s is not published.", terms.display_name))
        if terms.company_id and terms.company_id != self.company_id:
            raise UserError(
                self.env._("%s belongs to another company.", terms.display_name)
            )
        return [(self, {"terms_id": terms.id})]

    def _check_price_change(self, run, services):
        """Refuse what comes too early by the terms, or too late for the invoices."""
        day = run.date_effective
        today = self.company_id._support_today()
        months = self._get_agreed("price_notice_months", today).value
        earliest = shift_months(today, months)
        if day < earliest:
            raise UserError(
                self.env._(
                    "The terms ask for %(months)s months' notice: not before %(day)s.",
                    months=months,
                    day=format_date(self.env, earliest),
                )
            )
        allowed = self._get_agreed("price_change_in_min_term", today).value
        for service in services:
            if service.date_min_end and service.date_min_end >= day and not allowed:
                raise UserError(
                    self.env._(
                        "%(service)s: the minimum term runs until %(day)s.",
                        service=service.type_id.name,
                        day=format_date(self.env, service.date_min_end),
                    )
                )
            charged = service._get_billed_through()
            if charged and charged >= day:
                raise UserError(
                    self.env._(
                        "%(service)s is charged through %(day)s already.",
                        service=service.type_id.name,
                        day=format_date(self.env, charged),
                    )
                )
        for line in self._get_applied_price_lines(run):
            other = line.run_id
            apart = (
                run.type_ids and other.type_ids and not (run.type_ids & other.type_ids)
            )
            if (other.date_effective, other.kind) == (day, run.kind) and not apart:
                raise UserError(
                    self.env._(
                        "Its prices change from that day already: %s.", other.name
                    )
                )

    def _get_services_on(self, day):
        """Services with a monthly fee that run on a day."""
        services = self.service_ids
        running = services.filtered(
            lambda service: service.type_id.basis != "usage"
            and service.date_start <= day
            and not (service.date_end and service.date_end < day)
        )
        # What is read of them is read for those of other contracts as well.
        return running.with_prefetch(services._prefetch_ids)

    def _get_monthly_fee_on(self, day):
        """What a whole month costs by what is agreed for ``day``, at the counts that
        are known for it today.
        """
        self.ensure_one()
        month = calendar_month(day)
        period = BillingPeriod(full=month, covered=month, due=day)
        total = 0.0
        # sudo: what the fee is computed from may be closed to who asks for it.
        for service in self.sudo()._get_services_on(day):
            if service._lacks_instances(day):
                quantity = Quantity(0, "lines")
            else:
                quantity = service._get_quantity(day)
            figures = service._get_figures(day)
            total += float(service._compute_price(period, quantity, figures).amount)
        return self.currency_id.round(total)

    def _get_fees_or_nothing(self, day):
        """The fee of a contract that is left as it is, where it is known."""
        try:
            fee = self._get_monthly_fee_on(day)
        except UserError:
            fee = 0.0
        return {"fee_before": fee, "fee_after": fee}


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _lacks_instances(self, day):
        """Whether there is nothing that its fee could be computed from."""
        self.ensure_one()
        # sudo: see _get_monthly_fee_on.
        return self.type_id.basis == "lines" and not (
            self.contract_id.sudo()._get_billed_instances(day)
        )

    def _get_raise(self, run):
        """What has to change so that this service costs the run's percentage more.

        :return: (changes as ``contract._amend`` takes them, a note or None)
        """
        self.ensure_one()
        day = run.date_effective
        name = self.type_id.name
        price, minimum = (
            self._get_agreed("price", day),
            self._get_agreed("minimum", day),
        )
        conditions = self.env["support.contract.condition"].browse(
            one.condition_id for one in (price, minimum) if one.is_special
        )
        if conditions and not run.raise_agreed:
            return [], self.env._("%s: its agreed price stays.", name)
        if until := [end for end in conditions.mapped("date_end") if end]:
            return [], self.env._(
                "%(service)s: its agreed price holds until %(day)s.",
                service=name,
                day=format_date(self.env, min(until)),
            )
        if self._get_agreed("tiers", day).value:
            return [], self.env._(
                "%s has a ladder of prices: move the contract to terms with another "
                "ladder.",
                name,
            )
        changes = []
        if price.value:
            changes.append((self, {"price_unit": self._raised(price.value, run)}))
        if minimum.value:
            changes += self._get_minimum_changes(self._raised(minimum.value, run), day)
        return changes, None

    def _raised(self, value, run):
        return self.currency_id.round(value * (100 + run.percent) / 100)

    def _get_minimum_changes(self, value, day):
        """As `_get_amendment_changes` does it for a price: a condition from its day."""
        own = self.condition_ids.filtered(lambda one: one.key == "minimum")
        current = own.filtered(lambda one: one._holds_on(day))
        if current.date_start == day and current:
            return [(current, {"value": value})]
        later = own.filtered(lambda one: one.date_start and one.date_start > day)
        until = min(later.mapped("date_start"), default=None)
        changes = [(current, {"date_end": day - ONE_DAY})] if current else []
        vals = {
            "contract_id": self.contract_id.id,
            "service_id": self.id,
            "key": "minimum",
            "value": value,
            "date_start": day,
            "date_end": until and until - ONE_DAY,
        }
        return [*changes, (own.browse(), vals)]

    def _describe_price_on(self, day):
        """What makes the price of a day, in words: discount, minimum, ladder too."""
        self.ensure_one()
        text = self._describe_price(self._get_term_figures(day))
        if self._get_agreed("tiers", day).value:
            price = self.contract_id._get_terms(day)._get_price(self.type_id)
            text += "; " + price.ladder
        return text

    def _get_price_label(self, step):
        """What the price is for, as customers say it."""
        self.ensure_one()
        name = self.type_id.name
        if self.basis == "lines":
            return self.env._(
                "%(service)s, a month per started %(step)s lines of code",
                service=name,
                step=step,
            )
        if self.basis == "fixed":
            return self.env._("%s, a month", name)
        return self.env._("%s, a month for each", name)
