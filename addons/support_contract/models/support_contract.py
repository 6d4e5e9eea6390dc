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
    instance_ids = fields.One2many("support.instance", "contract_id")
    standard_instance_ids = fields.Many2many(
        "support.instance",
        string="Standard Test Instances",
        compute="_compute_standard_instance_ids",
        help="Where this customer's bugs are reproduced (clause R15): those with the "
        "same Odoo version.",
    )
    count_ids = fields.One2many("support.count", "contract_id")
    instance_count = fields.Integer(compute="_compute_instance_count")
    count_count = fields.Integer("Line Counts", compute="_compute_count_count")
    billed_lines = fields.Integer(
        string="Billed Lines of Code",
        compute="_compute_billed_lines",
        help="Lines in the latest approved counts of the billed instances; a module "
        "that is the same in two of them counts once.",
    )
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

    @api.depends("instance_ids.series", "instance_ids.role", "company_id")
    def _compute_standard_instance_ids(self):
        standard = self.env["support.instance"].search(
            [("role", "=", "standard_test"), ("company_id", "in", self.company_id.ids)]
        )
        for contract in self:
            series = set(contract.instance_ids.mapped("series"))
            contract.standard_instance_ids = standard.filtered(
                lambda instance, series=series, company=contract.company_id: (
                    instance.series in series and instance.company_id == company
                )
            )

    @api.depends("instance_ids")
    def _compute_instance_count(self):
        counts = dict(
            self.env["support.instance"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.instance_count = counts.get(contract._origin, 0)

    @api.depends("count_ids")
    def _compute_count_count(self):
        counts = dict(
            self.env["support.count"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.count_count = counts.get(contract._origin, 0)

    @api.depends(
        "instance_ids.billed",
        "instance_ids.date_end",
        "instance_ids.count_ids.state",
        "instance_ids.count_ids.billed_lines",
    )
    def _compute_billed_lines(self):
        for contract in self:
            contract.billed_lines = contract._get_billed_counts()._get_billed_lines()

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

    def action_count(self):
        """Count the billed instances now; a button."""
        instances = self._get_billed_instances()
        if not instances:
            raise UserError(
                self.env._("Add an instance whose lines are billed before counting.")
            )
        return instances.action_count()

    def action_view_instances(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract.support_instance_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {"default_contract_id": self.id}
        return action

    def action_view_counts(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract.support_count_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        action["context"] = {}
        return action

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
        if any(service.type_id.basis == "lines" for service in self.service_ids):
            if not self._get_billed_instances():
                missing.append(
                    self.env._("Add the instance whose lines of code are billed.")
                )
        return missing

    def _get_billed_instances(self, day=None):
        """The instances whose lines enter the fee on `day`, by default today. R2."""
        self.ensure_one()
        day = day or self.company_id._support_today()
        return self.instance_ids._filter_billed_on(day)

    def _get_billed_counts(self):
        """The latest approved count of each billed instance. Clause R2."""
        return self._get_billed_instances().mapped("last_count_id")
