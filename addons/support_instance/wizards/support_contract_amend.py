# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.proposed import EDITABLE

# What the wizard shows of an instance and of a source: its field → theirs.
INSTANCE_FIELDS = {
    "instance_role": "role",
    "instance_billed": "billed",
    "instance_active": "active",
    "instance_date_end": "date_end",
}
SOURCE_FIELDS = {
    "source_url": "url",
    "source_branch": "branch",
    "source_subdirectory": "subdirectory",
}

FROM_INSTANCE = {"compute": "_compute_from_instance", **EDITABLE}
FROM_SOURCE = {"compute": "_compute_from_source", **EDITABLE}


class SupportContractAmend(models.TransientModel):
    """Agree on which instances are billed, and on the code that is counted. R2."""

    _inherit = "support.contract.amend"

    instance_id = fields.Many2one(
        "support.instance",
        domain="[('contract_id', '=', contract_id)]",
        context={"active_test": False},
        check_company=True,
    )
    instance_role = fields.Selection(
        selection=lambda self: self.env["support.instance"]
        ._fields["role"]
        ._description_selection(self.env),
        string="New Role",
        **FROM_INSTANCE,
    )
    instance_billed = fields.Boolean(
        string="Is Billed",
        help="The lines of this instance enter the monthly fee.",
        **FROM_INSTANCE,
    )
    instance_active = fields.Boolean(
        string="In Use",
        help="One that is not in use any more is archived, and neither counted nor "
        "billed.",
        **FROM_INSTANCE,
    )
    instance_date_end = fields.Date(
        string="Closes On",
        help="Its last day: from the day after it is neither counted nor billed. Empty "
        "while it goes on.",
        **FROM_INSTANCE,
    )
    source_ids = fields.Many2many(
        "support.source",
        string="Counted Code",
        compute="_compute_source_ids",
        domain="[('instance_id', '=', instance_id)]",
        context={"active_test": False},
        help="Lines are counted from these sources and from no other. New ones are "
        "entered on the instance first; they are not counted until then.",
        **EDITABLE,
        check_company=True,
    )
    source_id = fields.Many2one(
        "support.source",
        string="Code Source",
        domain="[('instance_id.contract_id', '=', contract_id)]",
        check_company=True,
    )
    source_url = fields.Char(string="Address", **FROM_SOURCE)
    source_branch = fields.Char(string="Branch", **FROM_SOURCE)
    source_subdirectory = fields.Char(
        string="Folders",
        help="Only modules below these folders are counted, separated by commas. "
        "Empty means the whole repository.",
        **FROM_SOURCE,
    )

    @api.model
    def _selection_change(self):
        selection = super()._selection_change()
        at = [key for key, __ in selection].index("terms")
        selection[at:at] = [
            (
                "instance",
                self.env._("Bill an instance, or change its role or end its use"),
            ),
            ("source", self.env._("Correct the address or branch of counted code")),
            ("sources", self.env._("Choose which code of an instance is counted")),
        ]
        return selection

    @api.depends("instance_id")
    def _compute_from_instance(self):
        for wizard in self:
            for name, original in INSTANCE_FIELDS.items():
                wizard[name] = wizard.instance_id[original]

    @api.depends("instance_id")
    def _compute_source_ids(self):
        for wizard in self:
            wizard.source_ids = wizard.instance_id.source_ids.filtered("active")

    @api.depends("source_id")
    def _compute_from_source(self):
        for wizard in self:
            for name, original in SOURCE_FIELDS.items():
                wizard[name] = wizard.source_id[original]

    def _get_changes_instance(self):
        self._require("instance_id")
        self._check_own(self.instance_id.contract_id)
        self._require("instance_role")
        return self._get_differences(self.instance_id, INSTANCE_FIELDS)

    def _get_changes_source(self):
        self._require("source_id")
        self._check_own(self.source_id.instance_id.contract_id)
        return self._get_differences(self.source_id, SOURCE_FIELDS)

    def _get_changes_sources(self):
        self._require("instance_id")
        self._check_own(self.instance_id.contract_id)
        instance = self.instance_id.with_context(active_test=False)
        chosen = self.with_context(active_test=False).source_ids
        if chosen - instance.source_ids:
            raise UserError(
                self.env._("Choose sources of %s only.", instance.display_name)
            )
        if not chosen:
            raise UserError(
                self.env._(
                    "Choose at least one source, or its lines would stay what they are."
                )
            )
        return [
            (source, {"active": source in chosen})
            for source in instance.source_ids
            if source.active != (source in chosen)
        ]

    def _get_differences(self, record, names):
        """What the wizard's fields change on `record`, as `_amend` takes it.

        The role of an instance proposes whether it is billed; what was agreed is
        written out in full, so that nothing is computed from it later.
        """
        vals = {original: self[name] for name, original in names.items()}
        if all((record[name] or False) == (vals[name] or False) for name in vals):
            return []
        return [(record, vals)]
