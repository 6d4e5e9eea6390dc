# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...activation import find_checks
from ...coming import find_coming, render_coming
from ...kept import keep_all

ACCOUNTANT = "support_contract.group_support_billing"
MANAGER = "support_contract.group_support_manager"
# How grave something is that somebody has to look at: the gravest is shown.
FAILED, WAITS, TO_DO = 10, 20, 30


class SupportStatusMixin(models.AbstractModel):
    """What a contract shows on top: its status in people's words, what somebody has to
    look at, what it lacks before it can be active, and what was agreed and is to come.
    """

    _name = "support.status.mixin"
    _description = "Status of a Contract for People"
    _inherit = ["support.amendable.mixin"]

    # `state` decides what is granted and charged; this tells people where it stands.
    status = fields.Selection(
        [
            ("draft", "Draft"),
            ("sent", "Sent"),
            ("signed", "Signed"),
            ("active", "Active"),
            ("notice", "Notice"),
            ("ended", "Ended"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_status",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
        help="Not sent yet, sent to sign, signed and not active yet, running, under "
        "notice, or over.",
    )
    attention = fields.Char(
        string="What Needs Somebody",
        compute="_compute_attention",
        help="The gravest of what somebody has to look at; forms show its banner.",
    )
    activation_checks = fields.Html(
        string="Before It Can Become Active",
        compute="_compute_activation",
        sanitize=False,
    )
    activation_left = fields.Integer(
        string="Missing before Activation", compute="_compute_activation"
    )
    coming = fields.Html(
        compute="_compute_coming",
        sanitize=False,
        help="What was agreed and has not begun, or not ended yet.",
    )
    share_link = fields.Char(
        string="Link for the Customer",
        compute="_compute_share_link",
        help="Opens for those of the customer who have a role on the contract.",
    )
    customer_contact_id = fields.Many2one(
        "res.partner",
        string="Customer's Contact",
        compute="_compute_customer_contact",
        help="Of those with a role on the contract: an administrator first.",
    )
    customer_phone = fields.Char(
        string="Contact's Telephone", compute="_compute_customer_contact"
    )

    may_prepare = fields.Boolean(
        string="May Be Prepared by Who Asks",
        compute="_compute_may",
        help="Consultants prepare what was not sent yet.",
    )
    may_decide = fields.Boolean(
        string="May Be Decided on by Who Asks",
        compute="_compute_may",
        help="Managers decide on terms, signature, invoicing and status.",
    )

    @api.depends("status")
    @api.depends_context("uid")
    def _compute_may(self):
        decides = self._may_decide()
        for contract in self:
            saved = contract._origin
            contract.may_decide = decides
            contract.may_prepare = not saved or saved.has_access("write")

    @api.depends("state", "date_sent", "date_signed")
    def _compute_status(self):
        for contract in self:
            status = contract.state
            if status == "draft" and contract.date_signed:
                status = "signed"
            elif status == "draft" and contract.date_sent:
                status = "sent"
            contract.status = status

    @api.depends("status", "amend_error", "checklist_ids.done")
    def _compute_attention(self):
        for contract in self:
            found = contract._find_attention() if contract._origin else []
            contract.attention = min(found)[1] if found else False

    @api.depends(
        "state",
        "date_signed",
        "terms_id",
        "currency_id",
        "billed_through",
        *(f"service_ids.{name}" for name in ("type_id", "user_count", "date_start")),
        "service_ids.price_unit",
    )
    @api.depends_context("lang")
    def _compute_activation(self):
        for contract in self:
            drafted = contract.state == "draft" and contract.terms_id
            checks = contract._get_activation_checks() if drafted else []
            contract.activation_left = len([one for one in checks if not one.done])
            contract.activation_checks = checks and self.env["ir.qweb"]._render(
                "support_contract.contract_checks", {"checks": checks}
            )

    @api.depends_context("lang")
    def _compute_coming(self):
        for contract in self:
            contract.coming = render_coming(contract._origin)

    def _compute_share_link(self):
        for contract in self:
            contract.share_link = f"{contract.get_base_url()}{contract.access_url}"

    @api.depends("partner_id", "contact_ids.role", "contact_ids.partner_id")
    def _compute_customer_contact(self):
        for contract in self:
            people = contract.contact_ids.sorted(lambda one: one.role or "")
            contact = people[:1].partner_id or contract.partner_id
            contract.customer_contact_id = contact
            contract.customer_phone = contact.phone

    def _find_attention(self):
        """What somebody has to look at; extend it with what an add-on's banner shows.

        :return: list of (how grave, code of the banner)
        """
        self.ensure_one()
        found = []
        if self.amend_error:
            found.append((FAILED, "amend_error"))
        if self.status == "signed":
            found.append((TO_DO, "signed"))
        elif self.state == "draft":
            found.append((TO_DO + 1, "activation"))
        if self.checklist_left:
            found.append((TO_DO + 2, "checklist"))
        return found

    def _get_activation_checks(self):
        """What is looked at before the contract can be active, done or not; extend.

        :return: list of :class:`..activation.Check`
        """
        self.ensure_one()
        return find_checks(self)

    def _get_activation_obstacles(self):
        """Sentences that say what is missing before the contract can be active."""
        checks = self._get_activation_checks()
        return [check.text for check in checks if not check.done]

    def _get_coming(self):
        """What was agreed and is to come; extend.

        :return: list of (day, sentence)
        """
        self.ensure_one()
        return find_coming(self)

    def _get_kept_values(self):
        """{field: value of today} of what is kept for lists; extend. See
        :mod:`..kept`.
        """
        self.ensure_one()
        return {}

    @api.model
    def _cron_keep(self):
        """Keep what lists show of today; a scheduled action. Idempotent."""
        keep_all(self.search([("state", "in", ("active", "notice"))]))

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"status"}

    # === WHO MAY WHAT === #

    @api.model
    def _is_consultant(self):
        """Whether rights are what they look at first."""
        return not (self._may_decide() or self.env.user.has_group(ACCOUNTANT))

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return key + (self._is_consultant(),)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """For consultants the rights of the customer are the first tab."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self._is_consultant():
            for page in arch.xpath("//page[@name='rights']"):
                page.getparent().insert(0, page)
        return arch, view

    @api.model
    def _may_decide(self):
        return self.env.su or self.env.user.has_group(MANAGER)

    def _check_may_decide(self):
        """Refuse what consultants, who may prepare a draft, do not decide."""
        if not self._may_decide():
            raise AccessError(
                self.env._(
                    "A manager sends, activates and cancels contracts. You can prepare "
                    "a draft: its customer, services, instances and conditions."
                )
            )

    @api.model
    def _get_prepared_fields(self):
        """What consultants write on a draft; extend."""
        return {
            *("partner_id", "company_id", "currency_id", "user_id", "note"),
            *("service_ids", "condition_ids"),
        }

    def _check_system_fields(self, vals):
        result = super()._check_system_fields(vals)
        if self._may_decide():
            return result
        others = vals.keys() - self._get_prepared_fields()
        if not self:
            others -= {"name"}  # of the sequence
        # A form sends what a new contract begins with.
        begins = {} if self else self.default_get(list(others))
        for name in sorted(others):
            if self or (vals[name] or False) != (begins.get(name) or False):
                raise AccessError(
                    self.env._(
                        "Only a manager decides on “%(field)s”.",
                        field=self._fields[name]._description_string(self.env)
                        if name in self._fields
                        else name,
                    )
                )
        return result

    def write(self, vals):
        """Whoever sees a contract writes notes on it."""
        if vals.keys() == {"note"} and not self.env.su:
            self.check_access("read")
            # sudo: notes are of all colleagues, whatever they may change.
            return super(SupportStatusMixin, self.sudo()).write(vals)
        return super().write(vals)
