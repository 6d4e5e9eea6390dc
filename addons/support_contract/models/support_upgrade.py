# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Passed in the context by the steps of an upgrade. An object cannot come over RPC, so
# nobody outside the server can pretend to be a step.
STEP = object()

SERIES = re.compile(r"(?:saas[~-])?(\d+)\.(\d+)")


class SupportUpgrade(models.Model):
    """A customer's move to a newer Odoo version, from the request to production.

    Its right, steps and switch are in the files beside this one. Clauses R5, R8, R9.
    """

    _name = "support.upgrade"
    _description = "Version Upgrade"
    _inherit = ["support.thread", "mail.activity.mixin"]
    _order = "date_requested desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Upgrade Number",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain="[('state', 'in', ('active', 'notice'))]",
    )
    partner_id = fields.Many2one(
        related="contract_id.partner_id", store=True, string="Customer"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    instance_id = fields.Many2one(
        "support.instance",
        string="Instance to Upgrade",
        required=True,
        ondelete="restrict",
        check_company=True,
        compute="_compute_instance_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('contract_id', '=', contract_id), ('upgrade_id', '=', False)]",
        help="The installation that moves to the new version, usually production.",
    )
    from_series = fields.Char(
        string="From Version",
        required=True,
        compute="_compute_from_series",
        store=True,
        readonly=False,
        precompute=True,
    )
    to_series = fields.Char(string="To Version", required=True)
    version_steps = fields.Integer(
        compute="_compute_version_steps",
        store=True,
        help="How many main versions the upgrade passes.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Project Lead",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="Sees the upgrade through, and is reminded of it.",
    )
    requested_by_id = fields.Many2one(
        "res.partner",
        check_company=True,
        help="Who asked for it at the customer's.",
    )
    date_requested = fields.Date(
        string="Requested On",
        required=True,
        copy=False,
        default=lambda self: self.env.company._support_today(),
        tracking=True,
        help="The day on which the customer asked. The right of that day's period is "
        "kept for this upgrade, however long the work has to wait.",
    )
    date_planned = fields.Date(
        string="Planned Go-Live",
        tracking=True,
        help="The day on which production is to move to the new version.",
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("accepted", "Accepted"),
            ("started", "Started"),
            ("testing", "Testing"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    date_accepted = fields.Date(readonly=True, copy=False)
    date_started = fields.Date(readonly=True, copy=False)
    date_testing = fields.Date(string="Testing Since", readonly=True, copy=False)
    date_done = fields.Date(string="Live Since", readonly=True, copy=False)
    date_cancelled = fields.Date(readonly=True, copy=False)
    cancel_kind = fields.Selection(
        [
            ("withdrawn", "Withdrawn by the customer"),
            ("declined", "Declined by us"),
        ],
        string="Cancelled As",
        readonly=True,
        copy=False,
    )
    cancel_reason = fields.Char(readonly=True, copy=False)
    fee_due = fields.Monetary(
        readonly=True,
        copy=False,
        help="The one-off fee that fell due when the work started.",
    )
    fee_source = fields.Char(readonly=True, copy=False)
    fee = fields.Monetary(
        compute="_compute_fee",
        help="One-off fee for the test and development instances of the upgrade. It "
        "falls due when the work starts and comes with the next invoice.",
    )
    upgrade_instance_ids = fields.One2many(
        "support.instance",
        "upgrade_id",
        string="Test and Development Instances",
        context={"active_test": False},
    )
    date_instances_end = fields.Date(
        string="Instances Close On",
        copy=False,
        help="The last day of the upgrade's test and development instances. Empty: "
        "thirty days after the upgrade is live. Hosting beyond the upgrade is not "
        "covered by its fee.",
    )
    trial_ids = fields.One2many("support.upgrade.trial", "upgrade_id", copy=False)
    module_ids = fields.One2many("support.upgrade.module", "upgrade_id", copy=False)
    modules_left = fields.Integer(
        string="Modules to Do", compute="_compute_modules_left"
    )
    approval_ids = fields.One2many("support.upgrade.approval", "upgrade_id", copy=False)
    note = fields.Html(string="Notes")

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != 'New'", "This upgrade number is taken."
    )

    @api.model
    def _get_step_fields(self):
        """What the customer is charged and owed: only the steps change these."""
        return frozenset(
            {
                "name",
                "state",
                "period_start",
                "right_no",
                "right_count",
                "date_reserved",
                "date_right_returned",
                "date_accepted",
                "date_started",
                "date_testing",
                "date_done",
                "date_cancelled",
                "cancel_kind",
                "cancel_reason",
                "fee_due",
                "fee_source",
                "amendment_id",
                "rollback_id",
            }
        )

    @api.model
    def _get_request_fields(self):
        """What the right was reserved for: it stays once the work has started."""
        return frozenset(
            {"contract_id", "instance_id", "from_series", "to_series", "date_requested"}
        )

    @api.depends("contract_id")
    def _compute_instance_id(self):
        for upgrade in self:
            instances = upgrade.contract_id.instance_ids
            if upgrade.instance_id not in instances:
                productions = instances.filtered(lambda inst: inst.role == "production")
                # One production is the one that is meant; of several, ask.
                upgrade.instance_id = productions if len(productions) == 1 else False

    @api.depends("instance_id")
    def _compute_from_series(self):
        for upgrade in self:
            if upgrade.state in (False, "requested", "accepted"):
                upgrade.from_series = upgrade.instance_id.series or upgrade.from_series

    @api.depends("from_series", "to_series")
    def _compute_version_steps(self):
        for upgrade in self:
            first, last = map(_series_key, (upgrade.from_series, upgrade.to_series))
            # From 17.0 to 17.3 is within one main version, and an upgrade still.
            upgrade.version_steps = max(last[0] - first[0], 1) if first and last else 1

    @api.depends("fee_due", "date_started", "contract_id")
    def _compute_fee(self):
        for upgrade in self:
            if upgrade.date_started or not upgrade.contract_id:
                upgrade.fee = upgrade.fee_due
            else:
                upgrade.fee = upgrade.contract_id._get_agreed("upgrade_fee").value

    @api.depends("module_ids.state")
    def _compute_modules_left(self):
        for upgrade in self:
            upgrade.modules_left = len(
                upgrade.module_ids.filtered(lambda module: module.state != "done")
            )

    @api.depends("name", "partner_id.name", "to_series")
    def _compute_display_name(self):
        for upgrade in self:
            parts = [upgrade.name, upgrade.partner_id.name, upgrade.to_series]
            upgrade.display_name = " / ".join(filter(None, parts))

    @api.constrains("from_series", "to_series")
    def _check_series(self):
        for upgrade in self:
            first, last = map(_series_key, (upgrade.from_series, upgrade.to_series))
            if not (first and last):
                raise ValidationError(
                    self.env._("Write versions as Odoo does, such as 17.0 or 19.0.")
                )
            if first >= last:
                raise ValidationError(
                    self.env._(
                        "%(to)s is not newer than %(from)s.",
                        **{"to": upgrade.to_series, "from": upgrade.from_series},
                    )
                )

    @api.constrains("instance_id", "contract_id")
    def _check_instance(self):
        for upgrade in self:
            if upgrade.instance_id.contract_id != upgrade.contract_id:
                raise ValidationError(
                    self.env._(
                        "%(instance)s is not an instance of %(contract)s.",
                        instance=upgrade.instance_id.display_name,
                        contract=upgrade.contract_id.name,
                    )
                )

    @api.constrains("date_requested")
    def _check_date_requested(self):
        for upgrade in self:
            if upgrade.date_requested > upgrade.company_id._support_today():
                raise ValidationError(
                    self.env._("An upgrade cannot be requested on a day to come.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if (
                not self._is_step()
                and (self._get_step_fields() - {"name"}) & vals.keys()
            ):
                raise UserError(self._get_step_message())
        # Nor may a default from outside set what only the steps set.
        context = {
            key: value
            for key, value in self.env.context.items()
            if key.removeprefix("default_") not in self._get_step_fields()
        }
        self = self.with_context(context)  # pylint: disable=context-overridden
        for vals in vals_list:
            contract = self.env["support.contract"].browse(vals.get("contract_id"))
            vals["name"] = self.env["ir.sequence"].with_company(
                contract.company_id or self.env.company
            ).next_by_code("support.upgrade") or self.env._("New")
        upgrades = super().create(vals_list)
        for upgrade in upgrades:
            upgrade._check_contract_running()
            upgrade._reserve_right(upgrade.date_requested)
            upgrade._log_step(self.env._("Requested"))
            upgrade._ask_for_decision()
        return upgrades

    def write(self, vals):
        if self._is_step():
            return super().write(vals)
        if self._get_step_fields() & vals.keys():
            raise UserError(self._get_step_message())
        asked = self._get_request_fields() & vals.keys()
        if asked:
            self._check_request_open(asked)
        result = super().write(vals)
        for upgrade in self:
            if asked:
                upgrade._renew_right()
            if "date_instances_end" in vals and upgrade.state == "done":
                upgrade._set_instances_end()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if self.filtered(lambda upgrade: upgrade.state not in ("requested",)):
            raise UserError(
                self.env._(
                    "Only a request that nobody has decided on can be deleted. Cancel "
                    "the others."
                )
            )

    def _is_step(self):
        return self.env.context.get("support_upgrade_step") is STEP

    def _as_step(self):
        """These upgrades with the permission to change what only steps change."""
        return self.with_context(support_upgrade_step=STEP)

    def _get_step_message(self):
        return self.env._("The upgrade moves on through its buttons only.")

    def _check_request_open(self, names):
        """Refuse to change what was asked for once it cannot change any more."""
        if "contract_id" in names:
            raise UserError(
                self.env._("An upgrade stays with its contract. Make another request.")
            )
        if self.filtered(
            lambda upgrade: upgrade.state not in ("requested", "accepted")
        ):
            raise UserError(
                self.env._("The work has started: what was asked for cannot change.")
            )
        if "date_requested" in names and not self._is_manager():
            raise UserError(
                self.env._("Only a manager can correct the day of the request.")
            )

    def _check_work_open(self):
        """What was decided and tried is not rewritten afterwards."""
        if self.filtered(lambda upgrade: upgrade.state in ("done", "cancelled")):
            raise UserError(
                self.env._("The upgrade is over: its modules and trial rounds stay.")
            )

    def _is_manager(self):
        return self.env.su or self.env.user.has_group(
            "support_contract.group_support_manager"
        )

    def _check_contract_running(self):
        self.ensure_one()
        if self.contract_id.state not in ("active", "notice"):
            raise UserError(
                self.env._(
                    "%s is not running. Only a running contract gets upgrades.",
                    self.contract_id.name,
                )
            )

    def _log_step(self, note, before="", after="", kind="upgrade"):
        """One entry in the contract's event log."""
        self.ensure_one()
        values = {"before": before, "after": after, "field_name": "state"}
        self.contract_id._log_event(
            kind, note, record=self, **(values if before or after else {})
        )


def _series_key(series):
    """(17, 0) for "17.0" and (17, 2) for "saas~17.2"; None for anything else."""
    match = SERIES.fullmatch((series or "").strip())
    return tuple(map(int, match.groups())) if match else None
