# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models

from odoo.addons.support_contract.windows import get_dialog, get_list_action

from ..time_correction import TimeCorrection
from ..timekeeping import LoggedTime, get_time_name


class SupportCharge(models.Model):
    _inherit = "support.charge"

    time_line_ids = fields.One2many(
        "account.analytic.line",
        "support_charge_id",
        string="Time",
        groups="base.group_user",
    )
    state = fields.Selection(
        selection_add=[("approval", "Waiting for Approval")],
        # Nobody said yes: not to be invoiced because an add-on is gone.
        ondelete={"approval": lambda charges: charges.write({"state": "held"})},
    )
    approval_id = fields.Many2one(
        "support.work.approval",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
        help="The customer's yes that it rests on.",
        check_company=True,
    )
    time_terms = fields.Json(
        readonly=True, copy=False, help="Price of an hour, factor and discount."
    )
    day_ids = fields.One2many("support.charge.day", "charge_id", string="Days")
    corrected_minutes = fields.Integer(
        readonly=True,
        copy=False,
        help="Minutes that a correction bills more or, below zero, less.",
    )

    @api.model
    def _selection_kind(self):
        kinds = super()._selection_kind()
        return [*kinds, ("time", self.env._("Time"))]

    @api.model_create_multi
    def create(self, vals_list):
        charges = super().create(vals_list)
        if any(vals.get("time_line_ids") for vals in vals_list):
            # The database takes no time for a charge that is invoiced already.
            self.env["account.analytic.line"].flush_model()
        return charges

    @api.model
    def _get_unowed_states(self):
        """Nobody owes what nobody said yes to."""
        return super()._get_unowed_states() | {"approval"}

    @api.model
    def _selection_correction_origin(self):
        origins = super()._selection_correction_origin()
        return [*origins, (TimeCorrection.origin, self.env._("The time was wrong"))]

    @api.depends("kind", "state", "corrects_id")
    def _compute_is_correctable(self):
        time = self.filtered(lambda charge: charge._is_time())
        for charge in time:
            # What is on no invoice yet is decided on instead.
            root = charge._get_correction_chain()[0]
            charge.is_correctable = (
                root.state == "invoiced" and charge.state != "waived"
            )
        return super(SupportCharge, self - time)._compute_is_correctable()

    def action_correct(self):
        if not self._is_time():
            return super().action_correct()
        return get_dialog(
            self.env._("Correct"),
            "support.time.correction",
            charge_id=self._get_correction_chain()[0].id,
        )

    def action_view_time(self):
        """The logged time behind it; a button.

        Where a day is approved in part, both charges show its time.
        """
        self.ensure_one()
        # sudo: which time it is, is no secret; opening it takes rights.
        time = self.sudo().time_line_ids | self.day_ids._get_time()
        return get_list_action(
            self.env._("Time"),
            "account.analytic.line",
            [("id", "in", time.ids)],
            context={"create": False},
        )

    @api.model
    def _get_open_states(self):
        return super()._get_open_states() | {"approval"}

    def _get_restored_state(self):
        """Time that nobody said yes to waits for a yes again."""
        needs_yes = self.kind == "time" and any(
            self.contract_id._value_on("approval_required", day)
            for day in self.day_ids.mapped("date")
        )
        if needs_yes and not self.former_line_ids:
            return "approval"
        return super()._get_restored_state()

    def _get_reader_names(self):
        """Time on a piece of work as it is called by now."""
        days, ids = {}, defaultdict(set)
        for charge in self.filtered(lambda one: one.kind == "time"):
            day = charge.day_ids[:1]
            if day and charge.time_terms and day.work_model in self.env:
                days[charge] = day
                ids[day.work_model].add(day.work_id)
        works = {
            (name, work.id): work
            for name, own in ids.items()
            for work in self.env[name].browse(own).exists()
        }
        kinds = self.env["support.service.type"].browse(
            {charge.time_terms["type_id"] for charge in days}
        )
        known, names = {kind.id: kind for kind in kinds.exists()}, {}
        for charge, day in days.items():
            work = works.get((day.work_model, day.work_id))
            kind = known.get(charge.time_terms["type_id"])
            if work and kind:
                names[charge] = get_time_name(work, kind, charge.period_start)
        others = self - self.browse().union(*names)
        return {**super(SupportCharge, others)._get_reader_names(), **names}

    def _is_time(self):
        """Whether it charges time, or corrects a charge of time."""
        self.ensure_one()
        charge = self
        while charge.corrects_id:
            charge = charge.corrects_id
        return charge.kind == "time"

    def _correct_time(self, minutes, reason):
        """Charge, or credit, what other minutes than the billed ones make.

        :param minutes: to bill, for all days of the charge together
        :param reason: the customer reads it
        :return: the correction, which waits for the next invoice
        :raise UserError: when there is nothing to correct
        """
        # sudo: charges are written by the system alone, never by a person.
        chain = self.sudo()._get_correction_chain()
        return TimeCorrection(chain).make(minutes, reason).sudo(False)

    def _adjust_again(self):
        # Time has the price of its day; what is agreed later changes none of it.
        time = self.filtered(lambda charge: charge._is_time())
        return super(SupportCharge, self - time)._adjust_again()

    def _prepare_decision_vals(self, state, reason):
        vals = super()._prepare_decision_vals(state, reason)
        if state == "approval":
            # What the yes was for may be used up by now: it is looked up anew.
            vals["approval_id"] = False
        return vals

    def _prepare_invoice_line_vals(self):
        """Hours are printed as such where the quantity is the hours that are billed.

        The unit of the product does not count: it may be an older one.
        """
        vals = super()._prepare_invoice_line_vals()
        if self._is_time():
            minutes = sum(self.day_ids.mapped("billed_minutes"))
            minutes += self.corrected_minutes
            in_hours = minutes and round(self.quantity * 60) == minutes
            unit = f"uom.product_uom_{'hour' if in_hours else 'unit'}"
            vals["product_uom_id"] = self.env.ref(unit).id
        return vals

    def _get_corrected_charges(self):
        """Time that is logged late can make its day cheaper, as it is rounded anew."""
        corrected = super()._get_corrected_charges()
        if corrected or self.kind != "time" or self.amount >= 0:
            return corrected
        charges = self.browse()
        for day in self.day_ids:
            same = self.env["support.charge.day"].search(
                [
                    ("contract_id", "=", self.contract_id.id),
                    ("work_model", "=", day.work_model),
                    ("work_id", "=", day.work_id),
                    ("date", "=", day.date),
                ]
            )
            charges |= same.charge_id - self._origin
        # What came after it corrects nothing of it.
        return charges.filtered(
            lambda one: not self._origin or one.id < self._origin.id
        ).sorted("id")

    def _get_work(self):
        """The work whose time it charges, or none."""
        self.ensure_one()
        day = self.day_ids[:1]
        if not day or day.work_model not in self.env:
            return None
        return self.env[day.work_model].browse(day.work_id).exists()

    def _get_metered_evidence(self):
        # sudo: who reads a charge need not read the time of others.
        time = map(LoggedTime, self.sudo().time_line_ids)
        return [*super()._get_metered_evidence(), *time]

    @api.model
    def _get_evidence_domains(self):
        domain = [("kind", "=", "time")]
        return {**super()._get_evidence_domains(), "support_scope": domain}
