# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# What people may write.
NAMED_FIELDS = {"origin_ref", "origin_note"}


class SupportCountGrowth(models.Model):
    """How much a module grew or shrank with an approved count, and who ordered it.

    The figures come from approved counts and never change; people may only name what
    is behind them.
    """

    _name = "support.count.growth"
    _description = "Growth of Code"
    _inherit = ["support.evidence.mixin"]
    _order = "date desc, count_id desc, change desc, id"
    _rec_name = "module"
    _check_company_auto = True

    count_id = fields.Many2one(
        "support.count", required=True, readonly=True, check_company=True
    )
    previous_id = fields.Many2one(
        "support.count",
        string="Count Before",
        ondelete="restrict",
        readonly=True,
        check_company=True,
    )
    instance_id = fields.Many2one(
        "support.instance", required=True, index=True, readonly=True, check_company=True
    )
    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, readonly=True, check_company=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True)
    module = fields.Char(required=True, readonly=True)
    billed = fields.Boolean(
        string="Covered", readonly=True, help="Its lines enter the fee."
    )
    kind = fields.Selection(
        [
            ("first", "First count"),
            ("new", "New module"),
            ("grown", "Grown"),
            ("shrunk", "Shrunk"),
            ("gone", "Module gone"),
        ],
        required=True,
        readonly=True,
    )
    lines_before = fields.Integer(readonly=True)
    lines_after = fields.Integer(readonly=True)
    change = fields.Integer(
        string="Growth", readonly=True, help="Lines more than in the count before."
    )
    origin_ref = fields.Reference(
        "_selection_origin_ref",
        string="Ordered With",
        help="The version upgrade or amendment that this code was written for; or the "
        "customer's ticket, task or sales order, where these apps are installed.",
    )
    origin_note = fields.Char(
        string="Ordered How",
        help="In words, if there is no record of it here, such as “Mail of 12 March”.",
    )
    ordered = fields.Boolean(
        compute="_compute_ordered", store=True, help="Somebody named what is behind it."
    )

    _module_uniq = models.UniqueIndex(
        "(count_id, module)", "The growth of that module is noted already."
    )

    @api.model
    def _selection_origin_ref(self):
        """Models whose records can be behind growth; add-ons extend the list."""
        return [
            ("support.contract.amendment", self.env._("Amendment")),
            *(
                (model, self.env["ir.model"]._get(model).name)
                for model in self._get_origin_models()
                if model in self.env
            ),
        ]

    @api.model
    def _get_free_fields(self):
        return super()._get_free_fields() | NAMED_FIELDS | {"ordered"}

    @api.model
    def _get_origin_models(self):
        """Models of other apps whose records can be behind growth, where installed."""
        return ("helpdesk.ticket", "project.task", "sale.order")

    @api.depends("origin_ref", "origin_note")
    def _compute_ordered(self):
        for growth in self:
            # What says nothing explains nothing.
            told = any(map(str.isalnum, growth.origin_note or ""))
            growth.ordered = bool(growth.origin_ref) or told

    @api.constrains("origin_ref")
    def _check_origin_ref(self):
        for growth in self.filtered("origin_ref"):
            if not growth._is_explained_by(growth.origin_ref):
                raise growth._get_origin_error()

    def _get_origin_error(self):
        return ValidationError(
            self.env._(
                "%(module)s: choose a record of %(customer)s, in the same company, "
                "that you may see.",
                module=self.module,
                customer=self.sudo().contract_id.partner_id.name,
            )
        )

    def _is_explained_by(self, origin):
        """Whether a record can be behind this growth: it is there, and it is of the
        same customer and company.

        :param origin: record of one of `_selection_origin_ref`
        """
        self.ensure_one()
        if not origin.exists():
            return False
        # sudo: of the customer nothing but who it is.
        growth, origin = self.sudo(), origin.sudo()
        owner = origin.contract_id if "contract_id" in origin._fields else origin
        company = owner.company_id
        customer = owner.partner_id.commercial_partner_id
        return (
            customer == growth.contract_id.partner_id.commercial_partner_id
            and (company or growth.company_id) == growth.company_id
        )

    def _check_system_fields(self, vals):
        if self and not self.env.su and vals.keys() - NAMED_FIELDS:
            raise UserError(
                self.env._(
                    "Growth comes from approved counts. Only what was behind it can be "
                    "named."
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "origin_ref" in vals and not self.env.su:
            # Odoo checks constraints as the system, which sees everything.
            for growth in self.filtered("origin_ref"):
                if not growth.origin_ref.has_access("read"):
                    raise growth._get_origin_error()
        return result

    def action_compare(self):
        """What changed, file by file; a button."""
        self.ensure_one()
        return self.count_id.action_compare()
