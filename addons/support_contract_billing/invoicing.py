# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From what is due to posted invoices, for many contracts at once."""

from dataclasses import dataclass, field

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date
from odoo.tools.misc import clean_context

from odoo.addons.support_contract.read_once import read_once

from .corrections import true_up
from .crediting import split_by_document
from .due import (
    Backlog,
    get_instances_to_count,
    get_pending_charges,
    get_waiting_evidence,
    prefetch_pieces,
    without_waiting,
)
from .fees import get_change_notes, get_history
from .order_details import check_addressee, get_addressee, get_addressee_of_vals
from .taxation import get_corrected_line, prefetch_customers

BILLING_FAILED = "support_contract_billing.activity_billing_failed"


@dataclass
class Outcome:
    """What came of billing one contract.

    :param state: `done`, `skipped` or `failed`
    :param reason: a sentence on why it was skipped or failed
    :param moves: the invoices that carry its charges
    :param charges: what was charged
    """

    state: str
    reason: str = ""
    moves: object = ()
    charges: object = ()
    error: Exception | None = field(default=None, repr=False)


class Invoicing:
    """One round of billing for contracts of one company.

    First `prepare`, which writes nothing, and is all that a look ahead needs: what is
    wrong with one contract is found there, and is its outcome alone. Then `make`: the
    charges and the invoices that carry them.

    :param attended: a person asks for exactly these contracts, so that neither
        grace days nor missed months hold them back
    :param today: another day than the company's, to look ahead
    """

    def __init__(self, contracts, attended=False, today=None):
        self.contracts, self.env = contracts, contracts.env
        self.attended, self.today = attended, today
        # {contract: Outcome} that is certain already
        self.outcomes = {}
        # {contract to invoice: values of its new charges}
        self.new = {}
        # {contract: charges that wait for an invoice}
        self.waiting = {}
        # {contract: {addressee that cannot be invoiced now: why}}
        self.refused = {}

    # === WHAT IS DUE === #

    def prepare(self):
        """Find out what would be on the invoices of these contracts; writes nothing."""
        contracts, today = self.contracts, self.today
        self.waiting = get_pending_charges(contracts, today).grouped("contract_id")
        metered = get_waiting_evidence(contracts, today)
        # What was missed is so today, whichever day is looked ahead to.
        late, metered_late = self.waiting, metered
        if today and not self.attended:
            late = get_pending_charges(contracts).grouped("contract_id")
            metered_late = get_waiting_evidence(contracts)
        due = self._get_due_periods()
        known = {}
        for contract, periods in due.items():
            try:
                backlog = self._get_unapproved_backlog(
                    contract,
                    None if today else periods,
                    late.get(contract, self.env["support.charge"]),
                    metered_late.get(contract, []),
                )
                if backlog:
                    self.outcomes[contract] = Outcome("skipped", backlog)
                    continue
                new = contract._prepare_due_charge_vals(periods)
                used = contract._prepare_evidence_charges_vals(
                    metered.get(contract, [])
                )
                new += [vals for vals, _evidence in used]
                self._check_addressees(contract, new)
                contract._check_invoiceable(self._get_products(contract, new), known)
            except UserError as error:
                self.outcomes[contract] = Outcome("failed", str(error), error=error)
                continue
            self.new[contract] = new
        return self

    def _check_addressees(self, contract, new):
        """Find out whom nothing can be sent to now; the others are invoiced.

        :param new: values of the charges that are to be made
        :raise UserError: when nobody is left
        """
        addressees = {
            get_addressee_of_vals(contract, vals)
            for vals in new
            if vals.get("amount") and vals.get("state", "pending") == "pending"
        }
        for charge in self.waiting.get(contract, ()):
            addressees.add(charge._get_addressee())
        if not addressees:
            today = self.today or contract.company_id._support_today()
            addressees = {get_addressee(contract, today, contract.partner_id)}
        refused = {}
        for addressee in addressees:
            try:
                check_addressee(contract, addressee)
            except UserError as error:
                refused[addressee] = error
        if len(refused) == len(addressees):
            raise next(iter(refused.values()))
        self.refused[contract] = refused

    def _get_unapproved_backlog(self, contract, *open_work):
        """Why the scheduled action leaves the contract to a person; or nothing.

        :param open_work: see :class:`.due.Backlog`
        """
        if self.attended or contract.backlog_approved:
            return ""
        if not (missed := Backlog(contract, *open_work).describe()):
            return ""
        return self.env._(
            "More than one month was missed. Look at what would be charged and agree "
            "to it:\n%s",
            missed,
        )

    def _get_due_periods(self):
        """{contract: {service: periods}} of those for which that can be computed."""
        due = {}
        # The services remember what is agreed, also while they are priced.
        for contract, seen in zip(
            self.contracts, read_once(self.contracts), strict=True
        ):
            try:
                due[contract] = seen._get_due_periods(self.attended, self.today)
            except UserError as error:
                self.outcomes[contract] = Outcome("failed", str(error), error=error)
        prefetch_pieces(
            self.env,
            {service: own for found in due.values() for service, own in found.items()},
        )
        return due

    def _get_products(self, contract, new):
        """What is going to be on the invoice of a contract, with the VAT of today."""
        products = {vals["product_id"] for vals in new if not vals.get("corrects_id")}
        for charge in self.waiting.get(contract, ()):
            if not get_corrected_line(charge):
                products.add(charge.product_id.id)
        return self.env["product.product"].browse(sorted(products))

    # === CHARGES AND INVOICES === #

    def make(self):
        """Make the charges that were prepared, and invoices that carry them.

        :return: {contract: :class:`Outcome`}
        """
        vals_list = [vals for own in self.new.values() for vals in own]
        ready = self.contracts.browse(contract.id for contract in self.new)
        nothing = self.env["support.charge"]
        # Those of zero are on no invoice.
        created = nothing.create(vals_list).filtered(
            lambda charge: charge.state == "pending"
        )
        created = created.grouped("contract_id")
        charges = {
            contract: without_waiting(
                self._without_refused(
                    contract,
                    created.get(contract, nothing)
                    | self.waiting.get(contract, nothing),
                )
            )
            for contract in ready
        }
        ready._after_charging()
        moves = self._create_invoices(ready, charges)
        for contract in ready:
            outcome = Outcome(
                "done",
                moves=moves.get(contract, self.env["account.move"]),
                charges=charges[contract],
            )
            if not charges[contract]:
                outcome.state = "skipped"
                outcome.reason = self.env._("Nothing was left to charge.")
            elif refused := self.refused.get(contract):
                outcome.error = next(iter(refused.values()))
                outcome.reason = str(outcome.error)
            self.outcomes[contract] = outcome
        return self.outcomes

    def _without_refused(self, contract, charges):
        """What waits until its customer can be invoiced holds up nothing else."""
        refused = self.refused.get(contract)
        if not refused:
            return charges
        return charges.filtered(lambda charge: charge._get_addressee() not in refused)

    def _create_invoices(self, contracts, charges):
        """Invoices of ours that carry these charges, as each contract's policy is.

        :param charges: {contract: its charges}
        :return: {contract: the invoice, or credit notes, that carry its charges}
        """
        carried = {
            contract: own
            for contract in contracts
            if (own := contract._get_own_invoice_charges(charges[contract]))
        }
        groups = contracts.browse(c.id for c in carried).grouped(
            lambda contract: contract._invoice_grouping_key()
        )
        groups = list(groups.values())
        together = [
            self.env["support.charge"].union(*(carried[contract] for contract in group))
            for group in groups
        ]
        # What is given back can need a credit note beside the invoice or instead of it.
        parts = [
            (group.filtered(lambda one, part=part: one in part.contract_id), part)
            for group, own in zip(groups, together, strict=True)
            for part in split_by_document(own)
        ]
        # Without the note "Invoice created" to nobody, a message of its own for each:
        # the charges say where it comes from.
        Move = self.env["account.move"].with_context(mail_create_nolog=True)
        moves = Move.create(prepare_invoices_vals(parts)).with_env(self.env)
        carriers = {}
        for move, (group, part) in zip(moves, parts, strict=True):
            lines = move.invoice_line_ids.filtered(
                lambda line: line.display_type == "product"
            )
            for charge, line in zip(part, lines.sorted("sequence"), strict=True):
                charge._set_invoice_line(line)
            for contract in group:
                carriers[contract] = carriers.get(contract, move) | move
        policy = {
            move: group[0].billing_policy
            for move, (group, _part) in zip(moves, parts, strict=True)
        }
        posted = moves.filtered(lambda move: policy[move] != "draft")
        if posted:
            posted.action_post()
        posted.filtered(lambda move: policy[move] == "send")._queue_sending()
        return carriers


