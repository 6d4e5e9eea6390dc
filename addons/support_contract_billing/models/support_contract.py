# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from psycopg2 import errors

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain
from odoo.tools.misc import clean_context

_logger = logging.getLogger(__name__)

# What the database says when another process works on the same contract.
CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, LockError)
# The index that makes charging twice impossible.
KEY_INDEX = "support_charge_key_uniq"


class SupportContract(models.Model):
    _inherit = "support.contract"

    charge_ids = fields.One2many("support.charge", "contract_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")
    invoice_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_invoice_ids"
    )
    invoice_count = fields.Integer(compute="_compute_invoice_ids")
    date_billed = fields.Datetime(
        string="Last Billed",
        readonly=True,
        copy=False,
        help="When the contract last got an invoice.",
    )
    billing_error = fields.Text(
        string="Billing Failure",
        readonly=True,
        copy=False,
        help="Why the contract could not be billed; the next success clears it.",
    )

    date_billing_failed = fields.Datetime(
        readonly=True,
        copy=False,
        help="A contract that failed is tried again on another day, so that it does "
        "not hold up the others.",
    )

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        counts = dict(
            self.env["support.charge"]._read_group(
                Domain("contract_id", "in", self.ids), ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.charge_count = counts.get(contract._origin, 0)

    @api.depends("charge_ids.move_id")
    def _compute_invoice_ids(self):
        moves = dict(
            self.env["support.charge"]._read_group(
                Domain("contract_id", "in", self.ids) & Domain("move_id", "!=", False),
                ["contract_id"],
                ["move_id:recordset"],
            )
        )
        for contract in self:
            contract.invoice_ids = moves.get(contract._origin, False)
            contract.invoice_count = len(contract.invoice_ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        if self.charge_ids:
            raise UserError(
                self.env._("A contract that was charged cannot be deleted.")
            )

    def action_view_charges(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_charge_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_view_invoices(self):
        self.ensure_one()
        return self.invoice_ids._get_records_action(name=self.env._("Invoices"))

    def action_bill(self):
        """Bill what is due on these contracts now; a button for accountants."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        billed = self.env["account.move"]
        # Nothing that came with the call reaches invoices or searches.
        # pylint: disable=context-overridden
        for contract in self.with_context(clean_context(self.env.context)):
            # sudo: charges are written by the system alone, never by a person.
            contract_sudo = contract.with_context(active_test=True).sudo()
            for instance in contract_sudo._get_instances_to_count():
                instance._count_or_note_failure()
            billed |= contract_sudo._bill().sudo(False)
        if not billed:
            raise UserError(self.env._("Nothing is due on this contract today."))
        return billed._get_records_action(name=self.env._("Invoices"))

    @api.model
    def action_run_billing(self):
        """Let the scheduled action run as soon as possible; a menu for accountants."""
        self.env["account.move"].check_access("create")
        # sudo: a person asks, so what failed today is tried again.
        self.sudo().search([("date_billing_failed", "!=", False)]).write(
            {"date_billing_failed": False}
        )
        # sudo: triggering a scheduled action needs Settings rights otherwise.
        self.env.ref(
            "support_contract_billing.ir_cron_count_and_bill"
        ).sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Billing is on its way"),
                "message": self.env._(
                    "Lines are counted and everything that is due is invoiced in the "
                    "background. Invoices appear as they are posted."
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.model
    def _cron_count_and_bill(self):
        """Count the lines of due contracts and post their invoices.

        Works through the contracts one at a time, each in transactions of its own
        that begin with a fresh look at the database. Odoo's cursors are REPEATABLE
        READ: whoever comes second to a contract gets a conflict, which says that
        somebody else did the work. Nothing is lost by being killed at any point.
        """
        due = self.search(self._get_running_domain()).filtered(
            lambda contract: contract._is_due()
        )
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for contract_id in due.ids:
            self.browse(contract_id)._count_and_bill()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_running_domain(self):
        """Contracts that can have something to charge.

        In arrears the last period of an ended contract falls due after its end.
        """
        return Domain("state", "in", ("active", "notice", "ended"))

    def _is_due(self):
        """Whether the scheduled action has something to do here today.

        A fee waits for the next invoice of the services; after the last of them it
        gets one of its own.
        """
        self.ensure_one()
        company = self.company_id
        today = company._support_today()
        failed = self.date_billing_failed
        if failed and company._support_date(failed) >= today:
            return False
        try:
            if self._get_due_services():
                return True
            over = bool(self.date_end and self.date_end < today)
            return over and bool(self._get_pending_charges())
        except UserError:
            return (
                True  # what is wrong with it is found out and noted when it is billed
            )

    def _get_pending_charges(self):
        """Charges that wait for an invoice and may be on one today."""
        self.ensure_one()
        today = self.company_id._support_today()
        return self.charge_ids.filtered(
            lambda charge: charge.state == "pending"
            and charge.date <= today
            and charge.currency_id == self.currency_id
        )

    def _get_due_services(self):
        """Services of this contract with a period that can be charged today."""
        self.ensure_one()
        today = self.company_id._support_today()
        return self.service_ids.filtered(
            lambda service: service._get_due_periods(today)
        )

    def _count_and_bill(self):
        """Count and bill one contract unattended; a failure stays with it.

        Commits: what one contract got must survive whatever happens to the next.
        """
        # pylint: disable=invalid-commit
        self.ensure_one()
        try:
            self._count_due_instances()
            self.env.cr.commit()
            if not self.try_lock_for_update(allow_referencing=True):
                raise LockError("locked")
            if move := self._bill():
                _logger.info("Contract %s is billed with %s", self.id, move.name)
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            if self._is_conflict(error):
                _logger.info("Contract %s: another process has it: %s", self.id, error)
                return
            expected = isinstance(error, UserError)
            level = logging.INFO if expected else logging.WARNING
            _logger.log(
                level,
                "Contract %s could not be billed: %s",
                self.id,
                error,
                exc_info=not expected,
            )
            try:
                self._record_billing_failure(error)
                self.env.cr.commit()
            except CONFLICTS:
                self.env.cr.rollback()

    @api.model
    def _is_conflict(self, error):
        """Whether the error says that another process does the same work."""
        if isinstance(error, errors.UniqueViolation):
            return error.diag.constraint_name == KEY_INDEX
        return isinstance(error, CONFLICTS)

    def _count_due_instances(self):
        """Count what the fee is computed from, unless it was counted today."""
        for instance in self._get_instances_to_count():
            instance._count_for_billing()

    def _get_instances_to_count(self):
        """Billed instances whose lines are needed today and not counted yet."""
        self.ensure_one()
        if not any(s.type_id.basis == "lines" for s in self._get_due_services()):
            return self.env["support.instance"]
        company = self.company_id
        today = company._support_today()
        return self.instance_ids.filtered(
            lambda instance: instance.billed
            and not (
                instance.date_counted
                and company._support_date(instance.date_counted) >= today
            )
        )

    def _bill(self):
        """Charge what is due on this contract, invoice and post it.

        :return: the posted invoice, or none when nothing was due
        """
        self.ensure_one()
        if not self.filtered_domain(self._get_running_domain()):
            raise UserError(
                self.env._("%s is not running and is not billed.", self.display_name)
            )
        # Accounts and taxes are those of the contract's company, whoever is asking.
        contract = self.with_company(self.company_id)
        charges = contract._create_due_charges() | contract._get_pending_charges()
        if not charges:
            return self.env["account.move"]
        move = contract._create_invoice(charges)
        move.action_post()
        # Writing the row makes a second process fail instead of billing it again.
        self.write(
            {
                "date_billed": fields.Datetime.now(),
                "date_billing_failed": False,
                "billing_error": False,
            }
        )
        self.activity_unlink(["support_contract_billing.activity_billing_failed"])
        return move

    def _create_due_charges(self):
        today = self.company_id._support_today()
        return self.env["support.charge"].create(
            [
                service._prepare_recurring_charge_vals(period)
                for service in self.service_ids
                for period in service._get_due_periods(today)
            ]
        )

    def _create_invoice(self, charges):
        """One draft invoice with one line for each charge."""
        move = self.env["account.move"].create(self._prepare_invoice_vals(charges))
        lines = move.invoice_line_ids.sorted("sequence")
        for charge, line in zip(charges, lines, strict=True):
            if move.currency_id.compare_amounts(line.price_subtotal, charge.amount):
                raise UserError(
                    self.env._(
                        "The invoice line of “%(charge)s” would be %(line)s and not "
                        "%(amount)s. Choose a tax that is not included in the price "
                        "on the product %(product)s.",
                        charge=charge.name,
                        line=line.price_subtotal,
                        amount=charge.amount,
                        product=charge.product_id.display_name,
                    )
                )
            charge.write({"move_line_id": line.id, "state": "invoiced"})
        return move

    def _prepare_invoice_vals(self, charges):
        """Values of the invoice; extend to carry more than the charges."""
        self.ensure_one()
        journal = self._get_invoice_journal()
        charges._check_income_account(journal)
        return {
            "move_type": "out_invoice",
            "journal_id": journal.id,
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.company_id._support_today(),
            "invoice_origin": self.name,
            "invoice_user_id": self.user_id.id,
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
        journal = self.env["account.journal"].search(
            [
                *self.env["account.journal"]._check_company_domain(self.company_id),
                ("type", "=", "sale"),
            ],
            limit=1,
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no sales journal. Create one in Accounting.",
                    company=self.company_id.name,
                )
            )
        return journal

    def _record_billing_failure(self, error):
        """Leave the reason on the contract and one to-do with its account manager."""
        reason = str(error) or repr(error)
        self.write(
            {"billing_error": reason, "date_billing_failed": fields.Datetime.now()}
        )
        activity_type = "support_contract_billing.activity_billing_failed"
        if activities := self.activity_search([activity_type]):
            activities.note = reason
            return
        self.activity_schedule(
            activity_type, note=reason, user_id=self._get_attentive_user().id
        )

    def _get_attentive_user(self):
        """Who looks after the contract: its account manager, else an accountant."""
        self.ensure_one()
        manager = self.user_id.filtered("active")
        accountants = self.env.ref(
            "support_contract.group_support_billing"
        ).all_user_ids.filtered(
            lambda user: user.active
            and user.id != SUPERUSER_ID
            and self.company_id in user.company_ids
        )
        return (manager or accountants.sorted("id") or self.env.user)[:1]
