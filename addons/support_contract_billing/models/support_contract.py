# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from odoo.addons.support_contract.periods import ONE_DAY

ACCOUNTANTS = "support_contract.group_support_billing"
BILLING_FAILED = "support_contract_billing.activity_billing_failed"


class SupportContract(models.Model):
    _inherit = "support.contract"

    charge_ids = fields.One2many("support.charge", "contract_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")
    invoice_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_invoice_ids"
    )
    invoice_count = fields.Integer(compute="_compute_invoice_count")
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

    @api.depends("invoice_ids", "charge_ids.former_line_ids")
    def _compute_invoice_count(self):
        for contract in self:
            contract.invoice_count = len(contract._get_all_invoices())

    def _get_all_invoices(self):
        """What charges are or were on, and the credit notes that reverse it."""
        # sudo: as above, it is known that they exist; opening them takes rights.
        charges_sudo = self.env["support.charge"].sudo()
        former_sudo = charges_sudo.search(
            Domain("contract_id", "in", self.ids)
            & Domain("former_line_ids", "!=", False)
        )
        moves_sudo = self.invoice_ids.sudo() | former_sudo.former_line_ids.move_id
        return (moves_sudo | moves_sudo.reversal_move_ids).sudo(False)

    def _get_customer_changes(self, start, end):
        """Days after ``start``, through ``end``, on which the contract passes on."""
        # sudo: as in _value_on.
        lines = self.sudo().amendment_ids.line_ids.filtered(
            lambda line: line.model == self._name and line.field_name == "partner_id"
        )
        days = sorted({*lines.amendment_id.mapped("date_effective")})
        return [
            day
            for day in days
            if start < day <= end
            # Some were withdrawn or undone.
            and self._value_on("partner_id", day)
            != self._value_on("partner_id", day - ONE_DAY)
        ]

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
        return self._get_all_invoices()._get_support_action(self.env._("Invoices"))

    def action_bill(self):
        """Bill what is due on these contracts now; a button for accountants."""
        self.check_access("read")
        self.env["account.move"].check_access("create")
        # sudo: whoever bills need not see the runs of every company.
        if reason := self.env["support.billing.run"].sudo()._get_stop_reason():
            raise UserError(reason)
        billed = self.env["account.move"]
        self._lock_for_billing()
        # Nothing that came with the call reaches invoices or searches.
        # pylint: disable=context-overridden
        for contract in self.with_context(clean_context(self.env.context)):
            # sudo: charges are written by the system alone, never by a person.
            contract_sudo = contract.with_context(active_test=True).sudo()
            for instance in contract_sudo._get_instances_to_count():
                instance._count_or_note_failure()
            contract_sudo.provisional_charge_ids._true_up()
            billed |= contract_sudo._bill().sudo(False)
        if not billed:
            raise UserError(
                self.env._(
                    "Nothing is due on this contract today. Preview Invoice shows what "
                    "comes next."
                )
            )
        return billed._get_support_action(self.env._("Invoices"))

    def _lock_for_billing(self):
        """Let whoever bills these contracts at this moment finish first.

        They have changed the rows then, so PostgreSQL refuses ours and Odoo begins the
        request anew, instead of showing somebody that a charge exists already.
        """
        self.env.execute_query(
            SQL(
                "SELECT id FROM support_contract WHERE id IN %s ORDER BY id"
                " FOR NO KEY UPDATE",
                tuple(self.ids) or (0,),
            )
        )

    @api.constrains("currency_id")
    def _check_charged_currency(self):
        """Charges stay in their currency, and would be on no invoice in another."""
        for contract in self:
            charge = self.env["support.charge"].search(
                [
                    ("contract_id", "=", contract._origin.id),
                    ("currency_id", "!=", contract.currency_id.id),
                ],
                limit=1,
            )
            if charge:
                raise ValidationError(
                    self.env._(
                        "“%(charge)s” of %(contract)s was charged in %(charged)s, so "
                        "the contract cannot change to %(currency)s. End it, and write "
                        "a new contract in that currency.",
                        charge=charge.name,
                        contract=contract.display_name,
                        charged=charge.currency_id.name,
                        currency=contract.currency_id.name,
                    )
                )

    @api.model
    def action_run_billing(self):
        """Ask for a run as soon as possible; a menu for accountants.

        It bills the companies that this person works in, and no other.
        """
        self.env["account.move"].check_access("create")
        self.env["support.billing.run"]._request(self.env.companies)
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

        What was done is a `support.billing.run`, which says how.
        """
        self.env["support.billing.run"]._run_all()

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "backlog_approved",
            "billing_error",
            "billing_wait",
            "date_billed",
            "date_billing_failed",
        }

    def _record_billing_failure(self, error):
        """Leave the reason on the contract and one to-do with its account manager."""
        self.date_billing_failed = fields.Datetime.now()
        self._record_failure("billing_error", BILLING_FAILED, error, ACCOUNTANTS)
