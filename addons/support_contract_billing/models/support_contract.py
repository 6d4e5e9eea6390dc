# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# What the database says when another process has billed the same contract meanwhile.
CONFLICTS = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.UniqueViolation,
    LockError,
)


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
        for contract in self:
            # sudo: charges are written by the system alone, never by a person.
            billed |= contract.sudo()._bill().sudo(False)
        if not billed:
            raise UserError(self.env._("Nothing is due on this contract today."))
        return billed._get_records_action(name=self.env._("Invoices"))

    @api.model
    def action_run_billing(self):
        """Let the scheduled action run as soon as possible; a menu for accountants."""
        self.env["account.move"].check_access("create")
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
            lambda contract: contract._get_due_services()
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
            # Another process that holds the row is billing it.
            if self.try_lock_for_update(allow_referencing=True):
                self._bill()
            self.env.cr.commit()
        except CONFLICTS as conflict:
            self.env.cr.rollback()
            _logger.info(
                "Contract %s: another process was first: %s", self.id, conflict
            )
        except UserError as error:
            self.env.cr.rollback()
            _logger.info("Contract %s could not be billed: %s", self.id, error)
            self._record_billing_failure(error)
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            _logger.warning("Contract %s could not be billed", self.id, exc_info=True)
            self._record_billing_failure(error)
            self.env.cr.commit()

    def _count_due_instances(self):
        """Count what the fee is computed from, unless it was counted today."""
        self.ensure_one()
        if not any(s.type_id.basis == "lines" for s in self._get_due_services()):
            return
        today = self.company_id._support_today()
        for instance in self.instance_ids.filtered("billed"):
            counted = instance.date_counted
            if not counted or self.company_id._support_date(counted) < today:
                instance._count_for_billing()

    def _bill(self):
        """Charge what is due on this contract, invoice and post it.

        :return: the posted invoice, or none when nothing was due
        """
        self.ensure_one()
        # Accounts and taxes are those of the contract's company, whoever is asking.
        contract = self.with_company(self.company_id)
        charges = contract._create_due_charges()
        charges |= contract.charge_ids.filtered(lambda c: c.state == "pending")
        if not charges:
            return self.env["account.move"]
        move = contract._create_invoice(charges)
        move.action_post()
        # Writing the row makes a second process fail instead of billing it again.
        self.write({"date_billed": fields.Datetime.now(), "billing_error": False})
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
        self.write({"billing_error": reason})
        activity_type = "support_contract_billing.activity_billing_failed"
        if not self.activity_search([activity_type]):
            self.activity_schedule(
                activity_type,
                note=reason,
                user_id=(self.user_id or self.env.user).id,
            )
