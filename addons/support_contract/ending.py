# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What takes effect by itself: amendments on their day, the reminder of a renewal, and
the end of a contract.
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from .renewal import find_to_remind, remind
from .transactions import work_alone

AMEND_FAILED = "support_contract.activity_amend_failed"


def find_due(contracts):
    """Contracts with an amendment whose day has come, whose last day is over, or of
    whose renewal somebody is to be reminded.

    Those that failed before are among them: a success takes the note away.

    :param contracts: any ``support.contract``
    """
    scheduled = contracts.env["support.contract.amendment"].search(
        [("state", "=", "scheduled")]
    )
    running = contracts.search(
        [("state", "in", ("active", "notice")), ("date_end", "!=", False)]
    )
    failed = contracts.search([("amend_error", "!=", False)])
    return (
        scheduled.filtered(lambda amendment: amendment._is_due()).contract_id
        | running.filtered(_is_run_out)
        | find_to_remind(contracts)
        | failed
    )


def bring_up_to_date(contract):
    """Amend, end and remind of one contract unattended; a failure stays with it.

    Its amendments are applied in order, all or none: a later one may build on one
    that failed. Only what no installed add-on knows any more is held alone, since
    nothing that is applied can build on it.
    """

    def work():
        held = apply_due_amendments(contract)
        if _is_run_out(contract):
            contract.action_end()
        remind(contract)
        if held:
            note("\n".join(line._get_unserved_reason() for line in held))
        else:
            contract._clear_failure("amend_error", AMEND_FAILED)

    def note(error):
        """:param error: an exception, or a sentence"""
        contract._record_failure("amend_error", AMEND_FAILED, error)

    work_alone(contract, work, note, "could not be amended or ended")


def apply_due_amendments(contract):
    """Let the scheduled amendments of a contract take effect on their day.

    :return: `support.contract.amendment.line` that are held, since no installed
        add-on knows any more what they are about
    """
    held = contract.env["support.contract.amendment.line"]
    scheduled = contract.amendment_ids.filtered(lambda one: one._has_work())
    # Not in the order in which they were agreed: the latest day has the last word.
    for amendment in scheduled.sorted(lambda one: (one.date_effective, one.id)):
        held |= amendment._apply()
    return held


def _is_run_out(contract):
    """Whether the last day is over; a day late is no harm, dates decide rights."""
    return bool(
        contract.state in ("active", "notice")
        and contract.date_end
        and contract.date_end < contract.company_id._support_today()
    )


def check_can_end(contract):
    """Refuse to end a contract that still runs, or never did."""
    env = contract.env
    if contract.state not in ("active", "notice"):
        raise UserError(env._("Only a running contract can end."))
    if not contract.date_end:
        raise UserError(
            env._(
                "%(contract)s has services that run on. Give notice first.",
                contract=contract.name,
            )
        )
    if contract.date_end >= contract.company_id._support_today():
        raise UserError(
            env._(
                "%(contract)s runs until %(day)s and ends by itself then.",
                contract=contract.name,
                day=format_date(env, contract.date_end),
            )
        )


def open_checklist(contract):
    """Write down what has to be done when a contract is over."""
    env = contract.env
    known = set(contract.checklist_ids.mapped("code"))
    contract.checklist_ids = [
        fields.Command.create({"code": code})
        for code in contract._get_checklist_codes()
        if code not in known
    ]
    contract.activity_schedule(
        "mail.mail_activity_data_todo",
        summary=env._("Close the ended contract: work through its checklist"),
        user_id=(contract.user_id or env.user).id,
    )