def bill_batch(contracts, attended=False):
    """Charge what is due on contracts, invoice and post it.

    All in the running transaction, in a number of queries that hardly depends on
    that of the contracts. What is wrong with one contract is found before anything
    is written, and is its outcome alone; what PostgreSQL or Odoo refuse later
    raises, and the caller begins anew with fewer contracts.

    :param attended: see :class:`Invoicing`
    :return: {contract: :class:`Outcome`}
    """
    outcomes = {}
    contracts._update_before_billing()
    for company, own in contracts.grouped("company_id").items():
        # Accounts and taxes are those of the company, whoever is asking.
        outcomes |= Invoicing(own.with_company(company), attended).prepare().make()
    _note_outcomes(contracts, outcomes)
    return outcomes


def bill_at_once(contracts):
    """Count and bill what is due on these contracts, since their user asks for it.

    :return: `account.move`, at least one
    :raise UserError: when nothing is due, or one of them cannot be billed
    """
    env = contracts.env
    billed = env["account.move"]
    # Who bills these contracts at this moment has changed the rows when we get them, so
    # PostgreSQL refuses ours and Odoo begins the request anew, instead of showing a
    # person that a charge exists already.
    env.execute_query(
        SQL(
            "SELECT id FROM support_contract WHERE id IN %s ORDER BY id"
            " FOR NO KEY UPDATE",
            tuple(contracts.ids) or (0,),
        )
    )
    # Nothing that came with the call reaches invoices or searches.
    # pylint: disable=context-overridden
    for contract in contracts.with_context(clean_context(env.context)):
        # sudo: charges are written by the system alone, never by a person.
        contract_sudo = contract.with_context(active_test=True).sudo()
        for instance in get_instances_to_count(contract_sudo):
            instance._count_or_note_failure()
        true_up(contract_sudo.provisional_charge_ids)
        billed |= contract_sudo._bill().sudo(False)
    if not billed:
        raise UserError(
            env._(
                "Nothing is due on this contract today. Preview Invoice shows what "
                "comes next."
            )
        )
    return billed


