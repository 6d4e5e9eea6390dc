# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from .. import first_steps


class SupportGetStarted(models.TransientModel):
    """The page "Get Started": from nothing to the first invoice that was sent.

    Each row is a class of `first_steps`, named in ``_get_steps``. What it shows is
    found anew whenever it is read.
    """

    _name = "support.get.started"
    _description = "Get Started"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    step_ids = fields.One2many("support.get.started.step", "page_id")
    is_waiting = fields.Boolean(compute="_compute_is_waiting")

    @api.model
    def _get_steps(self, company):
        """Classes of the rows of a company, in their order; extend to add one."""
        return list(first_steps.STEPS)

    @api.model_create_multi
    def create(self, vals_list):
        pages = super().create(vals_list)
        for page in pages:
            page._check_own_company()
            page.step_ids = [
                Command.create({"code": step.code, "sequence": place})
                for place, step in enumerate(self._get_steps(page.company_id), start=1)
            ]
        return pages

    def _check_own_company(self):
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("Choose that company to get it started."))

    def _find_steps(self):
        """{code: step} for one look at the page."""
        self.ensure_one()
        self._check_own_company()
        company = self.company_id.with_company(self.company_id)
        facts = first_steps.Facts(company)
        return {step.code: step(facts) for step in self._get_steps(company)}

    @api.depends("company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Get Started")

    @api.depends("company_id", "step_ids.state")
    def _compute_is_waiting(self):
        for page in self:
            page.is_waiting = not page.company_id._filter_billing()

    @api.model
    def _is_first_page(self):
        """Whether the company has sent no invoice of ours yet."""
        company = self.env.company
        return not first_steps.Facts(company).first_invoice

    @api.model
    def action_open(self):
        """A fresh look; a menu, and the first page of who bills a new company."""
        # Of a menu's action the context says that no e-mail leaves at once.
        return self.create({})._get_records_action(
            name=self.env._("Get Started"), context={}
        )

    def action_overview(self):
        """The overview of billing, which comes first later on; a button."""
        return self.env["support.overview"]._get_role_page()
