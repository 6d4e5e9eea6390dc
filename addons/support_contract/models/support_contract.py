# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportContract(models.Model):
    """What one customer was promised, from when, under which terms."""

    _name = "support.contract"
    _description = "Support Contract"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date_start desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Contract Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        check_company=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    terms_id = fields.Many2one(
        "support.terms",
        required=True,
        default=lambda self: self._default_terms_id(),
        domain="[('state', '=', 'published'), "
        "('company_id', 'in', [company_id, False])]",
        help="The version of the standard terms that the customer signs.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Account Manager",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Is told when the contract needs somebody's attention.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("active", "Active"),
            ("notice", "Notice Given"),
            ("ended", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    date_signed = fields.Date(copy=False, tracking=True)
    date_start = fields.Date(compute="_compute_dates", store=True)
    date_min_end = fields.Date(
        string="Minimum Term Until", compute="_compute_dates", store=True
    )
    date_end = fields.Date(compute="_compute_dates", store=True)
    billed_through = fields.Date(
        copy=False,
        help="For a contract that was billed elsewhere before: nothing up to and "
        "including this day is ever charged here.",
    )
    service_ids = fields.One2many("support.contract.service", "contract_id", copy=True)
    note = fields.Html(string="Internal Notes")

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != 'New'", "This contract number is taken."
    )

    @api.model
    def _default_terms_id(self):
        """The latest version that fits: of the company, then in its currency."""
        company = self.env.company
        terms = self.env["support.terms"].search(
            [("state", "=", "published"), ("company_id", "in", [company.id, False])],
            order="date_published desc, id desc",
        )
        return terms.sorted(
            lambda version: (
                version.company_id != company,
                version.currency_id != company.currency_id,
            )
        )[:1]

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for contract in self:
            names = filter(None, [contract.name, contract.partner_id.name])
            contract.display_name = " ".join(names)

    @api.depends("terms_id")
    def _compute_currency_id(self):
        for contract in self:
            contract.currency_id = (
                contract.terms_id.currency_id or contract.company_id.currency_id
            )

    @api.depends(
        "service_ids.date_start", "service_ids.date_end", "service_ids.date_min_end"
    )
    def _compute_dates(self):
        for contract in self:
            services = contract.service_ids
            starts = [day for day in services.mapped("date_start") if day]
            min_ends = [day for day in services.mapped("date_min_end") if day]
            ends = services.mapped("date_end")
            contract.date_start = min(starts, default=False)
            contract.date_min_end = max(min_ends, default=False)
            contract.date_end = max(ends) if ends and all(ends) else False

    @api.model_create_multi
    def create(self, vals_list):
        new = self.env._("New")
        for vals in vals_list:
            if vals.get("name", new) == new:
                company_id = vals.get("company_id") or self.env.company.id
                vals["name"] = (
                    self.env["ir.sequence"]
                    .with_company(company_id)
                    .next_by_code("support.contract")
                    or new
                )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if self.filtered(lambda contract: contract.state != "draft"):
            raise UserError(self.env._("Only a draft can be deleted. Cancel it first."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        drafts = self.filtered(lambda contract: contract.state == "draft")
        # sudo: whoever deletes need not see all that hinders it.
        for contract_sudo in drafts.sudo():
            if contract_sudo.event_ids:
                raise UserError(
                    self.env._(
                        "%s has a history, which stays: Cancel it instead of deleting "
                        "it.",
                        contract_sudo.name,
                    )
                )

    def action_activate(self):
        for contract in self:
            if missing := contract._get_activation_obstacles():
                raise UserError(
                    self.env._(
                        "%(contract)s cannot become active yet:\n%(obstacles)s",
                        contract=contract.name,
                        obstacles="\n".join(f"- {line}" for line in missing),
                    )
                )
        self._set_state("active")

    def action_cancel(self):
        if self.filtered(lambda contract: contract.state != "draft"):
            raise UserError(
                self.env._("Only a draft is cancelled. An active contract is ended.")
            )
        self._set_state("cancelled")

    def action_draft(self):
        if self.filtered(lambda contract: contract.state != "cancelled"):
            raise UserError(
                self.env._("Only a cancelled contract can become a draft again.")
            )
        self._set_state("draft")

    def _get_activation_obstacles(self):
        """Sentences that say what is missing before the contract can be active."""
        self.ensure_one()
        missing = []
        if not self.date_signed:
            missing.append(self.env._("Enter the date on which it was signed."))
        if not self.service_ids:
            missing.append(self.env._("Add at least one service."))
        if self.terms_id.state == "draft":
            missing.append(self.env._("Publish its terms."))
        today = self.company_id._support_today()
        if (
            self.date_start
            and self.date_start < today.replace(day=1)
            and not self.billed_through
        ):
            # Months would be charged at once that somebody else may have billed.
            missing.append(
                self.env._(
                    "It began before this month: enter under “Billed Through” the last "
                    "day that was billed elsewhere, or the day before it began if "
                    "nothing was."
                )
            )
        return missing

    def _get_monthly_fee(self, counts=None):
        """What a whole month of all running services costs today; billing knows.

        :param counts: the line counts to compute from instead of the billed ones
        :return: the amount, or 0 where nobody can compute it
        """
        self.ensure_one()
        return 0.0
