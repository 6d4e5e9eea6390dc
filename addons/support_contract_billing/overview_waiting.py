# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What waits for somebody today, whatever month the overview shows."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import split_every

from odoo.addons.support_contract.read_once import read_once

from .questions import find_held, find_questions
from .sending import find_unreached

# Contracts looked at in one go; bounds the memory.
CHUNK = 500


def find_waiting_work(env, open_work):
    """What waits for somebody to act: contracts, drafts, charges, counts.

    :param open_work: {kind: (model, domain)} of what the overview counts itself
    :return: list of (name, records, {currency: sum})
    """
    counted = {
        kind: env[model].search(domain) for kind, (model, domain) in open_work.items()
    }
    # They could be on an invoice today, and are not.
    charges = env["support.charge"].search(
        [
            ("company_id", "in", env.companies.ids),
            ("state", "in", ("pending", "held")),
            ("date", "<=", env.company._support_today()),
        ]
    )
    held = charges.filtered(lambda charge: charge.state == "held")
    corrections = (charges - held).filtered(lambda charge: charge.kind == "correction")
    asked, since = find_questions(env)
    age = (fields.Datetime.now() - since).days if since else 0
    found = [
        (env._("Questions from customers, the oldest %s days old", age), asked),
        (env._("Invoices on hold"), find_held(env)),
        (env._("Missed months to agree to"), counted["waiting"]),
        (env._("Drafts to review"), counted["drafts"]),
        (env._("Posted, not sent"), counted["unsent"]),
        (env._("Held charges"), held),
        (env._("Corrections for the next invoice"), corrections),
        (env._("Charges for the next invoice"), charges - held - corrections),
        # Whatever became of their invoices: the difference is still to come.
        (env._("Charged by an old count"), charges._get_provisional(env.companies)),
        (env._("Due and not charged yet"), _get_unbilled(env)),
        (env._("Services that are held"), _get_held_contracts(env)),
        (env._("Line counts to review"), counted["review"]),
    ]
    return [(name, records, _sum_up(records)) for name, records in found]


def get_unsent_domain(env):
    """Domain of posted invoices that nobody sent, or that did not arrive.

    What is paid has arrived, and what is in the queue is on its way.
    """
    own = [("company_id", "in", env.companies.ids)]
    unsent = Domain(
        [
            ("state", "=", "posted"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("payment_state", "in", ("not_paid", "partial")),
            ("is_move_sent", "=", False),
            ("sending_data", "=", False),
            ("invoice_line_ids.support_charge_ids", "!=", False),
            *own,
        ]
    )
    return unsent | Domain("id", "in", find_unreached(env, own).ids)


def _sum_up(records):
    """{currency: sum} of invoices or charges; what a draft gives back is less."""
    if records._name == "support.charge":
        return dict(_sum_by_currency(records, "amount"))
    if records._name != "account.move":
        return {}
    sums = dict(_sum_by_currency(records, "amount_untaxed_in_currency_signed"))
    # What rounds the totals is no service.
    rounding = records.line_ids.browse()._read_group(
        [
            ("move_id", "in", records.ids),
            ("display_type", "=", "rounding"),
            ("tax_line_id", "=", False),
        ],
        ["currency_id"],
        ["amount_currency:sum"],
    )
    for currency, amount in rounding:
        sums[currency] = sums.get(currency, 0.0) + amount
    return sums


def _sum_by_currency(records, name):
    return records._read_group(
        [("id", "in", records.ids)], ["currency_id"], [f"{name}:sum"]
    )


def _get_unbilled(env):
    """Contracts with something due that no run has charged, and nothing stops."""
    Contract = env["support.contract"]
    candidates = Contract.search(
        Contract._get_running_domain()
        & Domain("company_id", "in", env.companies.ids)
        & Domain("billing_error", "=", False)
        & Domain("billing_wait", "=", False),
        order="id",
    )
    found = []
    # sudo: accountants read the contracts; what a fee is computed from may be
    # closed to them.
    for ids in split_every(CHUNK, candidates.ids):
        chunk_sudo = read_once(Contract.sudo()).browse(ids)
        found += chunk_sudo.filtered(lambda one: one._has_due_services()).ids
    return Contract.browse(found)


def _get_held_contracts(env):
    """Contracts with a service that no installed add-on can charge."""
    contracts = env["support.contract"].search(
        [
            ("company_id", "in", env.companies.ids),
            ("state", "in", ("active", "notice")),
            ("service_ids.type_id.basis", "=", "usage"),
        ]
    )
    return contracts.filtered("held_services")
