# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be charged and invoiced on a day."""

from dateutil.relativedelta import relativedelta

from odoo.tools import groupby

from odoo.addons.support_contract.periods import ONE_DAY


def get_contracts_to_invoice(contracts, today=None):
    """Those of these contracts that an invoice is to be made for.

    A fee waits for the next invoice of the services; after the last of them it
    gets one of its own.
    """
    waiting = contracts._get_pending_charges(today).contract_id
    return contracts.filtered(
        lambda contract: contract._has_due_services(today)
        or (
            contract in waiting
            and (contract._is_over(today) or not contract._get_services_to_come(today))
        )
        or contract._is_evidence_due(today)
    )


def get_pending_charges(contracts, today=None):
    """Charges of these contracts that wait for an invoice and may be on one today.

    :return: `support.charge`, in the order in which they were made
    """
    charges = contracts.env["support.charge"].search(
        [("contract_id", "in", contracts.ids), ("state", "=", "pending")], order="id"
    )
    days = {
        company: today or company._support_today() for company in contracts.company_id
    }
    pending = charges.filtered(
        lambda charge: charge.date <= days[charge.contract_id.company_id]
        and charge.currency_id == charge.contract_id.currency_id
    )
    # A correction is not invoiced before what it corrects.
    while waiting := pending._get_waiting_corrections():
        pending -= waiting
    return pending


def get_waiting_evidence(contracts, today=None):
    """Metered evidence of months that are over, and that has no charge yet.

    :return: {contract: records as `_get_uncharged_evidence` returns them}, without
        contracts that have none
    """
    evidence = []
    for company, own in contracts.grouped("company_id").items():
        # What is before the running month can be charged.
        month = (today or company._support_today()) + relativedelta(day=1)
        evidence += own._get_uncharged_evidence(last=month - ONE_DAY)
    return dict(groupby(evidence, lambda one: one.contract_id))


def get_held_services(contract):
    """Why services that run are not charged, a sentence a line; or nothing."""
    if contract.state not in ("active", "notice"):
        return False
    today = contract.company_id._support_today()
    running = contract.service_ids.filtered(lambda service: not service._is_over(today))
    return "\n".join(filter(None, (one._get_held_reason() for one in running)))
