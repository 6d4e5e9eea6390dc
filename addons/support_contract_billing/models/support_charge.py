# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.amendment import lock_for_amendment
from odoo.addons.support_contract.evidence_guard import (
    Owner,
    get_columns,
    guard_table,
)
from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
)
from odoo.addons.support_contract.periods import Period
from odoo.addons.support_contract.windows import get_dialog, opens

from ..agreement_differences import AgreementCorrection
from ..corrections import CountCorrection
from ..decisions import Decision, update_held_activity
from ..invoice_checks import check_line
from ..order_details import get_addressee
from ..taxation import get_corrected_line, get_corrected_taxation, get_total

GUARD_MESSAGE = "An invoiced charge never changes"


class SupportCharge(models.Model):
    """One amount that a customer owes, why, and the invoice line that asked for it.

    Nothing reaches an invoice except through a charge, and the unique key makes it
    impossible to charge the same thing twice, whoever runs what at the same time.

    A charge and its corrections make a chain, see `..corrections`; methods about a
    chain take all of it, in order, as their records.
    """

    _name = "support.charge"
    _description = "Support Charge"
    _order = "date desc, contract_id, id"
    _check_company_auto = True

    name = fields.Char(
        "Text on the Invoice",
        required=True,
        help="In the customer's language, as the calculation is.",
    )
    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, check_company=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        precompute=True,
        ondelete="restrict",
        help="Who had the contract then: who owes this, whoever has it today.",
        check_company=True,
    )
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    service_id = fields.Many2one(
        "support.contract.service", ondelete="restrict", index=True, check_company=True
    )
    product_id = fields.Many2one("product.product", required=True, check_company=True)
    kind = fields.Selection("_selection_kind", required=True)
    key = fields.Char(
        required=True,
        help="Says what is charged, and exists only once in the database.",
    )
    date = fields.Date(required=True, help="The day from which it can be invoiced.")
    period_start = fields.Date()
    period_end = fields.Date()
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Monetary()
    amount = fields.Monetary(help="Without tax, in the contract's currency.")
    # What a charge tells about a whole month, for whoever compares months: one of 19
    # days tells little about what its service is worth a month.
    monthly_amount = fields.Monetary(
        string="Fee of a Whole Month",
        help="What the service costs for a whole month at the same price and quantity.",
    )
    units = fields.Float(
        digits=(16, 4),
        help="The number of priced units: started hundreds of lines, users, or one.",
    )
    rate = fields.Char(
        help="Price, discount, minimum, step and ladder. Two charges with the same "
        "rate differ because of their quantity."
    )
    calculation = fields.Text(help="How the amount came about.")
    count_ids = fields.Many2many(
        "support.count", string="Line Counts", help="The evidence.", check_company=True
    )
    provisional = fields.Boolean(
        help="The code could not be counted in time, so an older count was taken. The "
        "difference follows by itself when it can be."
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    move_id = fields.Many2one(
        related="move_line_id.move_id", store=True, string="Invoice", index=True
    )
    former_line_ids = fields.Many2many(
        "account.move.line",
        "support_charge_former_line_rel",
        string="Earlier Invoice Lines",
        help="Lines of cancelled or reversed invoices that asked for it before.",
        check_company=True,
    )
    state = fields.Selection(
        [
            ("pending", "To Invoice"),
            ("held", "Held"),
            ("invoiced", "Invoiced"),
            ("waived", "Waived"),
        ],
        default="pending",
        required=True,
        index=True,
    )
    decision_reason = fields.Char(
        string="Reason", help="Why it is held or waived, or why it no longer is."
    )
    decision_user_id = fields.Many2one(
        "res.users", string="Decided By", ondelete="restrict"
    )
    decision_date = fields.Datetime(string="Decided On")
    corrects_id = fields.Many2one(
        "support.charge",
        ondelete="restrict",
        index="btree_not_null",
        help="The charge that this one puts right.",
        check_company=True,
    )
    correction_ids = fields.One2many(
        "support.charge", "corrects_id", string="Corrections"
    )
    correction_origin = fields.Selection(
        "_selection_correction_origin",
        string="Corrected Because",
        index="btree_not_null",
        help="What was not known, or not right, when it was charged.",
    )
    amendment_id = fields.Many2one(
        "support.contract.amendment",
        ondelete="restrict",
        index="btree_not_null",
        help="The change of the agreement that charged days are corrected for.",
        check_company=True,
    )
    is_dropped = fields.Boolean(
        string="Dropped",
        help="The agreement changed once more before it was invoiced, so it was never "
        "owed.",
    )
    # sudo: whoever reads the charge need not read the contract's services.
    is_correctable = fields.Boolean(
        compute="_compute_is_correctable", compute_sudo=True
    )

    # Every run looks for them, among all that was ever charged.
    _provisional_index = models.Index("(contract_id) WHERE provisional")
    _key_uniq = models.UniqueIndex("(key)", "That was already charged.")
    _invoiced_has_line = models.Constraint(
        "CHECK ((state = 'invoiced') = (move_line_id IS NOT NULL))",
        "A charge is invoiced exactly when it has an invoice line.",
    )
    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL",
        "That charge is corrected already: correct the correction.",
    )

    def init(self):
        # Once it is invoiced the database refuses, too; it comes back with its invoice.
        guard_table(
            self.env.cr,
            self._table,
            sorted(get_columns(self) - self._get_free_fields()),
            GUARD_MESSAGE,
            owner=Owner(self._table, "invoiced"),
        )
        counts = self._fields["count_ids"]
        guard_table(
            self.env.cr,
            counts.relation,
            [counts.column1, counts.column2],
            GUARD_MESSAGE,
            owner=Owner(self._table, "invoiced", counts.column1),
        )
        return super().init()

    @api.model
    def _get_free_fields(self):
        """Columns that change after a charge was invoiced; extend."""
        return {
            "state",
            "move_line_id",
            "move_id",
            "decision_reason",
            "decision_user_id",
            "decision_date",
            "provisional",
            "is_dropped",
        }

    @api.model
    def _selection_kind(self):
        """Kinds of charges, also those that other add-ons make; extend."""
        return [
            ("recurring", self.env._("Recurring")),
            ("fee", self.env._("One-off fee")),
            ("usage", self.env._("Usage")),
            ("correction", self.env._("Correction")),
        ]

    @api.model
    def _get_unowed_states(self):
        """Statuses of what nobody owes yet, though it may be due; extend."""
        return set()

    @api.model
    def _selection_correction_origin(self):
        return [
            ("count", self.env._("The line count was wrong")),
            ("agreement", self.env._("The agreement changed")),
        ]

    @api.depends("kind", "key", "corrects_id", "service_id", "period_start")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """What is charged in the reader's language; the name is the customer's text."""
        # sudo: whoever reads the charge need not read what it charges.
        names = self.sudo()._get_reader_names()
        for charge in self:
            charge.display_name = names[charge.sudo()]

    @api.depends("contract_id", "corrects_id")
    def _compute_partner_id(self):
        """The customer at the time: what was owed does not pass on with the contract.

        A correction is owed by, or given back to, who was charged.
        """
        for charge in self:
            if charge.corrects_id:
                charge.partner_id = charge.corrects_id.partner_id
                continue
            charge.partner_id = charge.contract_id and charge.contract_id._value_on(
                "partner_id", charge.period_end or charge.date
            )

    @api.depends("kind", "state", "service_id.type_id.basis")
    def _compute_is_correctable(self):
        for charge in self:
            charge.is_correctable = (
                charge.kind in ("recurring", "correction")
                and charge.state != "waived"
                and charge.service_id.type_id.basis == "lines"
            )

    @api.constrains("move_line_id")
    def _check_invoice_line(self):
        """The document is its customer's, in use, and says its amount once posted."""
        # sudo: whoever bills need not read every invoice.
        for line_sudo in self.sudo().move_line_id:
            move_sudo = line_sudo.move_id
            if move_sudo.state == "cancel" or not move_sudo.is_sale_document():
                raise UserError(
                    self.env._(
                        "%(document)s asks nobody for the charge “%(charge)s”: it is "
                        "cancelled, or no invoice to a customer.",
                        document=move_sudo.display_name,
                        charge=line_sudo.support_charge_ids[:1].display_name,
                    )
                )
            move_sudo._check_support_customer()
            if move_sudo.state == "posted":
                line_sudo._check_support_charge_booked()

    def _check_company(self, fnames=None):
        """Odoo asks for each field of each record, and a run makes hundreds with the
        same products and contracts: what all of them lead to is asked once.
        """
        names = self._fields if fnames is None or "company_id" in fnames else fnames
        links = [field for name in names if (field := self._fields[name]).relational]
        checked = [field.name for field in links if field.check_company]
        for company, charges in self.grouped("company_id").items():
            for name in checked:
                # sudo: Odoo checks links with all rights, too.
                linked_sudo = charges.sudo()[name].with_context(active_test=False)
                allowed = linked_sudo._check_company_domain(company)
                if linked_sudo.filtered_domain(allowed) != linked_sudo:
                    # It names what is wrong.
                    return super()._check_company(fnames)
        return None

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        charges = super().create([self._complete_zero_vals(vals) for vals in vals_list])
        held = charges.filtered(lambda charge: charge.state == "held")
        update_held_activity(held.contract_id)
        return charges

    def _complete_zero_vals(self, vals):
        """What costs nothing is on record, and on no invoice: no lines of zero."""
        if vals.get("amount") or vals.get("state", "pending") != "pending":
            return vals
        reason = self.env._("Its price is zero, so there is nothing to invoice.")
        return vals | {"state": "waived", "decision_reason": reason}

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        if self.env.context.get("support_permission") is PERMISSION:
            return
        if self.filtered(lambda charge: charge.state == "invoiced"):
            raise UserError(
                self.env._("An invoiced charge is evidence and cannot be deleted.")
            )

    # === ACTIONS === #

    action_view_counts = opens("count_ids")
    action_view_invoice = opens("move_id")

    def action_download_files(self):
        """The counted files behind it, as CSV."""
        return self._download("files")

    def _download(self, what):
        self.check_access("read")
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/support/charge/{self.id}/{what}.csv",
            "target": "download",
        }

    def action_correct(self):
        """Open the wizard for the charge that this one belongs to."""
        return get_dialog(
            self.env._("Correct"),
            "support.charge.correction",
            charge_id=self._get_correction_chain()[0].id,
        )

    def action_hold(self):
        return self._open_decision("hold")

    def action_release(self):
        return self._open_decision("release")

    def action_waive(self):
        return self._open_decision("waive")

    def action_restore(self):
        return self._open_decision("restore")

    def _open_decision(self, decision):
        self.check_access("read")
        titles = {
            "hold": self.env._("Hold Charges"),
            "release": self.env._("Release Charges"),
            "waive": self.env._("Waive Charges"),
            "restore": self.env._("Restore Charge"),
        }
        return get_dialog(
            titles[decision],
            "support.charge.decision",
            charge_ids=self.ids,
            decision=decision,
        )

    # === STATUS === #

    def _set_state(self, vals, reason):
        """Write another status with what belongs to it, and log it."""
        before = self._describe_state()
        self.write(vals)
        self.contract_id._log_event(
            "charge",
            reason,
            record=self,
            field_name="state",
            before=before,
            after=self._describe_state(),
        )

    def _describe_state(self):
        """Status and invoice in words, for the log."""
        text = self._get_state_label()
        return f"{text}: {self.move_id.display_name}" if self.move_id else text

    def _get_state_label(self):
        """The status in the reader's language."""
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    @api.model
    def _get_open_states(self):
        """Statuses of what is neither invoiced nor waived; extend."""
        return frozenset({"pending", "held"})

    def _get_restored_state(self):
        """The status of a waived charge that is owed after all; extend."""
        return "pending"

    def _prepare_decision_vals(self, state, reason):
        """Values of a status that somebody decides on, today."""
        return {
            "state": state,
            "decision_reason": reason,
            "decision_user_id": self.env.uid,
            "decision_date": fields.Datetime.now(),
        }

    def _decide(self, decision, reason):
        """Hold, release, waive or restore the charges, with a reason, in the log.

        :param decision: a key of `..decisions.DECISIONS`
        :raise AccessError: for who may not decide that
        """
        Decision(self, decision).make(reason)

    def _notify_contracts(self, *sentences):
        """Write the sentences and the names of these charges on their contracts."""
        for contract, charges in self.grouped("contract_id").items():
            contract.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    Markup("<br/>").join(sentences),
                    Markup().join(
                        Markup("<li>%s</li>") % charge.display_name
                        for charge in charges
                    ),
                )
            )

    # === WORDS === #

    def _get_reader_names(self):
        """What is charged, from what is on record of it; extend by kind.

        :return: {charge: text in the language of the environment}
        """
        names = {}
        if corrections := self.filtered("corrects_id"):
            roots = {one: one._get_earlier_charges()[-1:] for one in corrections}
            texts = self.browse().union(*roots.values())._get_reader_names()
            for charge in corrections:
                names[charge] = charge._get_correction_name(texts[roots[charge]])
        for charge in self - corrections:
            service = charge.service_id
            first = charge.period_start or charge.date
            days = Period(first, charge.period_end or first)
            if charge.kind == "recurring" and service:
                names[charge] = service._get_charge_name(days)
            else:
                names[charge] = self.env._(
                    "%(service)s, %(days)s",
                    service=charge.product_id.name,
                    days=service._format_days(days),
                )
        return names

    def _get_correction_name(self, corrected):
        """What a correction is, in the language of the environment; extend.

        :param corrected: what it corrects, in words
        """
        return self.env._("Correction: %s", corrected)

    def _get_reader_calculation(self):
        """The calculation where the reader has the customer's language, else none."""
        return self.calculation if self.name == self.display_name else False

    @api.model
    def _new_to_come(self, vals_list):
        """Charges that nobody made yet, in memory, to be read by people.

        :param vals_list: values, worded for the customer
        """
        evidence = ("count_ids", "time_line_ids", "usage_ids")
        return self.browse().concat(
            *(
                self.new({key: vals[key] for key in vals if key not in evidence})
                for vals in vals_list
            )
        )

    # === EVIDENCE === #

    @api.model
    def _get_evidence_domains(self):
        """{add-on: domain of the charges that its records prove}; extend.

        While an invoice with such a charge is posted, the add-on is not uninstalled.
        """
        return {}

    def _get_metered_evidence(self):
        """What was metered and is charged by this; extend, as
        `support.contract._get_uncharged_evidence` says.

        :return: records, each with ``type_id``, ``date`` and ``quantity``
        """
        self.ensure_one()
        return []

    # === INVOICE === #

    def _prepare_invoice_line_vals(self):
        """Values of the invoice line that asks for this charge; extend."""
        vals = {
            "product_id": self.product_id.id,
            "name": f"{self.name}\n{self.calculation}",
            "quantity": self.quantity,
            "price_unit": self.price_unit,
        }
        if corrected := get_corrected_taxation(self):
            vals["account_id"] = corrected.account.id
            vals["tax_ids"] = [fields.Command.set(corrected.taxes.ids)]
        return vals

    def _is_credit(self):
        """Whether these charges together give money back, with VAT."""
        if all(charge.amount >= 0 for charge in self):
            return False
        return self.currency_id.compare_amounts(get_total(self), 0) < 0

    def _set_invoice_line(self, line):
        """Tie this charge to the one line that was made from it.

        :raise UserError: when the line has another amount, or lost its tax
        """
        check_line(self, line)
        self.write({"move_line_id": line.id, "state": "invoiced"})

    def _get_order_details(self):
        """(order number, reference) that its customer had on its last day.

        A correction has those of what it corrects.
        """
        return self._get_addressee()[1:]

    def _get_addressee(self):
        """See :func:`..order_details.get_addressee`."""
        self.ensure_one()
        root = self._get_corrected_charges()[:1] or self
        day = root.period_end or root.date
        return get_addressee(self.contract_id, day, self.partner_id)

    # === CREDIT NOTES === #

    def _get_credited_invoice(self):
        """The posted invoice that asked for this or what it corrects, or none."""
        # sudo: whoever prepares an invoice need not read the others.
        line_sudo = get_corrected_line(self) or self.sudo().move_line_id
        return line_sudo.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

    def _get_credited(self):
        """What credit notes took back by hand of the line of this charge."""
        self.ensure_one()
        # sudo: whoever reads the charge need not read invoices.
        line_sudo = self.sudo().move_line_id
        if line_sudo.move_id.move_type != "out_invoice":
            return 0.0
        lines_sudo = line_sudo.move_id._get_support_credit_lines()
        return sum(
            credit.price_subtotal
            for credit in lines_sudo
            if credit._is_support_credit_of(line_sudo)
        )

    # === CORRECTIONS === #

    def _get_correction_chain(self):
        """The original charge and its corrections, in order."""
        self.ensure_one()
        chain = self
        while chain[0].corrects_id:
            chain = chain[0].corrects_id + chain
        while following := chain[-1].correction_ids:
            chain += following
        return chain

    def _get_earlier_charges(self):
        """The charges before this one in its chain."""
        self.ensure_one()
        earlier = charge = self.corrects_id
        while charge:
            charge = charge.corrects_id
            earlier |= charge
        return earlier

    def _get_corrected_charges(self):
        """The charges that this one puts right, or gives something back of, in order;
        extend.
        """
        return self._get_earlier_charges().sorted("id")

    def _get_later_corrections(self):
        """The corrections after this charge in its chain."""
        chain = self._get_correction_chain()
        return chain[chain.ids.index(self.id) + 1 :]

    def _get_charged(self):
        """What the customer pays by these charges of one chain."""
        return sum(
            self.filtered(lambda charge: charge.state != "waived").mapped("amount")
        )

    def _get_evidence(self):
        """The line counts of the last charge of this chain that is not waived."""
        return self.filtered(lambda charge: charge.state != "waived")[-1:].count_ids

    def _get_charged_instances(self):
        """Instances whose lines make the price of this chain."""
        root = self[0]
        instances = self._get_evidence().instance_id
        for day in (root.period_start, root.period_end):
            instances |= root.contract_id._get_billed_instances(day)
        return instances

    def _correct(self, counts, reason):
        """Charge, or credit, the difference that other counts make.

        :param counts: approved `support.count`; each takes the place of the one of the
            same instance
        :param reason: why the first count was wrong
        :return: the correction, which waits for the next invoice
        :raise UserError: when the counts change nothing
        """
        # sudo: charges are written by the system alone, never by a person.
        chain = self.sudo()._get_correction_chain()
        return CountCorrection(chain).make(counts, reason).sudo(False)

    def _adjust_again(self):
        """Compute the chains of these charges anew, which came back to be owed."""
        roots = self.browse()
        for charge in self:
            if charge.kind in ("recurring", "correction"):
                roots |= charge._get_correction_chain()[0]
        for contract in roots.contract_id:
            lock_for_amendment(contract)
        reason = self.env._("The agreement changed after it was charged.")
        for root in roots:
            AgreementCorrection(root._get_correction_chain()).adjust(reason)

    @api.model
    def _get_provisional(self, companies):
        """Charges of these companies that an old count was taken for."""
        return self.search(
            [("provisional", "=", True), ("company_id", "in", companies.ids)],
            order="contract_id, id",
        )

    # === MONTHS === #

    def _get_previous(self, history):
        """The charge of the same service before this one, or none.

        :param history: the charges of its contract, in order
        """
        self.ensure_one()
        return history.filtered(
            lambda other: other.service_id == self.service_id
            and other.period_start < self.period_start
        )[-1:]
