# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..billing import Outcome
from .support_contract import BILLING_FAILED


class SupportContract(models.Model):
    """From what is due to posted invoices, for many contracts at once."""

    _inherit = "support.contract"

    def _bill(self):
        """Charge what is due on this contract, invoice and post it; a person asks.

        :return: the invoice, or none when nothing was due
        :raise UserError: when it cannot be billed
        """
        self.ensure_one()
        outcome = self._bill_batch(attended=True)[self]
        if outcome.error:
            raise outcome.error
        return outcome.moves or self.env["account.move"]

    def _bill_batch(self, attended=False):
        """Charge what is due on these contracts, invoice and post it.

        All in the running transaction, in a number of queries that hardly depends on
        that of the contracts. What is wrong with one contract is found before anything
        is written, and is its outcome alone; what PostgreSQL or Odoo refuse later
        raises, and the caller begins anew with fewer contracts.

        :param attended: a person asks for exactly these contracts, so that neither
            grace days nor missed months hold them back
        :return: {contract: :class:`..billing.Outcome`}
        """
        outcomes = {}
        for company, contracts in self.grouped("company_id").items():
            # Accounts and taxes are those of the company, whoever is asking.
            outcomes |= contracts.with_company(company)._bill_in_company(attended)
        self._note_outcomes(outcomes)
        return outcomes

    def _bill_in_company(self, attended):
        outcomes, new, waiting = self._prepare_billing(attended)
        vals_list = [vals for own in new.values() for vals in own]
        ready = self.browse(contract.id for contract in new)
        return outcomes | ready._charge_and_invoice(vals_list, waiting)

    def _prepare_billing(self, attended=False, today=None):
        """What would be on the invoices of these contracts, of one company.

        Writes nothing: who looks ahead asks the same.

        :return: ({contract: :class:`..billing.Outcome` that is certain already},
            {contract to invoice: values of its new charges},
            {contract: charges that wait for an invoice})
        """
        outcomes, ready, known = {}, {}, {}
        Product = self.env["product.product"]
        waiting = self._get_pending_charges(today).grouped("contract_id")
        metered = self._get_open_usages(today).grouped("contract_id")
        # What was missed is so today, whichever day is looked ahead to.
        late, metered_late = waiting, metered
        if today and not attended:
            late = self._get_pending_charges().grouped("contract_id")
            metered_late = self._get_open_usages().grouped("contract_id")
        due = {}
        for contract in self:
            try:
                due[contract] = contract._get_due_periods(attended, today)
            except UserError as error:
                outcomes[contract] = Outcome("failed", str(error), error=error)
        self._prefetch_counts(due.values())
        for contract, periods in due.items():
            try:
                open_work = (
                    None if today else periods,
                    late.get(contract, self.env["support.charge"]),
                    metered_late.get(contract, self.env["support.usage"]),
                )
                if not attended and (wait := contract._get_billing_wait(*open_work)):
                    outcomes[contract] = Outcome("skipped", wait)
                    continue
                new = contract._prepare_due_charge_vals(periods)
                if contract in metered:
                    new += contract._prepare_usage_charges_vals(metered[contract])
                products = {vals["product_id"] for vals in new}
                if contract in waiting:
                    products.update(waiting[contract].product_id.ids)
                contract._check_invoiceable(Product.browse(sorted(products)), known)
            except UserError as error:
                outcomes[contract] = Outcome("failed", str(error), error=error)
                continue
            ready[contract] = new
        return outcomes, ready, waiting

    def _charge_and_invoice(self, vals_list, waiting):
        """Write the charges, then the invoices that carry them.

        :param vals_list: of new charges, all that are due on these contracts
        :param waiting: {contract: charges that wait for an invoice}
        """
        created = self._create_due_charges(vals_list).grouped("contract_id")
        nothing = self.env["support.charge"]
        charges = {
            contract: created.get(contract, nothing) | waiting.get(contract, nothing)
            for contract in self
        }
        moves = self._create_invoices(charges)
        outcomes = {}
        for contract in self:
            outcome = Outcome(
                "done",
                moves=moves.get(contract, self.env["account.move"]),
                charges=charges[contract],
            )
            if not charges[contract]:
                outcome.state = "skipped"
                outcome.reason = self.env._("Nothing was left to charge.")
            outcomes[contract] = outcome
        return outcomes

    def _create_invoices(self, charges):
        """Invoices of ours that carry these charges, as each contract's policy is.

        :param charges: {contract: its charges}
        :return: {contract: the invoice, or credit notes, that carry its charges}
        """
        carried = {
            contract: own
            for contract in self
            if (own := contract._get_own_invoice_charges(charges[contract]))
        }
        groups = self.browse(c.id for c in carried).grouped(
            lambda contract: contract._invoice_grouping_key()
        )
        groups = list(groups.values())
        together = [
            self.env["support.charge"].union(*(carried[contract] for contract in group))
            for group in groups
        ]
        # What is given back can need a credit note beside the invoice or instead of it.
        parts = [
            (group, part)
            for group, own in zip(groups, together, strict=True)
            for part in own._split_by_document()
        ]
        # Without the note "Invoice created" to nobody, a message of its own for each:
        # the charges say where it comes from.
        Move = self.env["account.move"].with_context(mail_create_nolog=True)
        moves = Move.create(self._prepare_invoices_vals(parts)).with_env(self.env)
        carriers = {}
        for move, (group, part) in zip(moves, parts, strict=True):
            part._set_invoiced(move)
            for contract in group:
                carriers[contract] = carriers.get(contract, move) | move
        self._finish_invoices([group for group, _part in parts], moves)
        return carriers

    def _get_own_invoice_charges(self, charges):
        """Those of a contract's charges that an invoice of ours carries; extend when
        another document carries some.
        """
        return charges

    def _finish_invoices(self, groups, moves):
        """Post them, and queue for sending what is to be sent."""
        policy = {
            move: group[0].billing_policy
            for group, move in zip(groups, moves, strict=True)
        }
        posted = moves.filtered(lambda move: policy[move] != "draft")
        if posted:
            posted.action_post()
        posted.filtered(lambda move: policy[move] == "send")._queue_sending()

    @api.model
    def _prepare_invoices_vals(self, parts):
        """Values of several invoices; extend where it is quicker to look at all of them
        at once.

        :param parts: list of (contracts that share the invoice, its charges)
        :return: list of values of `account.move`, in the same order
        """
        return [group._prepare_invoice_vals(part) for group, part in parts]

    def _prepare_invoice_vals(self, charges):
        """Values of one invoice; extend to carry more than the charges.

        :param charges: all that it carries; of these contracts, which share it, and of
            one customer, who need not have the contract any more
        """
        first = self[0]
        customer = charges[:1].partner_id or first.partner_id
        return {
            "move_type": "out_invoice",
            "journal_id": first._get_invoice_journal().id,
            # As fees are announced, and as Odoo's own orders are invoiced.
            "partner_id": customer.address_get(["invoice"])["invoice"],
            "company_id": first.company_id.id,
            "currency_id": first.currency_id.id,
            "invoice_date": first.company_id._support_today(),
            "invoice_origin": ", ".join(self.mapped("name")),
            "invoice_user_id": first.user_id.id,
            "ref": first.billing_order_number or False,
            "support_customer_reference": first.billing_reference or False,
            "invoice_line_ids": [
                fields.Command.create(
                    charge._prepare_invoice_line_vals() | {"sequence": index}
                )
                for index, charge in enumerate(charges, start=1)
            ],
        }

    def _get_invoice_journal(self):
        """The sales journal that this contract is invoiced in."""
        self.ensure_one()
        journal = self.company_id.support_journal_id
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal. Create one in Accounting.",
                    company=self.company_id.name,
                )
            )
        if not journal.active:
            raise UserError(
                self.env._(
                    "The journal %(journal)s is archived. Choose another for support "
                    "invoices in the settings of %(company)s.",
                    journal=journal.display_name,
                    company=self.company_id.name,
                )
            )
        return journal

    @api.model
    def _note_outcomes(self, outcomes):
        """Leave on each contract what came out of it.

        Writes the row of every contract that got something, so that a second process
        fails instead of billing it again.
        """
        browse = self.env["support.contract"].browse
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
            if outcome.state == "failed" and not outcome.charges:
                browse(contract.id)._record_billing_failure(outcome.error)
            elif outcome.state == "skipped" and not outcome.charges:
                browse(contract.id)._note_wait(outcome.reason)

    def _note_wait(self, reason):
        """What a person has to decide; nothing when there was just nothing to do."""
        self.ensure_one()
        if self._get_backlog() and not self.backlog_approved:
            self.billing_wait = reason
