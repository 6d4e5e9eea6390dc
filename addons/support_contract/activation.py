# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an agreement lacks before it can be active."""

from dataclasses import dataclass

from odoo.exceptions import UserError
from odoo.tools import format_date

from .signing import find_changed


def check_can_activate(contract):
    """Refuse to activate a contract that lacks something."""
    if missing := contract._get_activation_obstacles():
        raise UserError(
            contract.env._(
                "%(contract)s cannot become active yet:\n%(obstacles)s",
                contract=contract.name,
                obstacles="\n".join(f"- {line}" for line in missing),
            )
        )


def check_can_send(contract):
    """Refuse to have signed what could not become active afterwards."""
    missing = [
        check.text
        for check in contract._get_activation_checks()
        if not (check.done or check.by_customer)
    ]
    if missing:
        raise UserError(
            contract.env._(
                "%(contract)s cannot be sent to sign yet:\n%(obstacles)s",
                contract=contract.name,
                obstacles="\n".join(f"- {line}" for line in missing),
            )
        )


@dataclass(frozen=True)
class Check:
    """One thing that an agreement needs before it can be active.

    :param done: whether it is there
    :param text: what is there, or what to do
    :param by_customer: whether the customer does it, so that it comes after sending
    """

    done: bool
    text: str
    by_customer: bool = False


def find_checks(contract):
    """What is looked at; see ``contract._get_activation_checks()``.

    :param contract: ``support.contract``
    """
    env, terms = contract.env, contract.terms_id
    services = contract.service_ids
    checks = [
        Check(True, env._("It has services: %s.", _name(services.type_id)))
        if services
        else Check(False, env._("Add at least one service."))
    ]
    missing = [text for one in services for text in one._get_activation_obstacles()]
    checks += [Check(False, text) for text in missing]
    if services and not missing:
        checks.append(Check(True, env._("Every service has a price.")))
    checks += _check_begin(contract)
    checks.append(
        Check(True, env._("Its terms are published: %s.", terms.display_name))
        if terms.state != "draft"
        else Check(False, env._("Publish its terms."))
    )
    if terms.currency_id != contract.currency_id:
        text = env._(
            "Its currency is %(currency)s and that of its terms %(other)s: "
            "choose terms in its currency.",
            currency=contract.currency_id.name,
            other=terms.currency_id.name,
        )
        checks.append(Check(False, text))
    return [*checks, _check_signed(contract)]


def _name(types):
    return ", ".join(name for name in types.mapped("name") if name)


def _check_begin(contract):
    """Months would be charged at once that somebody else may have billed."""
    env, today = contract.env, contract.company_id._support_today()
    if not contract.date_start or contract.date_start >= today.replace(day=1):
        return []
    if day := contract.billed_through:
        text = env._("Billed elsewhere through %s.", format_date(env, day))
        return [Check(True, text)]
    text = env._(
        "It began before this month: enter under “Billed Through” the last "
        "day that was billed elsewhere, or the day before it began if "
        "nothing was."
    )
    return [Check(False, text)]


def _check_signed(contract):
    env = contract.env
    # What is being edited in a form was not signed by anybody yet.
    if find_changed(contract._origin):
        text = env._("It changed after the customer signed: send it to sign again.")
        return Check(False, text, by_customer=True)
    if not contract.date_signed:
        text = env._("Enter the date on which it was signed.")
        return Check(False, text, by_customer=True)
    return Check(True, env._("Signed on %s.", format_date(env, contract.date_signed)))
