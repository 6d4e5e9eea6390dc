# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.periods import ONE_DAY, Period


class SupportCharge(models.Model):
    """Charged days whose agreement changed afterwards: the difference, by itself.

    A month was charged, mostly in advance, and then the service ends inside it or
    costs something else from a day on. The difference is a correction like that of a
    wrong count, in the same chain: its sum is what the customer would have paid had
    everything been known before. What waits for an invoice when the agreement changes
    once more is dropped and made anew; what was invoiced is countered.
    """

    _inherit = "support.charge"

    correction_origin = fields.Selection(
        selection=lambda self: self._selection_correction_origin(),
        string="Corrected Because",
        readonly=True,
        index="btree_not_null",
        help="What was not known, or not right, when it was charged.",
    )
    amendment_id = fields.Many2one(
        "support.contract.amendment",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The change of the agreement that charged days are corrected for.",
    )
    is_dropped = fields.Boolean(
        string="Dropped",
        readonly=True,
        copy=False,
        help="The agreement changed once more before it was invoiced, so it was never "
        "owed.",
    )

    @api.model
    def _selection_correction_origin(self):
        return [
            ("count", self.env._("The line count was wrong")),
            ("agreement", self.env._("The agreement changed")),
        ]

    # -- sums of a chain --------------------------------------------------------------

    def _get_settled(self):
        """What was charged by this chain or settled by a person who waived it.

        A manager can waive what a changed agreement gives back, or asks for. That
        stays decided, and is the ground on which later differences are computed.
        """
        charged = self._get_charged()
        last = self._get_last_agreement_correction()
        return charged + last.amount if last.state == "waived" else charged

    def _get_last_agreement_correction(self):
        return self.filtered(
            lambda charge: charge.correction_origin == "agreement"
            and not charge.is_dropped
        )[-1:]

    def _get_open_agreement_correction(self):
        """The one that waits for an invoice and that nothing builds on, or none."""
        last = self.filtered(lambda charge: not charge.is_dropped)[-1:]
        return last.filtered(
            lambda charge: charge.correction_origin == "agreement"
            and charge.state in ("pending", "held")
        )

    # -- the difference ---------------------------------------------------------------

    def _adjust_for_amendment(self):
        """Look anew at the chains of these charges: they came back to be owed."""
        roots = self.browse()
        for charge in self:
            if charge.kind in ("recurring", "correction"):
                roots |= charge._get_correction_chain()[0]
        if not roots:
            return
        for contract in roots.contract_id:
            contract._lock_for_amendment()
        reason = self.env._("The agreement changed after it was charged.")
        for root in roots:
            root._get_correction_chain()._adjust_to_agreement(reason)

    def _adjust_to_agreement(self, reason, span=None, amendment=None):
        """Charge or credit what the agreement, as it is now, makes of this chain.

        Does nothing where it is right, so it can be asked for at any time.

        :param reason: why the agreement changed, for the log
        :param span: :class:`Period` of days whose price can differ by that
        :param amendment: ``support.contract.amendment`` that changed it
        """
        root, currency = self[0], self.currency_id
        if self._is_out_of_question():
            return
        right = self._get_expected_amount()
        if right is None:
            self._notify_contracts(
                reason,
                self.env._(
                    "What it changes could not be computed, as the billing periods of "
                    "the terms are others by now. Look at these charges:"
                ),
            )
            return
        due = float(right.amount)
        if not currency.compare_amounts(due, self._get_settled()):
            return
        waiting = self._get_open_agreement_correction()
        held = waiting.state == "held" and waiting.decision_reason
        rest = self - waiting
        if waiting:
            span = waiting._unite_days(span)
            waiting._drop(reason)
        amount = currency.round(due - rest._get_charged())
        if currency.is_zero(amount) or not currency.compare_amounts(
            due, rest._get_settled()
        ):
            return
        credited, left = rest._get_credited_by_hand()
        if currency.compare_amounts(credited, 0) > 0:
            if currency.compare_amounts(left, 0) <= 0:
                return  # nothing is left that could be corrected
            if amount < 0:
                held = held or self._format_credited(credited)
        vals = rest._prepare_agreement_vals(right, amount, span, bool(waiting))
        # Dropped ones keep their place: the chain has no branches.
        vals["corrects_id"] = self[-1].id
        vals["key"] = f"correction:{self._name}:{self[-1].id}:{vals['date']}"
        amendment = amendment or self._get_last_agreement_correction().amendment_id
        vals["amendment_id"] = amendment.id
        if held:
            vals |= {
                "state": "held",
                "decision_reason": held,
                "decision_user_id": self.env.uid,
                "decision_date": fields.Datetime.now(),
            }
        self._add_correction(vals, reason)
        if held:
            root.contract_id._update_held_activity()

    def _is_out_of_question(self):
        """Whether nobody has to pay for the charged days, whatever is agreed.

        What costs nothing is waived as well, but can come to cost something.
        """
        root = self[0]
        return (
            root.kind != "recurring"
            or not root.period_start
            or root.currency_id != root.contract_id.currency_id
            or (root.state == "waived" and not root.currency_id.is_zero(root.amount))
        )

    def _format_credited(self, credited):
        return self.env._(
            "%(amount)s of %(invoice)s is credited by hand. Waive this if that was for "
            "the same days, else release it.",
            amount=self.currency_id.format(credited),
            invoice=self[0].sudo().move_id.name,
        )

    def _unite_days(self, span):
        """The days of this correction and those of ``span`` together, or None."""
        self.ensure_one()
        if not span:
            return None
        return Period(
            min(span.start, self.period_start), max(span.end, self.period_end)
        )

    def _drop(self, reason):
        """Take back a correction that was never invoiced."""
        self.ensure_one()
        was_held = self.state == "held"
        text = self.env._("The agreement changed again: %s", reason)
        self._set_state(
            {
                "state": "waived",
                "is_dropped": True,
                "decision_reason": text,
                "decision_user_id": self.env.uid,
                "decision_date": fields.Datetime.now(),
            },
            text,
        )
        if was_held:
            self.contract_id._update_held_activity()
        self._notify_contracts(text, self.env._("This correction is dropped:"))

    def _prepare_agreement_vals(self, right, amount, span, replaces):
        """Values of the correction; its days are those that cost something else.

        :param replaces: it takes the place of one that was dropped
        """
        root = self[0]
        env = root.with_context(lang=root.partner_id.lang).env
        service = root.service_id.with_env(env)
        text = env._(
            "Charged: %(amount)s for %(days)s",
            amount=self._render_money(env, self._get_charged()),
            days=service._format_days(right.days),
        )
        if invoice := self._get_invoice_names(env):
            text += f" ({invoice})"
        counts = self._get_evidence() or root.count_ids
        vals = self._prepare_difference_vals(
            right, amount, counts, "agreement", [text, *self._render_waived(env)]
        )
        start, end = root.period_start, root.period_end
        if span:
            start, end = max(start, span.start), min(end, span.end)
        covered = right.covered
        if covered and (replaces or not span) and len(right.pieces) == 1:
            # Alone it stands for the days after the end, whenever that was agreed.
            if covered.start == root.period_start and start <= covered.end < end:
                start = covered.end + ONE_DAY
        vals["period_start"], vals["period_end"] = start, end
        # Not before the days have come that are given back or cost more.
        vals["date"] = max(vals["date"], start)
        return vals

    def _render_waived(self, env):
        """That a person let the customer keep, or off, an earlier difference."""
        waived = self._get_settled() - self._get_charged()
        if self.currency_id.is_zero(waived):
            return []
        return [env._("Waived before: %s", self._render_money(env, waived))]