def turn_into_credit(vals, charges):
    """Make the values of an invoice those of a credit note.

    It has positive lines and names its invoice.

    :param vals: of the invoice; changed in place
    :param charges: all that it carries
    """
    original = charges[:1]._get_credited_invoice()
    vals["move_type"] = "out_refund"
    for _command, _id, line in vals["invoice_line_ids"]:
        if "quantity" in line:
            line["quantity"] = -line["quantity"]
    if not original:
        return
    env = original.with_context(lang=original.partner_id.lang).env
    vals["reversed_entry_id"] = original.id
    credited = env._(
        "Credits invoice %(number)s of %(date)s",
        number=original.name,
        date=format_date(env, original.invoice_date),
    )
    if not vals["ref"]:
        vals["ref"] = credited
    else:
        # The order number stays where the customer's system looks for it.
        vals["invoice_line_ids"] += [_create_note(credited, len(charges) + 1)]


def prepare_invoices_vals(parts):
    """Values of several invoices, with a note at the end of each: what changed since
    the month before.

    :param parts: list of (contracts that share the invoice, its charges)
    :return: list of values of `account.move`, in the same order
    """
    if not parts:
        return []
    vals_list = []
    every = parts[0][1].union(*(charges for _group, charges in parts))
    history = get_history(every)
    prefetch_customers(every.partner_id, every.company_id)
    for group, charges in parts:
        vals = group._prepare_invoice_vals(charges)
        if notes := get_change_notes(charges, history):
            text = _render_change_notes(group[:1], notes)
            vals["invoice_line_ids"].append(_create_note(text, len(charges) + 1))
        vals_list.append(vals)
    return vals_list


def _render_change_notes(contract, notes):
    """The sentences for a customer, with the contract's name where there are several.

    :param contract: the first that shares the invoice
    :param notes: {contract: sentences}
    """
    env = contract.with_context(lang=contract.partner_id.lang).env
    lines = [env._("Since the month before:")]
    for one, sentences in notes.items():
        prefix = f"{one.name}: " if len(notes) > 1 else ""
        lines += [f"– {prefix}{sentence}" for sentence in sentences]
    return "\n".join(lines)


def _create_note(text, sequence):
    """The command for a line of an invoice that is only text."""
    return fields.Command.create(
        {"display_type": "line_note", "name": text, "sequence": sequence}
    )


def _note_outcomes(contracts, outcomes):
    """Leave on each of these contracts what came out of billing it.

    Writes the row of every contract that got something, so that a second process
    fails instead of billing it again.

    :param outcomes: {contract: :class:`Outcome`}
    """
    browse = contracts.browse
    done = browse(c.id for c, outcome in outcomes.items() if outcome.charges)
    failed = done.filtered(lambda contract: contract.billing_error)
    done.write(
        {
            "date_billed": fields.Datetime.now(),
            "date_billing_failed": False,
            "billing_error": False,
            "billing_wait": False,
            "backlog_approved": False,
        }
    )
    if failed:
        failed.activity_unlink([BILLING_FAILED])
    for contract, outcome in outcomes.items():
        contract = browse(contract.id)
        if outcome.error and (outcome.charges or outcome.state == "failed"):
            contract._record_billing_failure(outcome.error)
        elif outcome.state == "skipped" and not outcome.charges:
            # Nothing, when there was just nothing to do.
            if Backlog(contract) and not contract.backlog_approved:
                contract.billing_wait = outcome.reason
