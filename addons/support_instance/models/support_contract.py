# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.activation import Check
from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.portal import PortalPage
from odoo.addons.support_contract.windows import fill_count, lists

from .. import cloc
from ..proposal import AddressProposal

# States of a contract in which its customer may say where code has moved to.
OPEN = ("draft", "active", "notice")


class SupportContract(models.Model):
    """What the customer runs under a contract, and its lines of code. Clause R2."""

    _inherit = "support.contract"

    instance_ids = fields.One2many("support.instance", "contract_id")
    standard_instance_ids = fields.Many2many(
        "support.instance",
        string="Standard Test Instances",
        compute="_compute_standard_instance_ids",
        help="Where this customer's bugs are reproduced (clause R15): those with the "
        "same Odoo version.",
    )
    code_url = fields.Char(
        string="Address of the Code",
        compute="_compute_code_url",
        inverse="_inverse_code_url",
        help="The repository of what the customer runs in production. More instances, "
        "other branches and credentials are entered on the instances.",
    )
    estimated_lines = fields.Integer(
        string="Lines by the Customer's Figure",
        copy=False,
        help="While nothing was counted, the agreement that they sign says what so "
        "many lines would cost. Nothing is charged by it.",
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

    @api.depends("instance_ids.source_ids.url", "instance_ids.source_ids.kind")
    def _compute_code_url(self):
        for contract in self:
            sources = contract.instance_ids.source_ids
            contract.code_url = sources.url if len(sources) == 1 else False

    def _inverse_code_url(self):
        """One instance with its code, in the same save as the contract."""
        for contract in self:
            if not (url := contract.code_url):
                continue
            instance = contract.instance_ids[:1] or contract.instance_ids.create(
                {"name": self.env._("Production"), "contract_id": contract.id}
            )
            if source := instance.source_ids[:1]:
                source.url = url
            else:
                source.create({"instance_id": instance.id, "url": url})

    @api.depends("instance_ids")
    def _compute_instance_count(self):
        fill_count(self, "instance_count", "support.instance")

    @api.depends("count_ids")
    def _compute_count_count(self):
        fill_count(self, "count_count", "support.count")

    @api.depends(
        "instance_ids.billed",
        "instance_ids.date_end",
        "instance_ids.count_ids.state",
        "instance_ids.count_ids.billed_lines",
    )
    def _compute_billed_lines(self):
        for contract in self:
            contract.billed_lines = contract._get_billed_counts()._get_billed_lines()

    _estimated_lines_positive = models.Constraint(
        "CHECK (estimated_lines >= 0)", "There cannot be fewer lines than none."
    )

    @api.constrains("company_id")
    def _check_counted_company(self):
        for contract in self:
            if contract.count_ids.company_id - contract.company_id:
                raise ValidationError(
                    self.env._(
                        "%s has line counts, and evidence stays with the company that "
                        "made it. Write a new contract in the other company, and "
                        "cancel this one.",
                        contract.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        """What has evidence under it stays where it is.

        The database refuses to delete it too, in words that say nothing to people.
        """
        drafts = self.filtered(lambda contract: contract.state == "draft")
        # sudo: whoever deletes need not see all that hinders it.
        for contract_sudo in drafts.sudo():
            if contract_sudo.count_ids:
                raise UserError(
                    self.env._(
                        "%s has line counts. They are evidence and stay: Cancel it "
                        "instead of deleting it.",
                        contract_sudo.name,
                    )
                )

    def action_count(self):
        """Count the billed instances now; a button."""
        instances = self._get_billed_instances()
        if not instances:
            raise UserError(
                self.env._("Add an instance whose lines are billed before counting.")
            )
        return instances.action_count()

    action_view_instances = lists("support_instance.support_instance_action")
    action_view_counts = lists("support_instance.support_count_action")

    @api.depends("instance_ids.billed", "instance_ids.date_end")
    def _compute_activation(self):
        return super()._compute_activation()

    def _get_activation_checks(self):
        checks = super()._get_activation_checks()
        if any(service.type_id.basis == "lines" for service in self.service_ids):
            billed = self._get_billed_instances()
            names = ", ".join(name for name in billed.mapped("name") if name)
            text = (
                self.env._("Lines of code are those of: %s.", names)
                if billed
                else self.env._("Add the instance whose lines of code are billed.")
            )
            # Before the signature, which comes last.
            checks.insert(-1, Check(bool(billed), text))
        return checks

    def _get_billed_instances(self, day=None):
        """The instances whose lines enter the fee on `day`, by default today. R2."""
        self.ensure_one()
        day = day or self.company_id._support_today()
        return self.instance_ids._filter_billed_on(day)

    def _get_shown_values(self):
        """The figure that the estimate comes from is signed as well."""
        shown = super()._get_shown_values()
        if self.estimated_lines:
            shown["estimated_lines"] = self.estimated_lines
        return shown

    def _get_estimated_quantities(self):
        """What a draft's fee is estimated from while nothing was counted.

        :return: {service: :class:`odoo.addons.support_contract.basis.Quantity`}
        """
        if self.state != "draft" or not self.estimated_lines:
            return {}
        if self._get_billed_counts():
            return {}
        by_lines = self.service_ids.filtered(lambda one: one.type_id.basis == "lines")
        return dict.fromkeys(by_lines, Quantity(self.estimated_lines, "lines"))

    def _get_estimate_basis(self):
        sentences = super()._get_estimate_basis()
        if self.state != "draft" or "lines" not in self.service_ids.mapped("basis"):
            return sentences
        if counts := self._get_billed_counts():
            day = format_date(self.env, max(counts.mapped("date")))
            return [
                *sentences,
                self.env._("An estimate: your code was counted on %s.", day),
            ]
        if self.estimated_lines:
            return [
                *sentences,
                self.env._(
                    "An estimate from your figure of %s lines: your code is counted "
                    "before the first invoice.",
                    formatLang(self.env, self.estimated_lines, digits=0),
                ),
            ]
        return [
            *sentences,
            self.env._("Your code is counted before the first invoice."),
        ]

    def _get_billed_counts(self):
        """The latest approved count of each billed instance. Clause R2."""
        return self._get_billed_instances().mapped("last_count_id")

    def _get_amendable_records(self):
        instances = self.with_context(active_test=False).instance_ids
        return [
            *super()._get_amendable_records(),
            *instances,
            *instances.source_ids,
            *instances.module_ids,
        ]

    def _get_state_on(self, day):
        """Also the instances in use.

        :return: ``instances``, a list of (record, {field: value on that day}). The
            values of an instance also have ``sources``, the same for the code that was
            counted, and ``excluded``, the names of modules that were not covered.
        """
        everything = self.with_context(active_test=False)
        return super()._get_state_on(day) | {
            "instances": [
                (instance, values)
                for instance in everything.instance_ids
                if instance._was_in_use(day, values := instance._values_on(day))
            ],
        }

    @api.model
    def _get_prepared_fields(self):
        return super()._get_prepared_fields() | {"instance_ids"}

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "lines": ("administrator", "finance"),
            "instances": ("administrator", "key_user"),
            "code": ("administrator",),
        }

    @api.model
    def _get_portal_pages(self):
        return super()._get_portal_pages() | {
            "code": PortalPage(
                self.env._("Code"),
                "support_instance.portal_code",
                30,
                {"lines", "instances", "code"},
                draft_sequence=20,
            ),
        }

    def _prepare_portal_overview(self, cards):
        nothing = self.env["support.instance"]
        return super()._prepare_portal_overview(cards) | {
            "lines": self._prepare_portal_lines()
            if "lines" in cards and self.state != "draft"
            else [],
            "instances": self._get_portal_instances()
            if "instances" in cards
            else nothing,
            "proposable": self._get_portal_proposable() if "code" in cards else nothing,
        }

    def _get_portal_instances(self):
        """Instances in use, those that bugs are reproduced on included."""
        return self.instance_ids | self.standard_instance_ids

    def _prepare_portal_lines(self):
        """A row for each billed instance that was counted, the largest first; from
        approved counts alone."""
        rows = [
            {
                "instance": instance,
                "count": instance.last_count_id,
                "lines": instance.last_count_id.billed_lines,
                "modules": instance.last_count_id.module_ids.sorted(
                    lambda module: (not module.billed, -module.code_lines, module.name)
                ),
            }
            for instance in self._get_billed_instances().filtered("last_count_id")
        ]
        return sorted(rows, key=lambda row: -row["lines"])

    def _get_portal_proposable(self):
        """Instances whose customer may say where their code is."""
        self.ensure_one()
        if self.state not in OPEN:
            return self.instance_ids.browse()
        today = self.company_id._support_today()
        return self.instance_ids.filtered(
            lambda instance: not instance._is_closed_on(today)
        )

    def _propose_address(self, instance_id, url, branch, user):
        """The customer says where the code is; staff put it to use.

        :param instance_id: as the visitor's form has it
        :param user: who is logged in, or the public user
        """
        self.ensure_one()
        instance = self._get_portal_proposable().filtered(
            lambda instance: str(instance.id) == str(instance_id)
        )
        if not instance:
            raise UserError(self.env._("This system is not part of the agreement."))
        partner = self.partner_id if user._is_public() else user.partner_id
        AddressProposal(instance, url, branch, partner).make()

    def _delete_cached_code(self):
        """Delete what was fetched for these ended contracts and for nobody else.

        :raise UserError: while it is being counted
        """
        Source = self.env["support.source"]
        # sudo: archived instances and sources count as well, whoever may see them.
        instances = self.sudo().with_context(active_test=False).instance_ids
        keys = instances.source_ids._get_repository_keys()
        git_dir = Source._get_git_dir()
        for key in Source._get_unused_keys(keys):
            if not cloc.delete_repository(git_dir, key):
                raise UserError(
                    self.env._(
                        "The code of %s is being counted just now. Try again in a few "
                        "minutes.",
                        ", ".join(self.mapped("name")),
                    )
                )
