# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.periods import calendar_month

from ..change_notes import explain_fee_change
from ..month_review import MonthReview

# How many months back can be chosen.
MONTHS = 36
# How many lines a section names; all of them are a click away, as charges.
MOST = 100


class SupportBillingOverview(models.TransientModel):
    """A month in the order an accountant thinks: what is new, and what changed."""

    _inherit = "support.billing.overview"

    month = fields.Selection(
        selection=lambda self: self._selection_month(),
        required=True,
        default=lambda self: self._default_month(),
        help="The month of the invoices' dates. In arrears they charge the month "
        "before.",
    )
    line_ids = fields.One2many("support.billing.overview.line", "overview_id")
    new_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="What Is New",
        domain=[("section", "=", "new")],
    )
    changed_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="What Changed",
        domain=[("section", "=", "changed")],
    )
    new_count = fields.Integer("New", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    most = fields.Integer(default=MOST, readonly=True)

    @api.model
    def _default_month(self):
        return self.env.company._support_today().strftime("%Y-%m")

    @api.model
    def _selection_month(self):
        first = self.env.company._support_today().replace(day=1)
        months = [first - relativedelta(months=back) for back in range(MONTHS)]
        return [
            (
                month.strftime("%Y-%m"),
                format_date(self.env, month, date_format="LLLL y").capitalize(),
            )
            for month in months
        ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_month(vals)
        overviews = super().create(vals_list)
        for overview in overviews:
            overview._fill()
        return overviews

    def write(self, vals):
        self._check_month(vals)
        return super().write(vals)

    @api.model
    def _check_month(self, vals):
        """Say it in a sentence: a page can be open since a month that is too old."""
        months = self._selection_month()
        if vals.get("month") and vals["month"] not in dict(months):
            raise UserError(
                self.env._(
                    "Choose a month from %(first)s to %(last)s.",
                    first=months[-1][1],
                    last=months[0][1],
                )
            )

    def _get_month(self):
        """The month as a :class:`odoo.addons.support_contract.periods.Period`."""
        self.ensure_one()
        return calendar_month(fields.Date.to_date(f"{self.month}-01"))

    def action_show(self):
        """Show the chosen month, as it is now; a button. The form reloads by itself."""
        self.ensure_one()
        self._fill()
        return True

    def action_earlier(self):
        return self._go(-1)

    def action_later(self):
        return self._go(1)

    def _go(self, months):
        self.ensure_one()
        start = self._get_month().start + relativedelta(months=months)
        month = start.strftime("%Y-%m")
        if month in dict(self._selection_month()):
            self.month = month
        return self.action_show()

    def _fill(self):
        """Look at everything anew."""
        self.ensure_one()
        # Not deleted: who still looks at the old lines can open what they are about.
        self.line_ids.overview_id = False
        vals_list = self._prepare_lines_vals()
        sequences = enumerate(vals_list)
        self.env["support.billing.overview.line"].create(
            [
                {"overview_id": self.id, "sequence": sequence, **vals}
                for sequence, vals in sequences
            ]
        )
        # The domains of the lists look at what is in the database.
        self.flush_recordset()
        self.invalidate_recordset()

    def _prepare_lines_vals(self):
        """Values of all lines; extend for another section."""
        month = self._get_month()
        changes = MonthReview(self.env, month).find_fee_changes()
        return [
            *self._prepare_new_vals([one for one in changes if not one[1]], month),
            *self._prepare_changed_vals([one for one in changes if one[1]], month),
        ]

    # -- new ------------------------------------------------------------------------

    def _prepare_new_vals(self, changes, month):
        """Contracts, services and instances that are charged for the first time."""
        Charge, Instance = self.env["support.charge"], self.env["support.instance"]
        # Read together, not contract by contract.
        every = Charge.browse([charge.id for charge, _before, _known in changes])
        every.service_id.type_id.mapped("name")
        every.contract_id.mapped("partner_id.name")
        fees, older = {}, set()
        for charge, _before, known in changes:
            fees[charge.contract_id] = fees.get(charge.contract_id, Charge) | charge
            if known:
                older.add(charge.contract_id)
        instances = MonthReview(self.env, month).find_new_instances()
        vals_list = []
        for contract, charges in fees.items():
            if contract not in older:
                vals_list.append(
                    self._prepare_new_contract_vals(
                        charges, instances.pop(contract, Instance)
                    )
                )
                continue
            vals_list += [self._prepare_new_service_vals(charge) for charge in charges]
        vals_list += [
            {
                "section": "new",
                "name": self.env._("Instance: %s", instance.name),
                "contract_id": contract.id,
                "reason": self.env._("Its lines are charged for the first time."),
                "res_model": instance._name,
                "res_domain": [["id", "=", instance.id]],
            }
            for contract, added in instances.items()
            for instance in added
        ]
        self.new_count = len(vals_list)
        return vals_list[:MOST]

    def _prepare_new_contract_vals(self, charges, instances):
        contract = charges.contract_id
        services = ", ".join(charges.service_id.type_id.mapped("name"))
        reason = services
        if instances:
            reason = self.env._(
                "%(services)s (%(instances)s)",
                services=services,
                instances=", ".join(instances.mapped("name")),
            )
        if contract.billed_through:
            reason += "\n" + self.env._(
                "Billed elsewhere until %s",
                format_date(self.env, contract.billed_through),
            )
        return {
            "section": "new",
            "name": self.env._("Contract: %s", contract.name),
            "contract_id": contract.id,
            "currency_id": contract.currency_id.id,
            "amount": sum(charges.mapped("amount")),
            "reason": reason,
            "res_model": contract._name,
            "res_domain": [["id", "=", contract.id]],
        }

    def _prepare_new_service_vals(self, charge):
        return {
            "section": "new",
            "name": self.env._("Service: %s", charge.service_id.type_id.name),
            "contract_id": charge.contract_id.id,
            "currency_id": charge.currency_id.id,
            "amount": charge.amount,
            "reason": self.env._(
                "Since %s", format_date(self.env, charge.service_id.date_start)
            ),
            "res_model": charge._name,
            "res_domain": [["id", "=", charge.id]],
        }

    # -- changed --------------------------------------------------------------------

    def _prepare_changed_vals(self, changes, month):
        """Fees that differ from the month before, those that ended, and corrections."""
        Charge = self.env["support.charge"]
        every = Charge.browse([charge.id for charge, _before, _known in changes[:MOST]])
        every.service_id.type_id.mapped("name")
        ended, corrections = self._find_ended_and_corrected(month)
        self.changed_count = len(changes) + len(ended) + len(corrections)
        vals_list = [
            self._prepare_change_vals(
                charge,
                previous.amount,
                charge.amount,
                explain_fee_change(charge, previous),
            )
            for charge, previous, _known in changes[:MOST]
        ]
        vals_list += [
            self._prepare_change_vals(
                charge,
                charge.amount,
                0.0,
                self.env._(
                    "Ended on %s", format_date(self.env, charge.service_id.date_end)
                ),
            )
            for charge in ended[:MOST]
        ]
        vals_list += [
            self._prepare_correction_vals(charge) for charge in corrections[:MOST]
        ]
        return vals_list[:MOST]

    def _find_ended_and_corrected(self, month):
        """The last charges of what ended before the month, and its corrections."""
        Charge = self.env["support.charge"]
        before = calendar_month(month.start - relativedelta(days=1))
        corrections = Charge.search(
            [("kind", "=", "correction"), *Charge._get_month_domain(month)]
        )
        return MonthReview(self.env, before).find_ended_fees(), corrections

    def _prepare_change_vals(self, charge, before, after, reason):
        return {
            "section": "changed",
            "name": charge.service_id.type_id.name,
            "contract_id": charge.contract_id.id,
            "currency_id": charge.currency_id.id,
            "before": before,
            "amount": after,
            "difference": after - before,
            "reason": reason,
            "res_model": charge._name,
            "res_domain": [["id", "=", charge.id]],
        }

    def _prepare_correction_vals(self, charge):
        """What was charged for a month, what is right, and why it was not at once."""
        chain = charge._get_correction_chain()
        after = chain[: chain.ids.index(charge.id) + 1]
        before = after - charge
        reason = charge.name
        if charge.correction_origin == "agreement":
            reason += "\n" + self.env._(
                "The agreement changed: %s",
                charge.amendment_id.reason or self.env._("after it was charged"),
            )
        return self._prepare_change_vals(
            charge,
            before._get_charged(),
            after._get_charged(),
            reason,
        )

    def action_view_new(self):
        """The charges of what is new; a button."""
        return self._view_changes(lambda before: not before, self.env._("New"))

    def action_view_changed(self):
        ended, corrections = self._find_ended_and_corrected(self._get_month())
        return self._view_changes(bool, self.env._("Changed"), ended | corrections)

    def _view_changes(self, wanted, name, others=()):
        changes = MonthReview(self.env, self._get_month()).find_fee_changes()
        found = [charge.id for charge, before, _known in changes if wanted(before)]
        found += [charge.id for charge in others]
        return self._open(name, "support.charge", [("id", "in", found)])
