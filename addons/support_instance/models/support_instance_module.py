# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..count_flags import core_names


class SupportInstanceModule(models.Model):
    """A module of an instance: where it comes from, and whether the contract covers it.

    Covered and billed are one thing: billed lines are exactly the lines of covered
    modules (clause R2), and the right to upgrades and bug fixes is that for covered
    modules (clause R9).
    """

    _name = "support.instance.module"
    _description = "Instance Module"
    _inherit = ["support.amendable.mixin"]
    _order = "instance_id, code_lines desc, name"
    _check_company_auto = True

    instance_id = fields.Many2one(
        "support.instance", required=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    name = fields.Char(string="Technical Name", required=True)
    version = fields.Char()
    author = fields.Char()
    origin = fields.Selection(
        [
            ("core", "Odoo"),
            ("swedish", "Swedish adaptation"),
            ("oca", "OCA"),
            ("third_party", "Third party"),
            ("customer", "Customer's own"),
        ],
        required=True,
        default="customer",
        help="Who wrote it.",
    )
    covered = fields.Boolean(
        default=True,
        help="The contract covers the module, and its lines are billed.",
    )
    code_lines = fields.Integer(
        string="Lines of Code",
        readonly=True,
        help="In the latest count; none if the module was not in it.",
    )
    in_last_count = fields.Boolean(string="Found in Latest Count", readonly=True)
    installed = fields.Selection(
        [("yes", "Installed"), ("no", "Not installed"), ("unknown", "Not known")],
        default="unknown",
        readonly=True,
        help="As the running instance reported at the latest count. What is not "
        "installed is shown, and not billed.",
    )
    installed_version = fields.Char(readonly=True)

    _name_uniq = models.UniqueIndex(
        "(instance_id, name)", "The instance already has that module."
    )

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"instance_id": "write"}

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"instance_id", "name", "covered"}

    def _get_amended_contract(self):
        return self.instance_id.contract_id

    @api.model
    def _guess_origin(self, name, author):
        """Who wrote a module, from what its manifest says; a person may correct it.

        Odoo's own modules are not billed, so an author is not enough: who copies one
        copies its author. A name of Odoo's own makes somebody look (see count_flags).
        """
        author = (author or "").lower()
        if "odoo s.a" in author and name in core_names():
            return "core"
        if name.startswith("l10n_se"):
            return "swedish"
        if "odoo community association" in author or "(oca)" in author:
            return "oca"
        return "customer"
