# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What days to come cost, given some facts: one answer for all who look ahead."""

from dataclasses import dataclass, replace

from odoo import models
from odoo.exceptions import UserError

from .due import prefetch_pieces
from .periods import BillingPeriod


@dataclass(frozen=True)
class ServiceFees:
    """What one service costs in the billing periods of some days.

    :param service: `support.contract.service`
    :param fees: list of :class:`.fees.Fee`, in the order of their periods
    :param error: why they are not known, in words
    """

    service: models.BaseModel
    fees: list
    error: str = ""

    @property
    def amount(self):
        return float(sum(fee.price.amount for fee in self.fees))


class Simulation:
    """What a contract costs on days to come, by the code that charges them then.

    The forecast, a what-if, the fee that is shown, the announcement of another one and
    a change of prices ask the same and show it differently. Known ends, scheduled
    amendments and special conditions are in the answer; the lines of code are those
    that count for each period, as far as they are known today. Nothing is written. What
    is metered is left out: nobody knows it before.

    The preview of invoices shows documents of one day, with everything else that waits
    for them. It does not ask here: it runs billing itself for that day, in memory.

    :param contract: `support.contract`
    :param services: services that are assumed instead of its own; some may be virtual
    :param quantities: {service: `basis.Quantity` that is assumed instead of what there
        is}
    """

    def __init__(self, contract, services=None, quantities=None):
        self.contract = contract.sudo()
        # sudo: who sees the contract sees its fee, whatever it is computed from.
        services = (contract.service_ids if services is None else services).sudo()
        monthly = services.filtered(lambda one: one._has_monthly_fee())
        # What is read of them is read for those of other contracts as well.
        self.services = monthly.with_prefetch(services._prefetch_ids)
        self.quantities = quantities or {}

    def get_fees(self, start, end):
        """What each service costs in the billing periods that begin in these days.

        :param start: first day; periods that begin before are left out
        :param end: last day on which a period may begin
        :return: list of :class:`ServiceFees`
        """
        found = []
        for service in self.services:
            try:
                quantity = self.quantities.get(service)
                fees = service._get_fee_pieces(start, end, quantity)
                found.append(ServiceFees(service, fees))
            except UserError as error:
                found.append(ServiceFees(service, [], str(error)))
        return found

    def get_whole_fees(self, day):
        """What a whole month of each service that runs on a day costs, by what is
        agreed for it.

        :return: {service: :class:`.fees.Fee`}
        :raise UserError: when one of them has no price, or nothing to compute it from
        """
        fees = {}
        for service in self.services:
            if service._runs_on(day):
                whole = service._get_whole_period(day)
                fees[service] = service._get_fee(
                    BillingPeriod(whole, whole, day), self.quantities.get(service), day
                )
        return fees

    def get_whole_fee(self, day):
        """What a whole month of all services that run on a day costs; see above."""
        return self.add_up(self.get_whole_fees(day))

    def add_up(self, fees):
        """What these fees are together, as `get_whole_fees` returns them."""
        total = sum(float(fee.price.amount) for fee in fees.values())
        return self.contract.currency_id.round(total)


def get_fees_with_lines(contract, lines):
    """What a whole month costs today, and would with so many lines of code more.

    :param contract: `support.contract`
    :param lines: how many more; fewer than none for less code
    :return: (before, after) in its currency, or None where nothing is charged by lines
        or the fee cannot be computed today
    """
    today = contract.company_id._support_today()
    try:
        quantities = {
            service: replace(quantity, value=quantity.value + lines)
            for service in contract._get_services_on(today)
            if service.type_id.basis == "lines"
            and (quantity := service._get_quantity(today))
        }
        if not quantities:
            return None
        before = Simulation(contract).get_whole_fee(today)
        return before, Simulation(contract, quantities=quantities).get_whole_fee(today)
    except UserError:
        return None


def prefetch_fees(services, start, end):
    """Read what the fees of many services in these days are computed from at once.

    :param services: `support.contract.service`, as `read_once` gave them
    :param start: as for `Simulation.get_fees`
    :param end: likewise
    """
    # sudo: see Simulation.
    own = services.sudo().with_prefetch(services._prefetch_ids)
    prefetch_pieces(
        services.env,
        {service: service._get_whole_periods(start, end) for service in own},
    )
