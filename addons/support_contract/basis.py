# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the quantity of a service is counted by: lines, users, instances, …

A basis is **one method on `support.contract.service`**, and the decorator registers
it. It answers how much of the service there is on a day, and is all that a new way of
charging needs; price, ladder, minimum, discount, periods and invoices come by
themselves::

    from odoo import models
    from odoo.tools import LazyTranslate

    from odoo.addons.support_contract.basis import Quantity, basis

    _lt = LazyTranslate(__name__)


    class SupportContractService(models.Model):
        _inherit = "support.contract.service"

        @basis("open_ticket", _lt("Open tickets"))
        def _basis_open_ticket(self, day):
            number = self.env["my.ticket"].search_count([...])
            return Quantity(number, self.env._("open tickets"))

The code is then a choice of *Basis* on the service types. Rules for the method:

* it is called on one service, with the last day that is charged (arrears) or the first
  one (advance), and reads only. What the customer is to know when the month begins it
  looks up as it was then: `self._get_whole_period(day)`;
* it runs in the customer's language, so a unit in words is `self.env._("…")`;
* it raises a `UserError` that says what to do when it cannot know: nothing is ever
  charged as zero because a figure is missing.

`tests/addons/support_contract_example_basis` in the project is a whole add-on.
"""

import inspect
from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """How much of a service there is.

    :param value: a number, zero or more
    :param unit: `lines`, `users`, `instances`, `hours`, or a word of your own in the
        reader's language. Without a unit the price is a fixed one.
    :param count_ids: the line counts (`support.count`) that prove the value, if any
    :param provisional: it is not final: a correction follows
    :param notes: sentences about it for the invoice, in the reader's language
    """

    value: float
    unit: str = ""
    count_ids: object = ()
    provisional: bool = False
    notes: tuple = ()


def basis(code, label):
    """Register a method of `support.contract.service` as the basis `code`.

    :param label: what people choose it by, made with `LazyTranslate`
    """

    def register(method):
        method.support_basis = (code, label)
        return method

    return register


def registered_bases(model_class):
    """{code: (name of the method, label)}, the ones of the base add-on first.

    An override needs no decorator: the name leads to the outermost method.
    """
    bases = {}
    for definition in reversed(inspect.getmro(model_class)):
        for name, attribute in vars(definition).items():
            if inspect.isfunction(attribute) and hasattr(attribute, "support_basis"):
                code, label = attribute.support_basis
                bases[code] = (name, label)
    return bases
