# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_datetime

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract.windows import (
    get_list_action,
    get_notification,
    opens,
)

from ..models.account_move import INVOICES_CONTEXT
from ..overview_month import MonthLines, describe_services
from ..overview_totals import MonthTotals
from ..overview_waiting import find_waiting_work, get_unsent_domain
from ..sending import find_unreached, send_again
from ..watching import BillingWatch, make_token

# What a list of these needs to show all that it can.
LIST_CONTEXTS = {"account.move": INVOICES_CONTEXT}
# How many months back can be chosen.
MONTHS = 36
# How many lines a section names; all of them are a click away, as charges.
MOST = 100


class SupportBillingOverview(models.TransientModel):
    """The accountant's first page, the month review: is all well, what to look at?

    A month is shown in the order an accountant thinks: what is new, what changed, and
    the figures that tie its charges to its invoices. What failed and what waits for
    somebody is today's, whatever month is shown.
    """

    _name = "support.billing.overview"
    _description = "Month Review"
    _inherit = "support.window.mixin"

    warnings = fields.Text(compute="_compute_warnings")
    stop_reason = fields.Text(compute="_compute_warnings")
    is_waiting = fields.Boolean(compute="_compute_is_waiting")
    last_run_id = fields.Many2one("support.billing.run", compute="_compute_run")
    last_run = fields.Char("Ran", compute="_compute_run")
    current_run_id = fields.Many2one("support.billing.run", compute="_compute_run")
    progress = fields.Float(related="current_run_id.progress")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    waiting_count = fields.Integer(compute="_compute_counts", string="Waits")
    unsent_count = fields.Integer(compute="_compute_counts", string="Posted, Not Sent")
    draft_count = fields.Integer(compute="_compute_counts", string="Drafts")
    review_count = fields.Integer(compute="_compute_counts", string="Counts")
    to_review_count = fields.Integer(compute="_compute_counts", string="To Review")
    month = fields.Selection(
        "_selection_month",
        required=True,
        default=lambda self: self._default_month(),
    )
    services = fields.Char(readonly=True)
    line_ids = fields.One2many("support.billing.overview.line", "overview_id")
    new_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="New Charges",
        domain=[("section", "=", "new")],
    )
    changed_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="Changed Charges",
        domain=[("section", "=", "changed")],
    )
    whole_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="Whole Months",
        domain=[("section", "=", "whole")],
    )
    new_count = fields.Integer("New", readonly=True)
    changed_count = fields.Integer("Changed", readonly=True)
    whole_count = fields.Integer("Part Months That Are Whole Now", readonly=True)
    most = fields.Integer(default=MOST, readonly=True)
    failed_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        string="Failed Contracts",
        domain=[("section", "=", "failed")],
    )
    waiting_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        domain=[("section", "=", "waiting")],
    )
    total_ids = fields.One2many(
        "support.billing.overview.line",
        "overview_id",
        domain=[("section", "=", "total")],
    )
    is_tied = fields.Boolean(
        compute="_compute_is_tied",
        help="Charges and invoices of the month agree to the öre.",
    )
    total = fields.Char(compute="_compute_is_tied", string="Total Without VAT")

    @api.model
    def _default_month(self):
        return self.env.company._support_today().strftime("%Y-%m")

    @api.model
    def _selection_month(self):
        return [
            (
                name,
                format_date(self.env, month, date_format="LLLL y").capitalize(),
            )
            for name, month in self._get_months().items()
        ]

    @api.model
    def _get_months(self):
        """{name: first day} of the months that can be chosen, the last one first."""
        first = self.env.company._support_today().replace(day=1)
        months = [first - relativedelta(months=back) for back in range(MONTHS)]
        return {month.strftime("%Y-%m"): month for month in months}

    @api.depends_context("uid")
    def _compute_display_name(self):
        for overview in self:
            overview.display_name = self.env._("Month Review")

    @api.depends_context("uid")
    def _compute_warnings(self):
        stop_reason = self.env["support.billing.run"]._get_stop_reason()
        # sudo: whoever watches need not see scheduled actions nor every company.
        warnings = BillingWatch(self.sudo().env).get_warnings()
        for overview in self:
            overview.stop_reason = stop_reason
            overview.warnings = "\n".join(
                warning for warning in warnings if warning != stop_reason
            )

    @api.depends_context("allowed_company_ids")
    def _compute_is_waiting(self):
        companies = self.env.companies
        for overview in self:
            overview.is_waiting = bool(companies - companies._filter_billing())

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_run(self):
        Run = self.env["support.billing.run"]
        for overview in self:
            overview.last_run_id = Run.search(
                [("state", "=", "done"), ("line_ids", "!=", False)],
                order="id desc",
                limit=1,
            )
            overview.current_run_id = Run.search(
                [("state", "!=", "done")], order="state, id", limit=1
            )
            overview.last_run = self._describe_run(overview.last_run_id)

    @api.model
    def _describe_run(self, run):
        """When the run was over and what came of it, in a line."""
        if not run:
            return ""
        return self.env._(
            "Ran %(date)s: %(done)s billed, %(failed)s failed",
            date=format_datetime(self.env, run.date_end, dt_format="short"),
            done=run.done_count,
            failed=run.failed_count,
        )

    @api.depends_context("allowed_company_ids")
    def _compute_counts(self):
        counts = {
            name: self.env[model].search_count(domain)
            for name, (model, domain) in self._get_open_work().items()
        }
        for overview in self:
            overview.failed_count = counts["failed"]
            overview.waiting_count = counts["waiting"]
            overview.unsent_count = counts["unsent"]
            overview.draft_count = counts["drafts"]
            overview.review_count = counts["review"]
            overview.to_review_count = counts["drafts"] + counts["review"]

    @api.depends("total_ids")
    def _compute_is_tied(self):
        for overview in self:
            lines = overview.total_ids
            overview.is_tied = not lines.filtered("is_problem")
            overview.total = " + ".join(
                line.currency_id.format(line.amount)
                for line in lines.filtered("is_total")
            )

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
        if vals.get("month") and vals["month"] not in self._get_months():
            months = self._selection_month()
            raise UserError(
                self.env._(
                    "Choose a month from %(first)s to %(last)s.",
                    first=months[-1][1],
                    last=months[0][1],
                )
            )

    # === BUTTONS === #

    @api.model
    def action_open(self):
        """A fresh look; the menu."""
        overview = self.create({})
        name = self.env._("Month Review")
        return overview._get_records_action(name=name, context={})

    def action_show(self):
        """Show the chosen month, as it is now; a button. The form reloads by itself."""
        self._fill()
        return True

    def action_earlier(self):
        return self._go(-1)

    def action_later(self):
        return self._go(1)

    def action_view_new(self):
        """The charges of what is new; a button."""
        return self._show_charges(self.env._("New"), MonthLines.find_new_charges)

    def action_view_changed(self):
        return self._show_charges(
            self.env._("Changed"), MonthLines.find_changed_charges
        )

    def action_view_whole(self):
        name = self.env._("Part Months That Are Whole Now")
        return self._show_charges(name, MonthLines.find_whole_charges)

    def _show_charges(self, name, find):
        charges = find(MonthLines(self.env, self._get_month(), self.most))
        domain = [("id", "in", charges.ids)]
        return get_list_action(name, charges._name, domain, context={"create": False})

    def action_view_failed(self):
        self.check_access("read")
        return self._show_open_work(self.env._("Failed"), "failed")

    def action_view_waiting(self):
        self.check_access("read")
        return self._show_open_work(self.env._("Waits"), "waiting")

    def action_view_unsent(self):
        self.check_access("read")
        return self._show_open_work(self.env._("Posted, Not Sent"), "unsent")

    def action_send(self):
        """Send what is posted and was not sent, or did not arrive; a button."""
        self.check_access("write")
        own = [("company_id", "in", self.env.companies.ids)]
        failed = find_unreached(self.env, own)
        for contract in failed._get_support_contracts():
            send_again(contract)
        moves = self.env["account.move"].search(get_unsent_domain(self.env))
        (moves - failed)._queue_sending()
        self._fill()
        return get_notification(
            self.env._("%s invoices are on their way.", len(moves | failed)),
            next={"type": "ir.actions.client", "tag": "soft_reload"},
        )

    def action_view_drafts(self):
        self.check_access("read")
        return self._show_open_work(self.env._("Drafts to Review"), "drafts")

    def action_view_review(self):
        self.check_access("read")
        return self._show_open_work(self.env._("Counts to Review"), "review")

    def _show_open_work(self, name, kind):
        model, domain = self._get_open_work()[kind]
        context = {"create": False} | LIST_CONTEXTS.get(model, {})
        return get_list_action(name, model, domain, context=context)

    def action_view_total(self):
        """The invoices and credit notes of the month; a button."""
        lines = self.total_ids.filtered("is_total")
        return lines[:1].action_open()

    def action_view_to_review(self):
        """Counts that wait for a decision, else drafts; a button."""
        return (
            self.action_view_review()
            if self.review_count
            else self.action_view_drafts()
        )

    action_view_last_run = opens("last_run_id")
    action_view_current_run = opens("current_run_id")

    def action_run_billing(self):
        return self.env["support.contract"].action_run_billing()

    def action_go_on(self):
        return self.env["support.billing.run"].action_go_on()

    def action_make_health_token(self):
        """Show a new token for the monitor, once; a button."""
        token = make_token(self.env)
        return get_notification(
            self.env._(
                "Let the monitor ask /support/health with the header "
                "“Authorization: Bearer %s”.",
                token,
            ),
            "info",
            title=self.env._("Copy the token now: it is not shown again"),
            sticky=True,
        )

    def action_reconcile(self):
        """Compare the months that are charged now with their invoices; a button."""
        month = self._get_month()
        reconciliation = self.env["support.reconciliation"].create(
            {
                # In arrears, the invoices charge the month before.
                "date_start": month.start - relativedelta(months=1),
                "date_end": month.end,
            }
        )
        return reconciliation.action_show()

    def _go(self, months):
        start = self._get_month().start + relativedelta(months=months)
        month = start.strftime("%Y-%m")
        if month in self._get_months():
            self.month = month
        return self.action_show()

    # === LINES === #

    def _fill(self):
        """Look at everything anew."""
        # Not deleted: who still looks at the old lines can open what they are about.
        self.line_ids.overview_id = False
        lines = MonthLines(self.env, self._get_month(), self.most)
        self.new_count, new = lines.prepare_new_vals()
        self.changed_count, changed = lines.prepare_changed_vals()
        self.whole_count, whole = lines.prepare_whole_vals()
        self.services = describe_services(self.env, self._get_month())
        vals_list = [
            *new,
            *changed,
            *whole,
            *self._prepare_failed_vals(),
            *self._prepare_waiting_vals(),
            *MonthTotals(self.env, self._get_month()).prepare_vals(),
        ]
        self.env["support.billing.overview.line"].create(
            [
                {"overview_id": self.id, "sequence": sequence, **vals}
                for sequence, vals in enumerate(vals_list)
            ]
        )
        # The domains of the lists look at what is in the database.
        self.flush_recordset()
        self.invalidate_recordset()

    def _prepare_failed_vals(self):
        failed = self.env["support.contract"].search(
            self._get_open_work()["failed"][1],
            order="partner_id, id",
            limit=self.most,
        )
        return [
            {
                "section": "failed",
                "name": contract.name,
                "contract_id": contract.id,
                "reason": contract.billing_error,
                "res_model": contract._name,
                "res_domain": [["id", "=", contract.id]],
            }
            for contract in failed
        ]

    def _prepare_waiting_vals(self):
        """A line for each kind of thing that waits, unless nothing does."""
        return [
            {
                "section": "waiting",
                "name": name,
                "number": len(records),
                "amounts": " + ".join(
                    currency.format(amount) for currency, amount in amounts.items()
                ),
                "res_model": records._name,
                "res_domain": [["id", "in", records.ids]],
            }
            for name, records, amounts in self._get_waiting_work()
            if records
        ]

    def _get_waiting_work(self):
        """What waits for somebody; extend with what another add-on lets wait.

        :return: list of (name, records, {currency: sum})
        """
        return find_waiting_work(self.env, self._get_open_work())

    def _get_month(self):
        """The month as a :class:`odoo.addons.support_contract.periods.Period`."""
        return calendar_month(fields.Date.to_date(f"{self.month}-01"))

    @api.model
    def _get_open_work(self):
        """{kind: (model, domain)} of what somebody has to look at."""
        own = ("company_id", "in", self.env.companies.ids)
        failed = ["|", ("billing_error", "!=", False), ("sending_error", "!=", False)]
        drafts = [
            ("state", "=", "draft"),
            ("move_type", "in", ("out_invoice", "out_refund")),
            ("invoice_line_ids.support_charge_ids", "!=", False),
        ]
        return {
            "failed": ("support.contract", [*failed, own]),
            "waiting": ("support.contract", [("billing_wait", "!=", False), own]),
            "drafts": ("account.move", [*drafts, own]),
            "review": ("support.count", [("state", "=", "to_review"), own]),
            "unsent": ("account.move", list(get_unsent_domain(self.env))),
        }
