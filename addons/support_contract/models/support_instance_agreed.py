# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..guard import is_amending

DRAFTS = (False, "draft", "cancelled")


class SupportInstance(models.Model):
    """Which instances are billed is agreed: the fee follows from it. Clause R2.

    An instance is *agreed* while it is billed and in use. Others, such as those for
    tests, cost nothing and stay free. One that has closed is not billed from the day
    after; its last day stays agreed.
    """

    _name = "support.instance"
    _inherit = ["support.instance", "support.amendable.mixin"]

    all_source_ids = fields.One2many(
        "support.source",
        "instance_id",
        string="Code Sources",
        context={"active_test": False},
        help="Prepared ones as well, which are not counted yet.",
    )
    is_agreed = fields.Boolean(
        compute="_compute_is_agreed",
        help="The contract is signed and the instance billed: what is counted on it "
        "changes through an amendment.",
    )

    @api.depends("billed", "active", "contract_id.state")
    def _compute_is_agreed(self):
        for instance in self:
            # sudo: the state counts also where the user may not see the contract.
            state = instance.contract_id.sudo().state
            instance.is_agreed = bool(
                instance._is_counted_for_fee() and state not in DRAFTS
            )

    @api.constrains("company_id", "contract_id")
    def _check_contract_company(self):
        for instance in self.filtered("contract_id"):
            if instance.company_id != instance.contract_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(instance)s belongs to another company than its contract.",
                        instance=instance.name,
                    )
                )

    def write(self, vals):
        # An instance takes its counts, upgrades and prices along: whether it is
        # billed or not, it stays with the contract that was signed.
        if "contract_id" in vals:
            self.filtered(
                lambda instance: instance.contract_id.id != vals["contract_id"]
            )._check_may_move()
        return super().write(vals)

    def action_amend(self):
        """Change what was agreed about this instance; a button."""
        self.ensure_one()
        action = self.contract_id.action_amend()
        action["context"] |= {
            "default_change": "instance",
            "default_instance_id": self.id,
        }
        return action

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "contract_id",
            "role",
            "billed",
            "active",
            "date_end",
        }

    @api.model
    def _get_self_dated_fields(self):
        return super()._get_self_dated_fields() | {"date_end"}

    def _get_amended_contract(self):
        # sudo: the state counts also where the user may not see the contract.
        return self.contract_id.sudo()

    def _is_counted_for_fee(self):
        """Whether the fee depends on this instance."""
        self.ensure_one()
        return self.billed and self.active

    def _is_closed_on(self, day):
        """Whether its last day was before `day`."""
        self.ensure_one()
        return bool(self.date_end and self.date_end < day)

    def _filter_billed_on(self, day):
        """Those whose lines enter a fee that is computed from `day`. Clause R2."""
        return self.filtered(
            lambda instance: instance.billed and not instance._is_closed_on(day)
        )

    def _check_contract_editable(self):
        agreed = self.filtered(lambda instance: instance._is_counted_for_fee())
        return super(SupportInstance, agreed)._check_contract_editable()

    def _check_may_move(self):
        """Refuse to take an instance out of a signed contract."""
        if is_amending(self):
            return
        for instance in self:
            if instance._get_amended_contract().state not in DRAFTS:
                raise UserError(
                    self.env._(
                        "%(contract)s is signed, and %(instance)s stays with it. To "
                        "end it press Amend on the contract.",
                        contract=instance._get_amended_contract().name,
                        instance=instance.name,
                    )
                )

    def _check_created_editable(self):
        """One that is not billed may be added to a signed contract at any time."""
        if is_amending(self):
            return
        for instance in self.filtered("is_agreed"):
            raise UserError(
                self.env._(
                    "%(contract)s is signed, and a billed instance changes its fee. "
                    "Save %(instance)s with “Billed” off; then press Amend on the "
                    "contract and bill it from a day on.",
                    contract=instance.contract_id.name,
                    instance=instance.name,
                )
            )


class SupportSource(models.Model):
    """Where the lines come from that are billed. Clause R2.

    A source that is not counted (archived) can be prepared and changed freely; an
    amendment puts it to use.
    """

    _name = "support.source"
    _inherit = ["support.source", "support.amendable.mixin"]

    active = fields.Boolean(
        string="Counted",
        default=lambda self: self._default_active(),
        help="Lines are counted from it. One that is not counted can be prepared "
        "freely; on a signed contract an amendment puts it to use.",
    )
    is_agreed = fields.Boolean(related="instance_id.is_agreed")
    is_locked = fields.Boolean(
        compute="_compute_is_locked",
        help="What it reads is billed: it changes through an amendment.",
    )

    @api.depends("active", "instance_id.is_agreed")
    def _compute_is_locked(self):
        for source in self:
            source.is_locked = bool(
                source._origin and source.active and source.is_agreed
            )

    @api.model
    def _default_active(self):
        """A new source of what is agreed waits for its amendment."""
        instance_id = self.env.context.get("default_instance_id")
        instance = self.env["support.instance"].browse(instance_id or [])
        return not instance.is_agreed

    @api.model
    def _get_guarded_fields(self):
        """What decides which lines are counted.

        A kind of source with fields of its own that do so adds them.
        """
        return super()._get_guarded_fields() | {
            "instance_id",
            "kind",
            "url",
            "branch",
            "subdirectory",
            "active",
        }

    def _get_amended_contract(self):
        # sudo: the state counts also where the user may not see the contract.
        return self.instance_id.sudo().contract_id

    def _check_contract_editable(self):
        agreed = self.filtered(
            lambda source: source.active
            and source.instance_id.sudo()._is_counted_for_fee()
        )
        return super(SupportSource, agreed)._check_contract_editable()

    def _check_created_editable(self):
        if is_amending(self):
            return
        for source in self.filtered(
            lambda source: source.active and source.instance_id.sudo().is_agreed
        ):
            raise UserError(
                self.env._(
                    "%(contract)s is signed, and another source changes what is "
                    "billed. Enter it with “Counted” off; then press Amend on "
                    "%(instance)s and choose it.",
                    contract=source._get_amended_contract().name,
                    instance=source.instance_id.name,
                )
            )
