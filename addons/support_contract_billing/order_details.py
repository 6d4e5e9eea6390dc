# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Order number and reference: what one customer wants to see on their invoices.

Both are dated: the last day of what is charged decides. And both are one customer's:
who takes the contract over has none until theirs is entered.
"""

from odoo.exceptions import UserError

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.read_once import remember

ORDER_DETAILS = ("billing_order_number", "billing_reference")


class OrderDetails:
    """What holds for one contract, and how it changes.

    :param contract: `support.contract`
    """

    def __init__(self, contract):
        self.contract, self.env = contract, contract.env

    def get(self, day, customer):
        """(order number, reference) that hold on a day; empty texts where none do.

        :param customer: who is charged; somebody else than had the contract then has
            none
        """
        return remember(
            self.env,
            ("order details", self.contract, day, customer),
            lambda: self._find(day, customer),
        )

    def _find(self, day, customer):
        since = self._get_first_day(day)
        if customer.commercial_partner_id != self._get_customer(day):
            return tuple("" for _name in ORDER_DETAILS)
        return tuple(self._get_value(name, since, day) or "" for name in ORDER_DETAILS)

    def _get_value(self, name, since, day):
        contract = self.contract
        lines = contract._get_lines_of(name)
        if not lines:
            # Nothing was ever said of a day: it is of who has the contract today.
            today = contract.company_id._support_today()
            return self._get_first_day(today) == since and contract[name]
        due = lines.filtered(
            lambda line: line.amendment_id.date_effective <= day
            and (not since or line.amendment_id.date_effective >= since)
        )
        if due:
            return contract._decode_value(name, due[-1]._get_text("after"))
        # Before anybody took it over, what the first change replaced.
        return not since and contract._decode_value(name, lines[0]._get_text("before"))

    def _get_customer(self, day):
        return self.contract._value_on("partner_id", day).commercial_partner_id

    def _get_first_day(self, day):
        """Since when the customer of a day has the contract; none for the first one."""
        lines = self.contract._get_lines_of("partner_id")
        if not lines:
            return None
        days = {*lines.amendment_id.mapped("date_effective")}
        return max(
            (
                change
                for change in days
                if change <= day
                and self._get_customer(change) != self._get_customer(change - ONE_DAY)
            ),
            default=None,
        )

    def enter(self, vals):
        """Write what somebody enters on a contract that runs.

        The first one holds for all that the customer was not asked for yet, another
        one from today: what is older keeps the number that it was ordered by.

        :param vals: {name: value} that differ
        :return: what is left to be written by itself, since it says nothing of days
        """
        contract = self.contract
        plain, by_day = {}, {}
        for name, value in vals.items():
            if day := self._get_day_to_enter(name):
                by_day.setdefault(day, {})[name] = value
            else:
                plain[name] = value
        for day, values in by_day.items():
            # sudo: who may write a contract need not be able to amend what is money.
            contract.sudo()._amend(
                day, self.env._("Entered on the contract"), [(contract.sudo(), values)]
            )
        return plain

    def _get_day_to_enter(self, name):
        contract = self.contract
        today = contract.company_id._support_today()
        if contract[name]:
            return today
        lines = contract._get_lines_of(name)
        if not lines and not contract._get_lines_of("partner_id"):
            return None
        days = [day for day in lines.amendment_id.mapped("date_effective")]
        days += [self._get_first_day(today), contract.date_start]
        return max((day for day in days if day and day <= today), default=today)


def get_addressee(contract, day, customer):
    """Whom a document is for, and what they want to see on it: what differs here shares
    no document.

    :return: (`res.partner`, order number, reference)
    """
    return (customer, *contract._get_order_details(day, customer))


def get_addressee_of_vals(contract, vals):
    """The same for a charge that is not made yet.

    :param vals: of a `support.charge`
    """
    charge = contract.env["support.charge"].browse(vals.get("corrects_id") or ())
    if charge:
        return charge._get_addressee()
    day = vals.get("period_end") or vals["date"]
    return remember(
        contract.env,
        ("addressee", contract, day),
        lambda: get_addressee(contract, day, contract._value_on("partner_id", day)),
    )


def check_addressee(contract, addressee):
    """Refuse what the customer would not take, or who cannot be invoiced.

    :param addressee: see :func:`get_addressee`
    :raise UserError: with what to do
    """
    env = contract.env
    customer, number, reference = addressee
    if not customer.active:
        raise UserError(
            env._(
                "The customer %s is archived. Restore it, or end the contract.",
                customer.name,
            )
            if customer == contract.partner_id
            else env._(
                "The former customer %s is archived. Restore it, or waive what "
                "it owes.",
                customer.name,
            )
        )
    if contract.billing_order_required and not number:
        raise UserError(
            env._(
                "%s wants their order number on every invoice. Ask them for it and "
                "enter it on the contract.",
                customer.name,
            )
        )
    if contract.billing_reference_required and not reference:
        raise UserError(
            env._(
                "%s wants their reference on every invoice. Ask them for it and "
                "enter it on the contract.",
                customer.name,
            )
        )
