# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang


class SupportCharge(models.Model):
    """What was charged from a wrong count is put right by the difference.

    History stays: the correction is a charge of its own, which names the old count, the
    new one and the period. A correction can be corrected; the chain has no branches, so
    the sum of it is always what the customer pays for that period.
    """

    _inherit = "support.charge"

    corrects_id = fields.Many2one(
        "support.charge",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The charge that this one puts right.",
    )
    correction_ids = fields.One2many(
        "support.charge", "corrects_id", string="Corrections"
    )
    # sudo: whoever reads the charge need not read the contract's services.
    is_correctable = fields.Boolean(
        compute="_compute_is_correctable", compute_sudo=True
    )

    _corrects_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL",
        "That charge is corrected already: correct the correction.",
    )

    @api.model
    def _selection_kind(self):
        return [*super()._selection_kind(), ("correction", self.env._("Correction"))]

    @api.depends("corrects_id")
    def _compute_partner_id(self):
        """It is owed by, or given back to, who was charged."""
        corrections = self.filtered("corrects_id")
        for charge in corrections:
            charge.partner_id = charge.corrects_id.partner_id
        return super(SupportCharge, self - corrections)._compute_partner_id()

    @api.depends("kind", "state", "service_id.type_id.basis")
    def _compute_is_correctable(self):
        for charge in self:
            charge.is_correctable = (
                charge.kind in ("recurring", "correction")
                and charge.state != "waived"
                and charge.service_id.type_id.basis == "lines"
            )

    def action_correct(self):
        """Open the wizard for the charge that this one belongs to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct"),
            "res_model": "support.charge.correction",
            "view_mode": "form",
            "target": "new",
            "context": {"default_charge_id": self._get_correction_chain()[0].id},
        }

    def _get_correction_chain(self):
        """The original charge and its corrections, in order."""
        self.ensure_one()
        chain = self
        while chain[0].corrects_id:
            chain = chain[0].corrects_id + chain
        while following := chain[-1].correction_ids:
            chain += following
        return chain

    def _correct(self, counts, reason):
        """Charge, or credit, the difference that other counts make.

        :param counts: approved `support.count`; each takes the place of the one of the
            same instance
        :param reason: why the first count was wrong
        :return: the correction, which waits for the next invoice
        :raise UserError: when the counts change nothing
        """
        self.ensure_one()
        chain = self.sudo()._get_correction_chain()
        correction = chain._add_correction(
            chain._prepare_correction_vals(counts), reason
        )
        return correction.sudo(False)

    def _add_correction(self, vals, reason):
        """Write a correction of this chain, log it and tell who follows the contract.

        :param vals: as `_prepare_difference_vals` gives them
        """
        # sudo: charges are written by the system alone, never by a person.
        correction = self.sudo().create(vals)
        contract = correction.contract_id
        contract._log_event(
            "charge",
            reason,
            record=correction,
            field_name="amount",
            before=contract.currency_id.format(self._get_charged()),
            after=contract.currency_id.format(self._get_charged() + vals["amount"]),
        )
        correction._notify_contracts(
            reason, self.env._("It goes on the next invoice, as the difference:")
        )
        return correction

    def _get_charged(self):
        """What the customer pays by these charges of one chain."""
        return sum(
            self.filtered(lambda charge: charge.state != "waived").mapped("amount")
        )

    def _get_evidence(self):
        """The counts that the latest valid charge of this chain says."""
        return self.filtered(lambda charge: charge.state != "waived")[-1:].count_ids

    def _get_charged_instances(self):
        """Instances whose lines make the price of this chain."""
        root = self[0]
        instances = self._get_evidence().instance_id
        for day in (root.period_start, root.period_end):
            instances |= root.contract_id._get_billed_instances(day)
        return instances

    def _replace_counts(self, counts):
        """The evidence of this chain with ``counts`` instead of the old ones.

        :raise UserError: when a count does not belong there, or nothing changes
        """
        old = self._get_evidence()
        contract = self.contract_id
        if counts.filtered(
            lambda count: count.state != "approved" or count.contract_id != contract
        ):
            raise UserError(
                self.env._("Choose approved line counts of %s.", contract.display_name)
            )
        if foreign := counts.instance_id - self._get_charged_instances():
            raise UserError(
                self.env._(
                    "%(instance)s was not billed in that period: its lines make no "
                    "price. Choose a line count of an instance that was.",
                    instance=foreign[0].display_name,
                )
            )
        if len(counts.instance_id) < len(counts):
            raise UserError(self.env._("Choose one line count for each instance."))
        if not counts - old:
            raise UserError(
                self.env._("That is what was charged: choose another line count.")
            )
        kept = old.filtered(lambda count: count.instance_id not in counts.instance_id)
        return kept | counts

    def _prepare_correction_vals(self, counts):
        """Values of the charge that puts this chain right, by other line counts.

        With the days and prices that are agreed for the period, as known today.
        """
        root, tail = self[0], self[-1]
        if not tail.is_correctable and not root.is_correctable:
            raise UserError(
                self.env._("Only what is charged by lines of code can be corrected.")
            )
        counts = self._replace_counts(counts)
        right = self._get_right_or_refuse(counts)
        currency = root.currency_id
        amount = currency.round(float(right.amount) - self._get_settled())
        if currency.is_zero(amount):
            raise UserError(
                self.env._(
                    "That count leads to the same price: there is nothing to correct."
                )
            )
        self._check_not_credited(amount)
        vals = self._prepare_difference_vals(
            right, amount, counts, "count", self._render_charged_lines()
        )
        if right.covered:
            vals["period_start"] = right.covered.start
            vals["period_end"] = right.covered.end
        return vals

    def _render_charged_lines(self):
        """What was charged and from how many lines, in the customer's language."""
        env = self[0].with_context(lang=self[0].partner_id.lang).env
        old = self._get_evidence()
        text = env._(
            "Charged: %(amount)s for %(lines)s lines, counted on %(days)s",
            amount=self._render_money(env, self._get_charged()),
            lines=formatLang(env, old._get_billed_lines(), digits=0),
            days=", ".join(format_date(env, count.date) for count in old),
        )
        if invoice := self._get_invoice_names(env):
            text += f" ({invoice})"
        return [text, *self._render_waived(env)]

    def _get_invoice_names(self, env):
        """Numbers and days of the invoices that this chain is on."""
        return ", ".join(
            env._(
                "invoice %(number)s of %(date)s",
                number=move.name,
                date=format_date(env, move.invoice_date),
            )
            for move in self.move_id
            if move.state == "posted"
        )

    def _get_waiting_corrections(self):
        """Those with something before them that is neither invoiced nor among these.

        All that comes before it counts: what is corrected can be a waived correction.
        """
        return self.filtered(
            lambda charge: charge._get_earlier_charges().filtered(
                lambda earlier: earlier.state in ("pending", "held")
                and earlier not in self
            )
        )

    # -- waiving ------------------------------------------------------------------

    def _check_no_correction_invoiced(self):
        """A charge stands as long as a correction of it does."""
        for charge in self:
            for later in charge._get_later_corrections():
                if later.state == "invoiced":
                    raise UserError(
                        self.env._(
                            "“%(charge)s” is corrected on %(invoice)s and cannot be "
                            "waived any more. Credit both.",
                            charge=charge.name,
                            invoice=later.sudo().move_id.display_name,
                        )
                    )

    def _get_open_corrections(self, states):
        """Corrections of these charges that have one of these statuses."""
        result = self.browse()
        for charge in self:
            result |= charge._get_later_corrections().filtered(
                lambda later: later.state in states
            )
        return result

    def _get_earlier_charges(self):
        """What comes before this charge in its chain."""
        self.ensure_one()
        earlier = charge = self.corrects_id
        while charge := charge.corrects_id:
            earlier |= charge
        return earlier

    def _get_later_corrections(self):
        self.ensure_one()
        chain = self._get_correction_chain()
        return chain[chain.ids.index(self.id) + 1 :]
