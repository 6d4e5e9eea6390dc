# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.support_contract.windows import fill_count, opens

from ..billing import is_conflict
from ..crediting import InvoiceReopening, reopen
from ..evidence_package import EvidencePackage
from ..questions import InvoiceMessage
from ..retention import get_until
from ..sending import describe_failure, get_failed_notifications, send_one_by_one
from ..specification import prepare_specification
from ..taxation import get_document_position

REPORT = "support_contract_billing.action_report_specification"
# Odoo's list has the columns of customer and date for one type of invoices only.
INVOICES_CONTEXT = {"default_move_type": "out_invoice"}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["support.link.mixin", "account.move"]

    _has_link_chatter = True
    # sudo: whoever may read an invoice sees how many charges there are, not more.
    support_charge_count = fields.Integer(
        compute="_compute_support_charge_count", compute_sudo=True
    )
    support_count_count = fields.Integer(
        compute="_compute_support_count_count", compute_sudo=True
    )
    support_customer_reference = fields.Char(
        string="Your Reference",
        help="The person or cost centre that the customer wants to see here.",
    )
    support_contract_ids = fields.Many2many(
        "support.contract",
        "support_contract_invoice_rel",
        string="Asks for Contracts",
        compute="_compute_support_contract_ids",
        store=True,
        recursive=True,
        copy=False,
        groups="base.group_user",
        help="Contracts whose charges are or were on it, or on what it credits.",
    )
    support_reopen_charges = fields.Boolean(
        string="Charge Again",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When this credit note is posted, the charges of the invoice that it "
        "reverses wait for the next invoice.",
    )
    support_sending_error = fields.Text(
        string="Sending Failure",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the invoice could not be made ready to be sent.",
    )
    support_failing_since = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Since when the server fails to make it ready.",
    )
    support_specification_id = fields.Many2one(
        "ir.attachment",
        string="Specification",
        compute="_compute_support_specification_id",
    )
    support_specification_file = fields.Binary(attachment=True, copy=False)
    has_support_specification = fields.Boolean(
        compute="_compute_has_support_specification", compute_sudo=True
    )

    @api.depends(
        "line_ids.support_charge_ids",
        "line_ids.support_credited_line_id",
        "reversed_entry_id.support_contract_ids",
    )
    def _compute_support_contract_ids(self):
        """What was asked for once, stays: a charge can wait for another invoice."""
        for move in self:
            lines = move.line_ids
            credited = lines.support_credited_line_id.move_id | move.reversed_entry_id
            move.support_contract_ids |= (
                lines.support_charge_ids.contract_id | credited.support_contract_ids
            )

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_support_charge_count(self):
        fill_count(self, "support_charge_count", "support.charge", link="move_id")

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_support_count_count(self):
        for move in self:
            charges = move.invoice_line_ids.support_charge_ids
            move.support_count_count = len(charges.count_ids)

    @api.depends("support_specification_file")
    def _compute_support_specification_id(self):
        self._compute_linked_attachment_id(
            "support_specification_id", "support_specification_file"
        )

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_has_support_specification(self):
        for move in self:
            move.has_support_specification = bool(move.support_charge_count)

    def _compute_fiscal_position_id(self):
        """Ours follows the customer's establishment, and what the charges correct, when
        somebody else of the customer is chosen on a draft.
        """
        ours = self.filtered(lambda move: move._origin._is_support_invoice())
        for move in ours:
            charges_sudo = move._origin._get_support_charges()
            move.fiscal_position_id = get_document_position(
                charges_sudo, move.partner_id
            )
        return super(AccountMove, self - ours)._compute_fiscal_position_id()

    @api.constrains("currency_id", "move_type")
    def _check_support_charge_lines(self):
        self.invoice_line_ids._check_support_charge_amount()

    @api.constrains("partner_id")
    def _check_support_owner(self):
        """A draft is checked when it is posted. What is posted keeps its customer in
        Odoo as well, unless the caller's context has `skip_readonly_check`.
        """
        for move in self.filtered(lambda move: move.state == "posted"):
            move._check_support_customer()

    # === CRUD === #

    def write(self, vals):
        state = vals.get("state")
        if not state:
            return super().write(vals)
        before = {move: move.state for move in self}
        result = super().write(vals)
        for move in self:
            if before[move] != state:
                InvoiceReopening(move).follow_state(before[move], state)
        return result

    def unlink(self):
        for move in self:
            # A credit note is no longer posted then, so it has nothing to undo.
            reopen(
                move._get_support_charges(),
                self.env._("%s was deleted.", move.display_name),
            )
        return super().unlink()

    def _message_post_after_hook(self, message, msg_values):
        InvoiceMessage(self, message).follow()
        return super()._message_post_after_hook(message, msg_values)

    # === ACTIONS === #

    action_view_support_charges = opens("invoice_line_ids.support_charge_ids")
    action_view_support_counts = opens("invoice_line_ids.support_charge_ids.count_ids")

    def action_open_support_specification(self):
        """Look at the page; of a posted invoice it is kept from then on."""
        self.ensure_one()
        self.check_access("read")
        if self.state != "posted":
            return self.env.ref(REPORT).report_action(self)
        self._make_support_specification()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.support_specification_id.id}",
            "target": "new",
        }

    def action_download_support_evidence(self):
        """Everything behind the invoice and its credit notes, in one file."""
        self.ensure_one()
        self._check_support_evidence()
        return {
            "type": "ir.actions.act_url",
            "url": f"/support/invoice/{self.id}/evidence.zip",
            "target": "download",
        }

    @api.model
    def _cron_account_move_send(self, job_count=10):
        """One invoice that cannot be sent never stops the others.

        Odoo sends a number of them in one transaction, and takes the same ones first
        each time.
        """
        try:
            return super()._cron_account_move_send(job_count)
        except Exception as error:
            self.env.cr.rollback()
            if is_conflict(error):
                raise
            cause = error
        moves = self.search(
            [("sending_data", "!=", False), ("state", "=", "posted")],
            order="date, invoice_date, sequence_number, id",
        )
        return send_one_by_one(moves, cause)

    # === PORTAL === #

    def _has_own_links(self):
        # sudo: customers do not read whose contracts it asks for.
        return bool(self.sudo().support_contract_ids)

    def _may_have_link(self, person):
        """Whoever of the customer it was mailed to, once it is no draft."""
        customer = self.commercial_partner_id
        return bool(
            self.state != "draft"
            and person
            and person.active
            and customer.active
            and person.commercial_partner_id == customer
        )

    def _get_link_receiver(self):
        return self.partner_id

    def _make_support_pdf(self):
        """Make the invoice's own file, unless there is one: it is posted, and so never
        shown as a proforma. Nothing is sent.
        """
        self.ensure_one()
        if self.state != "posted" or self.invoice_pdf_report_id:
            return
        # sudo: whoever opens it first need not keep the books.
        move_sudo = self.sudo().with_company(self.company_id)
        was_sent, sending = move_sudo.is_move_sent, move_sudo.env["account.move.send"]
        settings = sending._get_default_sending_settings(move_sudo)
        settings["sending_methods"] = set()
        plain = {"invoice_edi_format": False, "extra_edis": set()}
        # Where the electronic one cannot be made, that is found when it is sent.
        for chosen in (settings, settings | plain):
            if not move_sudo.invoice_pdf_report_id:
                sending._generate_invoice_documents({move_sudo: dict(chosen)})
        # Odoo says so as soon as there is a file.
        move_sudo.is_move_sent = was_sent

    def _get_invoice_legal_documents(self, filetype, allow_fallback=False):
        if filetype == "pdf" and self._has_own_links():
            self._make_support_pdf()
        return super()._get_invoice_legal_documents(filetype, allow_fallback)

    def _get_invoice_legal_documents_all(self, allow_fallback=False):
        if self._has_own_links():
            self._make_support_pdf()
        return super()._get_invoice_legal_documents_all(allow_fallback)

    @api.model
    def _get_portal_role_domain(self):
        """Invoices that the user's roles on contracts do not hide.

        Whoever an invoice is addressed to sees it, and who may see the prices of all of
        its contracts. Those that the customer has no more hide nothing.
        """
        user = self.env.user
        roles = self.env["support.contract"]._get_portal_cards()["costs"]
        own = Domain("partner_id", "=", user.partner_id.id)
        customer = Domain("partner_id", "child_of", user.commercial_partner_id.id)
        sees = Domain("contact_ids", "any", own & Domain("role", "in", roles))
        return own | Domain("support_contract_ids", "not any", customer & ~sees)

    # === CHARGES === #

    def _get_support_contracts(self):
        """The contracts whose charges these invoices carry."""
        charges = self.env["support.charge"].search([("move_id", "in", self.ids)])
        return charges.contract_id

    def _is_support_invoice(self):
        """Whether it was made for charges of ours; extend where they are on others."""
        return bool(self._get_support_charges())

    def _get_support_charges(self):
        """The charges on this invoice's lines, in superuser mode."""
        # sudo: whoever keeps the books need not read charges.
        return self.sudo().invoice_line_ids.support_charge_ids

    def _get_support_action(self, name):
        """Open these invoices and credit notes in a list that names the customers."""
        action = self._get_records_action(name=name)
        action["context"] = INVOICES_CONTEXT | {"create": False}
        return action

    def _get_support_untaxed(self):
        """What it asks for without tax and without what rounds its total."""
        self.ensure_one()
        rounding = self.line_ids.filtered(
            lambda line: line.display_type == "rounding" and not line.tax_line_id
        )
        rounded = self.direction_sign * sum(rounding.mapped("amount_currency"))
        return self.currency_id.round(self.amount_untaxed - rounded)

    def _get_support_credited(self):
        """What credit notes took back of this invoice, in its currency, untaxed."""
        return sum(self._get_support_credit_lines().mapped("price_subtotal"))

    def _get_support_credit_lines(self):
        """Lines of posted credit notes that take back some of this invoice, with sudo.

        Without the ones that corrections made, which the ledger knows of.
        """
        self.ensure_one()
        # sudo: credit notes count, whoever may read them.
        return self.sudo().reversal_move_ids.invoice_line_ids.filtered(
            lambda line: line.parent_state == "posted"
            and line.move_id.move_type == "out_refund"
            and line.currency_id == self.currency_id
            and line.display_type == "product"
            and not line.support_charge_ids
        )

    # === POST === #

    def _post(self, soft=True):
        for move in self:
            if move.move_type == "out_invoice":
                move._check_support_required()
            move._check_support_customer()
        # Whatever a draft went through, it asks for what the charges say.
        self.invoice_line_ids._check_support_charge_booked()
        return super()._post(soft=soft)

    def _check_support_required(self):
        """Refuse an invoice without the numbers that its customer has to see on it.

        They were emptied on the draft.

        :raise UserError: with what to enter
        """
        contracts_sudo = self._get_support_charges().contract_id
        if not (self.ref or "").strip() and any(
            contracts_sudo.mapped("billing_order_required")
        ):
            raise UserError(
                self.env._(
                    "%(customer)s wants their order number on every invoice. Enter it "
                    "as the reference of %(invoice)s.",
                    customer=self.partner_id.display_name,
                    invoice=self.display_name,
                )
            )
        if not (self.support_customer_reference or "").strip() and any(
            contracts_sudo.mapped("billing_reference_required")
        ):
            raise UserError(
                self.env._(
                    "%(customer)s wants their reference on every invoice. Enter it as "
                    "“Your Reference” of %(invoice)s.",
                    customer=self.partner_id.display_name,
                    invoice=self.display_name,
                )
            )

    def _check_support_customer(self):
        """Refuse a draft that was given to somebody who does not owe the charges.

        They would get the specification of another customer's agreement as well.

        :raise UserError: with what to do
        """
        self.ensure_one()
        for charge_sudo in self._get_support_charges():
            owing = charge_sudo.partner_id.commercial_partner_id
            if owing == self.partner_id.commercial_partner_id:
                continue
            raise UserError(
                self.env._(
                    "“%(charge)s” is owed by %(owing)s, and %(invoice)s is to "
                    "%(customer)s. Choose %(owing)s or an address of theirs again. If "
                    "somebody else has the contract by now, delete the invoice and "
                    "amend the customer of the contract.",
                    charge=charge_sudo.display_name,
                    owing=owing.display_name,
                    invoice=self.display_name,
                    customer=self.partner_id.display_name,
                )
            )

    # === SEND === #

    def _get_sending_problems(self):
        """What keeps these invoices from their customers, as far as we know.

        An invoice that is paid, credited or a draft again is nobody's problem any more.

        :return: {invoice: sentence}
        """
        problems = {}
        for move in self:
            if move.state != "posted" or move.payment_state not in (
                "not_paid",
                "partial",
            ):
                continue
            if move.support_sending_error:
                problems[move] = move.support_sending_error
            elif failed := get_failed_notifications(move):
                problems[move] = describe_failure(failed[0])
        return problems

    def _queue_sending(self):
        """Let Odoo's own scheduled action send these invoices.

        As the person who asks, to whose name the customer answers.
        """
        if not self:
            return
        user = self.env.user
        self.write({"support_sending_error": False, "support_failing_since": False})
        self.sending_data = {
            "author_user_id": user.id,
            "author_partner_id": user.partner_id.id,
        }
        # sudo: triggering a scheduled action needs Settings rights otherwise.
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    # === SPECIFICATION === #

    def _get_fields_to_detach(self):
        return [*super()._get_fields_to_detach(), "support_specification_file"]

    def _detach_attachments(self):
        # Called for nobody again and again, which takes its time; and invalidating
        # nobody means all that is in the cache.
        if not self:
            return None
        result = super()._detach_attachments()
        self.invalidate_recordset(
            ["support_specification_id", "support_specification_file"]
        )
        return result

    def _make_support_specification(self):
        """Render and keep the pages of those invoices that have none yet.

        When the invoice is sent or its page first opened, not when it is posted; it
        stays as it was then.
        """
        for move in self:
            if move.support_specification_id or not move.has_support_specification:
                continue
            # sudo: whoever sends the invoice need not read charges and counts.
            move_sudo = move.sudo().with_company(move.company_id)
            content, _format = move_sudo.env["ir.actions.report"]._render_qweb_pdf(
                REPORT, move_sudo.ids
            )
            move_sudo.env["ir.attachment"].create(
                {
                    "name": move_sudo._get_support_specification_name(),
                    "raw": content,
                    "mimetype": "application/pdf",
                    "res_model": move_sudo._name,
                    "res_id": move_sudo.id,
                    "res_field": "support_specification_file",
                }
            )
            move.invalidate_recordset(
                ["support_specification_id", "support_specification_file"]
            )

    def _get_support_specification_name(self):
        env = self.with_context(lang=self.partner_id.lang).env
        number = (self.name or "").replace("/", "_")
        return env._("Specification %s.pdf", number)

    def _get_support_specification(self):
        """What the page says; see `..specification.prepare_specification`."""
        return prepare_specification(self)

    def _get_support_included_work(self):
        """Work of the period that the agreement includes: extend.

        :return: list of dicts with ``name``, ``quantity`` (a text such as "3.5 h") and
            ``value``, what it would have cost
        """
        self.ensure_one()
        return []

    # === EVIDENCE === #

    def _check_support_evidence(self):
        """Only who keeps the books gets all of it: it has hours and names of people."""
        self.check_access("read")
        if not self.env.user.has_group("support_contract.group_support_billing"):
            raise AccessError(
                self.env._("Only accountants and managers get everything behind it.")
            )

    def _make_support_evidence(self):
        """The bytes of a ZIP file with all that is behind an invoice."""
        self.ensure_one()
        self._check_support_evidence()
        # sudo: the evidence is complete, whatever its reader may read by itself.
        return EvidencePackage(self.sudo()).make()

    def _add_support_evidence(self, package):
        """Add the parts of this add-on; extend.

        :param package: :class:`..evidence_package.EvidencePackage`
        :return: the same
        """
        package.add_documents()
        package.add_charges()
        package.add_counts()
        package.add_agreements()
        return package

    def _get_support_until(self):
        """The first day on which the invoice need not be kept, or nothing."""
        return get_until(self).get(self.id)
