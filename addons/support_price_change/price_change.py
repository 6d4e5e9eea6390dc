# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tools import float_round, format_date

from odoo.addons.support_contract.agreed import price_decimals
from odoo.addons.support_contract.as_if import as_if_amended
from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, shift_months
from odoo.addons.support_contract.read_once import look_anew
from odoo.addons.support_contract_billing.simulation import Simulation


class PriceChange:
    """Change the prices of one contract as a run says, within what was agreed.

    :param contract: `support.contract`
    :param run: `support.price.run`
    :param applied: lines of other runs that changed this contract, if they are known:
        see :func:`get_applied_lines`
    """

    def __init__(self, contract, run, applied=None):
        contract.ensure_one()
        self.env = contract.env
        self.contract = contract
        self.run = run
        self.day = run.date_effective
        if applied is None:
            applied = get_applied_lines(contract, run)
        self.applied = applied
        # What a month costs before the change, once that is known.
        self.before = None

    def make(self):
        """Amend the contract.

        :return: (the amendment, {fee_before, fee_after}, notes); no amendment when
            there is nothing to change
        :raise UserError: with the reason, when the contract has to stay as it is
        """
        changes, figures, notes = self._plan()
        if not changes:
            return self.env["support.contract.amendment"], figures, notes
        amendment = self.contract._amend(self.day, self.run.reason, changes)
        self.env.flush_all()
        self._add_fee_after(figures)
        return amendment, figures, notes

    def simulate(self):
        """What `make` would do, in memory only.

        :return: (whether there is something to change, figures, notes)
        :raise UserError: as `make` does
        """
        changes, figures, notes = self._plan()
        if changes:
            with as_if_amended(self.contract, self.day, self.run.reason, changes):
                self._add_fee_after(figures)
        return bool(changes), figures, notes

    def _plan(self):
        """What has to change, as far as that may be.

        :return: (changes as `contract._amend` takes them, figures, notes)
        """
        services = self.contract._get_services_on(self.day)
        before = self.before = self.get_fee(self.contract)
        if self.run.kind == "terms":
            changes, notes = self._get_terms_changes(), []
            touched = services
        else:
            changes, notes, touched = self._get_raises(services)
        for service in touched:
            if self._lacks_instances(service):
                notes.append(
                    self.env._(
                        "%s: no instance is billed, so its fee is not known and not in "
                        "these figures.",
                        service.type_id.name,
                    )
                )
        figures = {"fee_before": before, "fee_after": before}
        if changes:
            self._check_agreed(touched)
        return changes, figures, notes

    def _add_fee_after(self, figures):
        # Other answers than those that were remembered before the change.
        figures["fee_after"] = self.get_fee(look_anew(self.contract))
        self._check_most(figures["fee_before"], figures["fee_after"])

    def get_fee(self, contract):
        """What a whole month costs by what is agreed for the day, at the counts that
        are known for it today.
        """
        unknown = contract.service_ids.filtered(self._lacks_instances)
        nothing = dict.fromkeys(unknown, Quantity(0, "lines"))
        return Simulation(contract, quantities=nothing).get_whole_fee(self.day)

    def _lacks_instances(self, service):
        """Whether there is nothing that its fee could be computed from."""
        # sudo: who changes prices need not see the customer's instances.
        return service.type_id.basis == "lines" and not (
            self.contract.sudo()._get_billed_instances(self.day)
        )

    # -- what has to change -------------------------------------------------------

    def _get_terms_changes(self):
        """Changes that move the contract to the run's terms.

        The amendment refuses those that were not meant for it.

        :return: list, as `contract._amend` takes them
        """
        terms = self.run.terms_id
        if self.contract._get_terms(self.day) == terms:
            return []
        if terms.state != "published":
            raise UserError(self.env._("%s is not published.", terms.display_name))
        return [(self.contract, {"terms_id": terms.id})]

    def _get_raises(self, services):
        """Changes that make these services cost the run's percentage more.

        :return: (changes as `contract._amend` takes them, notes, services that change)
        """
        changes, notes, touched = [], [], services.browse()
        for service in services:
            if self.run.type_ids and service.type_id not in self.run.type_ids:
                continue
            raised, note = self._get_raise(service)
            if raised:
                changes += raised
                touched += service
            if note:
                notes.append(note)
        return changes, notes, touched

    def _get_raise(self, service):
        """What has to change so that this service costs the run's percentage more.

        :return: (changes as `contract._amend` takes them, a note or None)
        """
        day = self.day
        name = service.type_id.name
        price = service._get_agreed("price", day)
        minimum = service._get_agreed("minimum", day)
        conditions = self.env["support.contract.condition"].browse(
            one.condition_id for one in (price, minimum) if one.is_special
        )
        if conditions and not self.run.raise_agreed:
            return [], self.env._("%s: its agreed price stays.", name)
        if until := [end for end in conditions.mapped("date_end") if end]:
            return [], self.env._(
                "%(service)s: its agreed price holds until %(day)s.",
                service=name,
                day=format_date(self.env, min(until)),
            )
        if service._get_agreed("tiers", day).value:
            return [], self.env._(
                "%s has a ladder of prices: move the contract to terms with another "
                "ladder.",
                name,
            )
        changes = []
        if price.value:
            changes.append((service, {"price_unit": self._raised(price.value)}))
        if minimum.value:
            changes += service._get_condition_changes(
                "minimum", self._raised(minimum.value), day
            )
        return changes, None

    def _raised(self, value):
        """In whole coins, or with parts of one where the old figure had them."""
        raised = value * (100 + self.run.percent) / 100
        places = price_decimals(value, self.contract.currency_id)
        return float_round(raised, precision_digits=places)

    # -- whether it may -----------------------------------------------------------

    def _check_agreed(self, services):
        """Refuse what comes too early by the terms, or too late for the invoices."""
        contract, day = self.contract, self.day
        # What is read of them is read for those of other contracts as well.
        services = services.with_prefetch(contract.service_ids._prefetch_ids)
        today = contract.company_id._support_today()
        months = contract._get_agreed("price_notice_months", today).value
        earliest = shift_months(today, months)
        if day < earliest:
            raise UserError(
                self.env._(
                    "The terms ask for %(months)s months' notice: not before %(day)s.",
                    months=months,
                    day=format_date(self.env, earliest),
                )
            )
        allowed = contract._get_agreed("price_change_in_min_term", today).value
        for service in services:
            # With the first day after a term, another one begins at the new price.
            bound = service._get_bound_end(day - ONE_DAY)
            if bound and bound.day >= day and not allowed:
                raise UserError(service._explain_earliest_end(bound))
            charged = service._get_billed_through()
            if charged and charged >= day:
                raise UserError(
                    self.env._(
                        "%(service)s is charged through %(day)s already.",
                        service=service.type_id.name,
                        day=format_date(self.env, charged),
                    )
                )
        self._check_other_runs()

    def _check_other_runs(self):
        """Refuse to change the same prices from the same day twice."""
        run = self.run
        for line in self.applied:
            other = line.run_id
            apart = (
                run.type_ids and other.type_ids and not (run.type_ids & other.type_ids)
            )
            same = (other.date_effective, other.kind) == (self.day, run.kind)
            if same and not apart:
                raise UserError(
                    self.env._(
                        "Its prices change from that day already: %s.", other.name
                    )
                )

    def _check_most(self, before, after):
        """Refuse what is beyond the run's cap, with the raises of a year before it.

        Else two runs of a day's distance would do what one may not.
        """
        currency = self.contract.currency_id
        earlier = self._get_earlier_growth()
        most = before * (1 + self.run.max_percent / 100) / max(earlier, 1)
        if currency.compare_amounts(after, most) <= 0:
            return
        text = self.env._(
            "The monthly fee would grow from %(before)s to %(after)s: more than "
            "%(most)s %%.",
            before=currency.format(before),
            after=currency.format(after),
            most=f"{self.run.max_percent:g}",
        )
        if earlier > 1:
            text += " " + self.env._(
                "Other price changes within twelve months make %(percent)s %% of it.",
                percent=f"{(earlier - 1) * 100:.4g}",
            )
        raise UserError(text)

    def _get_earlier_growth(self):
        """By how much runs within twelve months of this one raised the fee: 1.1 is
        10 %.
        """
        first, last = shift_months(self.day, -12), shift_months(self.day, 12)
        growth = 1.0
        for line in self.applied:
            if first < line.date_effective < last and line.fee_before:
                growth *= line.fee_after / line.fee_before
        return growth


def get_applied_lines(contracts, run):
    """Lines of other runs that changed these contracts and still stand.

    sudo: whether it was done counts, not who may see it.
    """
    lines_sudo = contracts.env["support.price.run.line"].sudo()
    return lines_sudo.search(
        [
            ("contract_id", "in", contracts.ids),
            ("run_id", "!=", run.id),
            ("state", "=", "applied"),
            ("amendment_id.undone_by_ids", "=", False),
        ]
    )
