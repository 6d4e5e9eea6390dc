# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What an agreement lacks before it can be active."""

from odoo.exceptions import UserError

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


def find_obstacles(contract):
    """Sentences that say what is missing; see `contract._get_activation_obstacles()`.

    :param contract: ``support.contract``
    """
    env, missing = contract.env, []
    if find_changed(contract):
        missing.append(
            env._("It changed after the customer signed: send it to sign again.")
        )
    elif not contract.date_signed:
        missing.append(env._("Enter the date on which it was signed."))
    if not contract.service_ids:
        missing.append(env._("Add at least one service."))
    if contract.terms_id.state == "draft":
        missing.append(env._("Publish its terms."))
    today = contract.company_id._support_today()
    if (
        contract.date_start
        and contract.date_start < today.replace(day=1)
        and not contract.billed_through
    ):
        # Months would be charged at once that somebody else may have billed.
        missing.append(
            env._(
                "It began before this month: enter under “Billed Through” the last "
                "day that was billed elsewhere, or the day before it began if "
                "nothing was."
            )
        )
    terms = contract.terms_id
    if terms.currency_id != contract.currency_id:
        missing.append(
            env._(
                "Its currency is %(currency)s and that of its terms %(other)s: "
                "choose terms in its currency.",
                currency=contract.currency_id.name,
                other=terms.currency_id.name,
            )
        )
    for service in contract.service_ids:
        missing += service._get_activation_obstacles()
    return missing
