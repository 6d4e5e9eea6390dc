# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import LazyTranslate

from odoo.addons.support_contract.proposed import PROPOSED
from odoo.addons.support_contract.windows import asks, fill_count, opens

from ..cancellation import ACTIVITY_AFTER_END
from ..fees import Fees
from ..go_live import ACCEPTED_FIGURES, GoLive
from ..instances import UpgradeInstances
from ..reservation import REQUEST_FIELDS, Reservation, check_request_open
from ..start import Start

_lt = LazyTranslate(__name__)

APPROVAL, CANCEL = "support.upgrade.approval", "support.upgrade.cancel"
SERIES = re.compile(r"(?:saas[~-])?(\d+)\.(\d+)")
ACTIVITY_REQUEST = "support_upgrade.activity_upgrade_request"


class SupportUpgrade(models.Model):
    """A customer's move to a newer Odoo version, from the request to production.

    The right that it takes is in `reservation.py`, what its start sets up in
    `start.py` and `instances.py`, its way to production and back in `go_live.py`, what
    it costs in `fees.py`, its end without going live in `cancellation.py`. Clauses R5,
    R8, R9, R12.

    Work that has begun has used its right and is finished, whatever ends meanwhile. A
    request that nobody has begun with holds its right as long as the service runs; it
    is closed with the contract, as nothing could be done with it any more.
    """

    _name = "support.upgrade"
    _description = "Version Upgrade"
    _inherit = [
        "support.thread.mixin",
        "mail.activity.mixin",
        "support.protected.mixin",
    ]
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
        index=True,
        check_company=True,
        domain="[('state', 'in', ('active', 'notice'))]",
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    instance_id = fields.Many2one(
        "support.instance",
        string="Instance to Upgrade",
        required=True,
        check_company=True,
        compute="_compute_instance_id",
        domain="[('contract_id', '=', contract_id), ('upgrade_id', '=', False)]",
        help="The installation that moves to the new version, usually production.",
        **PROPOSED,
    )
    from_series = fields.Char(
        string="From Version", required=True, compute="_compute_from_series", **PROPOSED
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
            ("ended", "The contract ended"),
        ],
        string="Cancelled As",
        readonly=True,
        copy=False,
    )
    cancel_reason = fields.Char(readonly=True, copy=False)

    # The right. Clause R8.
    period_start = fields.Date(
        string="Right of the Period From",
        readonly=True,
        copy=False,
        help="First day of the period whose right is used.",
    )
    right_no = fields.Integer(
        string="Right Number",
        readonly=True,
        copy=False,
        help="Which of the period's rights is used, the first one if there are "
        "several. Empty for a billable extra.",
    )
    right_count = fields.Integer(
        string="Rights Used",
        readonly=True,
        copy=False,
        help="More than one where the terms count every version that is passed.",
    )
    date_reserved = fields.Date(
        readonly=True, copy=False, help="From this day on the right is not free."
    )
    date_right_returned = fields.Date(
        string="Right Given Back On",
        readonly=True,
        copy=False,
        help="From this day on the right is free again.",
    )
    right_status = fields.Selection(
        [
            ("none", "No right left"),
            ("reserved", "Right reserved"),
            ("used", "Right used"),
            ("extra", "Billable extra"),
            ("returned", "Right given back"),
        ],
        string="Right",
        compute="_compute_right",
    )
    right_text = fields.Char(string="Upgrade Right", compute="_compute_right")

    # The fee. Clause R5.
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
    charge_ids = fields.One2many("support.charge", "upgrade_id")
    charge_count = fields.Integer("Charges", compute="_compute_charge_count")

    # The work.
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
    trial_ids = fields.One2many("support.upgrade.trial", "upgrade_id")
    module_ids = fields.One2many("support.upgrade.module", "upgrade_id")
    modules_left = fields.Integer(
        string="Modules to Do", compute="_compute_modules_left"
    )
    approval_ids = fields.One2many("support.upgrade.approval", "upgrade_id")
    note = fields.Html(string="Notes")

    # Going live.
    lines_before = fields.Integer(
        string="Billed Lines Before", compute="_compute_switch"
    )
    lines_after = fields.Integer(string="Billed Lines After", compute="_compute_switch")
    fee_before = fields.Monetary(string="Monthly Fee Before", compute="_compute_switch")
    fee_after = fields.Monetary(string="Monthly Fee After", compute="_compute_switch")
    is_counted_after = fields.Boolean(
        string="Counted After the Upgrade", compute="_compute_switch"
    )
    switch_note = fields.Char(compute="_compute_switch")
    obstacles = fields.Text(
        string="Before It Can Go Live", compute="_compute_obstacles"
    )
    is_accepted = fields.Boolean(
        string="Accepted by the Customer", compute="_compute_is_accepted"
    )
    amendment_id = fields.Many2one(
        "support.contract.amendment",
        readonly=True,
        copy=False,
        help="What changed when the upgrade went live, line by line.",
        check_company=True,
    )
    rollback_id = fields.Many2one(
        "support.contract.amendment",
        string="Rolled Back By",
        readonly=True,
        copy=False,
        check_company=True,
    )

    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name != 'New'", "This upgrade number is taken."
    )
    # The database keeps two starts at the same moment from using one right. Odoo writes
    # an empty number as 0, so `IS NOT NULL` would let no second extra exist.
    _right_uniq = models.UniqueIndex(
        "(contract_id, period_start, right_no) "
        "WHERE right_no > 0 AND state != 'cancelled'",
        "Somebody else has just taken this upgrade right. Try again to see what is "
        "left.",
    )
    # The same where an upgrade uses several rights, and where the work was stopped and
    # the right stays used. A range of one number stands for the number itself, so that
    # `=` works in a GiST index without the extension btree_gist.
    _rights_no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int4range(contract_id, contract_id, '[]') WITH =,
            daterange(period_start, period_start, '[]') WITH =,
            int4range(right_no, right_no + right_count) WITH &&
        ) WHERE (right_no > 0 AND date_right_returned IS NULL)""",
        "Somebody else has just taken this upgrade right. Try again to see what is "
        "left.",
    )

    # === COMPUTES === #

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

    @api.depends(
        "state",
        "right_no",
        "period_start",
        "date_right_returned",
        "date_started",
        "contract_id",
        "to_series",
        "from_series",
    )
    @api.depends_context("lang")
    def _compute_right(self):
        for upgrade in self:
            upgrade.right_status = Reservation(upgrade).get_status()
            upgrade.right_text = Reservation(upgrade).get_text()

    @api.depends("fee_due", "date_started", "contract_id")
    def _compute_fee(self):
        for upgrade in self:
            if upgrade.date_started or not upgrade.contract_id:
                upgrade.fee = upgrade.fee_due
            else:
                upgrade.fee = upgrade.contract_id._get_agreed("upgrade_fee").value

    @api.depends("charge_ids")
    def _compute_charge_count(self):
        fill_count(self, "charge_count", "support.charge", link="upgrade_id")

    @api.depends("module_ids.state")
    def _compute_modules_left(self):
        for upgrade in self:
            upgrade.modules_left = len(
                upgrade.module_ids.filtered(lambda module: module.state != "done")
            )

    @api.depends(
        "state",
        "approval_ids.void",
        "instance_id.last_count_id",
        "instance_id.billed",
        "upgrade_instance_ids.last_count_id",
        "contract_id.service_ids.date_end",
    )
    def _compute_switch(self):
        for upgrade in self:
            accepted = upgrade._get_approval("acceptance")
            if upgrade.state == "done" and accepted:
                figures, note = accepted._get_figures(), ""
            else:
                figures, note = GoLive(upgrade).get_figures()
            upgrade.update({**dict.fromkeys(ACCEPTED_FIGURES, 0), **figures})
            upgrade.is_counted_after = bool(
                "lines_after" in figures or upgrade._get_switch_instance().last_count_id
            )
            upgrade.switch_note = note

    @api.depends("state", "module_ids.state", "module_ids.outcome", "is_accepted")
    @api.depends_context("lang")
    def _compute_obstacles(self):
        for upgrade in self:
            missing = (
                GoLive(upgrade).get_obstacles() if upgrade.state == "testing" else []
            )
            upgrade.obstacles = "\n".join(f"• {line}" for line in missing)

    @api.depends("approval_ids.void")
    def _compute_is_accepted(self):
        for upgrade in self:
            upgrade.is_accepted = bool(upgrade._get_approval("acceptance"))

    @api.depends("name", "partner_id.name", "to_series")
    def _compute_display_name(self):
        for upgrade in self:
            parts = [upgrade.name, upgrade.partner_id.name, upgrade.to_series]
            upgrade.display_name = " / ".join(filter(None, parts))

    # === CHECKS === #

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

    # === CREATING AND WRITING === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("name", None)
        upgrades = super().create(vals_list)
        for upgrade in upgrades:
            upgrade._with_permission().name = self.env["ir.sequence"].with_company(
                upgrade.company_id
            ).next_by_code("support.upgrade") or self.env._("New")
            upgrade._check_contract_running()
            Reservation(upgrade).reserve(upgrade.date_requested)
            upgrade._log_step(self.env._("Requested"))
            upgrade._ask_for_decision()
        return upgrades

    def write(self, vals):
        if self._has_permission():
            return super().write(vals)
        if asked := REQUEST_FIELDS & vals.keys():
            check_request_open(self, asked)
        result = super().write(vals)
        for upgrade in self:
            if asked:
                Reservation(upgrade).renew()
            if "date_instances_end" in vals and upgrade.state == "done":
                UpgradeInstances(upgrade).close_after_go_live()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if self.filtered(lambda upgrade: upgrade.state != "requested"):
            raise UserError(
                self.env._(
                    "Only a request that nobody has decided on can be deleted. Cancel "
                    "the others."
                )
            )

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "read"}

    @api.model
    def _get_system_fields(self):
        """Fields that only the steps change: what the customer is charged and owed."""
        return super()._get_system_fields() | self._get_readonly_fields()

    def _check_system_fields(self, vals):
        # Not even as superuser: a step makes its own checks.
        if self._get_system_fields() & vals.keys():
            raise UserError(
                self.env._("The upgrade moves on through its buttons only.")
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

    # === STEPS === #

    def action_accept(self):
        """Promise the upgrade to the customer; a button."""
        for upgrade in self:
            upgrade._check_state("requested")
            if not upgrade._holds_right():
                Reservation(upgrade).reserve(upgrade.company_id._support_today())
            upgrade._move("accepted", "date_accepted")

    def action_start(self):
        """Begin the work: take the right, make the instances, note the fee; a button.

        :raise UserError: when there is neither a right nor the customer's approval of
            a billable extra
        """
        for upgrade in self:
            Start(upgrade).run()

    def action_test(self):
        """Hand the upgraded instance to the customer for testing; a button."""
        for upgrade in self:
            upgrade._check_state("started")
            upgrade._move("testing", "date_testing")

    def action_rework(self):
        """Back to work after a test that did not pass; a button."""
        for upgrade in self:
            upgrade._check_state("testing")
            upgrade._void_acceptance()
            upgrade._move("started")

    def action_done(self):
        """Go live; a button.

        :raise UserError: with all that is missing
        """
        for upgrade in self:
            GoLive(upgrade).run()

    def action_rollback(self):
        """Bring the old version back, and go on testing; a button for managers."""
        for upgrade in self:
            GoLive(upgrade).roll_back()

    action_cancel = asks(_lt("Cancel Upgrade"), CANCEL, "upgrade_id")
    # For managers, of work that was stopped.
    action_return_right = asks(_lt("Give the Right Back"), CANCEL, "upgrade_id")

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            raise UserError(
                self.env._(
                    "%(upgrade)s is %(state)s. Load it again to see what is next.",
                    upgrade=self.name,
                    state=self._get_state_label(),
                )
            )

    def _get_state_label(self):
        return self._fields["state"].convert_to_export(self.state, self)

    def _move(self, state, date_field=None, note=""):
        """To the next state, with its day, written down in the event log."""
        self.ensure_one()
        before = self._get_state_label()
        values = {"state": state}
        if date_field:
            values[date_field] = self.company_id._support_today()
        self._with_permission().write(values)
        after = self._get_state_label()
        self._log_step(note, field_name="state", before=before, after=after)
        if state in ("accepted", "cancelled"):
            self.activity_unlink([ACTIVITY_REQUEST])
        if state in ("done", "cancelled"):
            self.activity_unlink([ACTIVITY_AFTER_END])

    def _log_step(self, note, kind="upgrade", **values):
        """One entry in the contract's event log."""
        self.ensure_one()
        self.contract_id._log_event(kind, note, record=self, **values)

    def _ask_for_decision(self):
        """A to-do for the account manager: accept or decline the request."""
        self.ensure_one()
        user = self.contract_id.user_id
        if user and user != self.env.user:
            self.activity_schedule(
                ACTIVITY_REQUEST, user_id=user.id, note=self.right_text
            )

    # === RIGHT === #

    def action_reserve_right(self):
        """Look again for a right, for a request that did not find one; a button."""
        for upgrade in self.filtered(lambda upgrade: not upgrade._holds_right()):
            upgrade._check_state("requested", "accepted")
            Reservation(upgrade).reserve(upgrade.company_id._support_today())
            if upgrade._holds_right():
                upgrade._log_step(upgrade.right_text)

    def _holds_right(self):
        """Whether a right is reserved or used by this upgrade."""
        self.ensure_one()
        return bool(self.right_no) and not self.date_right_returned

    # === INSTANCES === #

    action_view_instances = opens("upgrade_instance_ids")

    def _prepare_instance_vals(self, role):
        """Values of an instance that the upgrade needs; extend to set more."""
        return UpgradeInstances(self).prepare_vals(role)

    def _prepare_sources_vals(self):
        """Values of the sources of the new version, as far as they can be guessed."""
        return UpgradeInstances(self).prepare_sources_vals()

    def _get_switch_instance(self):
        """The instance whose code goes live: the one that the customer tested."""
        self.ensure_one()
        instances = self.upgrade_instance_ids
        tested = instances.filtered(lambda inst: inst.role == "test")
        return (tested or instances)[:1]

    # === APPROVALS === #

    action_approve_extra = asks(
        _lt("Approval of a Billable Extra"), APPROVAL, "upgrade_id", kind="extra"
    )
    action_accept_result = asks(
        _lt("Acceptance by the Customer"), APPROVAL, "upgrade_id", kind="acceptance"
    )

    def _get_approval(self, kind):
        """The customer's latest approval of that kind that still counts."""
        self.ensure_one()
        approvals = self.approval_ids.filtered(
            lambda approval: approval.kind == kind and not approval.void
        )
        return approvals.sorted("id")[-1:]

    def _void_acceptance(self):
        """What was accepted is not what it was."""
        self.ensure_one()
        # sudo: what customers approved is written by nobody but the system.
        self._get_approval("acceptance").sudo()._with_permission().void = True

    # === GOING LIVE, FEES === #

    action_view_amendment = opens("amendment_id")

    def action_view_charges(self):
        self.ensure_one()
        return self.charge_ids._get_records_action(name=self.env._("Charges"))

    def _prepare_charge_vals(self, name, price, key, agreed=None):
        """Values of a one-off charge of this upgrade; extend to set more.

        :param price: :class:`odoo.addons.support_contract_billing.pricing.Price`
        :param agreed: the `support_contract.agreed.AgreedValue` behind it
        """
        return Fees(self).prepare_charge_vals(name, price, key, agreed)

    def _is_under_way(self):
        self.ensure_one()
        return self.state in ("started", "testing")


def _series_key(series):
    """(17, 0) for "17.0" and (17, 2) for "saas~17.2"; None for anything else."""
    match = SERIES.fullmatch((series or "").strip())
    return tuple(map(int, match.groups())) if match else None
