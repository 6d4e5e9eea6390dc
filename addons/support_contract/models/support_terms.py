# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..evidence_guard import Owner, get_columns, guard_table
from ..sent import defaults_from_outside

# What customers have signed on never changes, in these states.
SIGNABLE = "published,retired"
GUARD_MESSAGE = "Published terms never change"

# Figures that each service has of its own: they are on its price line.
PRICE_KEYS = ("price", "tiers", "minimum", "step", "min_months", "renewal_months")

# Only the steps change these.
STEP_FIELDS = ("state", "date_published", "date_retired")


class SupportTerms(models.Model):
    """One version of the consultancy's standard terms.

    A draft can change in everything, a published version in nothing: contracts have
    been signed on it. What it says is read by `contract._get_agreed()` alone.
    """

    _name = "support.terms"
    _description = "Support Terms"
    _inherit = ["mail.thread", "support.shared.mixin", "support.history.mixin"]
    _order = "company_id, date_published desc, id desc"
    _rec_names_search = ["name", "version"]
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    version = fields.Char(required=True, copy=False, help='Such as "2026-01".')
    company_id = fields.Many2one(
        "res.company",
        ondelete="restrict",
        help="Leave empty for terms that every company may use.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        help="The currency of all prices and fees of this version.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        tracking=True,
    )
    date_published = fields.Date(
        copy=False,
        readonly=True,
        help="New contracts propose the version that was published last.",
    )
    date_retired = fields.Date(copy=False, readonly=True)
    predecessor_id = fields.Many2one(
        "support.terms",
        string="Made From",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
    )
    price_ids = fields.One2many("support.terms.price", "terms_id", "Prices", copy=True)
    has_examples = fields.Boolean(compute="_compute_has_examples")
    is_signed = fields.Boolean(
        string="Signed by Customers", compute="_compute_is_signed"
    )
    scope_ids = fields.One2many(
        "support.terms.scope",
        "terms_id",
        string="Scope Matrix",
        copy=True,
        default=lambda self: self._default_scope_ids(),
        help="What is included and what is billed, for every category of work.",
    )

    # === RULES === #
    # Each is our reading of a clause that leaves room; another consultancy chooses
    # otherwise here, without code. Clauses R1, R2, R4, R5, R8.

    # R1: periods and notice
    calendar = fields.Selection(
        [
            ("month", "Calendar months"),
            ("anniversary", "Months from the first day of the contract"),
        ],
        default="month",
        required=True,
        help="Where a billing month begins.",
    )
    timing = fields.Selection(
        [("arrears", "In arrears"), ("advance", "In advance")],
        string="Charged",
        default="arrears",
        required=True,
        help="In arrears: when the month is over. In advance: on its first day.",
    )
    count_day = fields.Integer(
        string="Count Day (Days Before Period)",
        default=7,
        help="The lines are counted this many days before the month begins, so that "
        "the customer knows a changed fee before it applies.",
    )
    count_max_age = fields.Integer(
        string="Oldest Count (Days)",
        default=92,
        help="While code cannot be counted, the fee comes from the last approved count "
        "if the code was read at most this many days before the month. The difference "
        "follows. With an older one nothing is charged, and somebody is notified.",
    )
    notice_months = fields.Integer(
        string="Notice Period (Months)",
        help="Months between the notice and the end of a service, after its minimum "
        "term; of one that renews, between the notice and the end of a term. Special "
        "conditions can name another one.",
    )
    notice_to_month_end = fields.Boolean(
        string="Ends With the Month",
        default=True,
        help="A service under notice runs to the end of the billing month. One that "
        "renews ends with its term.",
    )
    renewal_reminder_days = fields.Integer(
        string="Renewal Reminder (Days)",
        default=30,
        help="The customer and the account manager are reminded this many days before "
        "the last day on which notice prevents a renewal. 0: nobody is.",
    )
    sign_activates = fields.Boolean(
        string="Signature Activates",
        help="A contract becomes active when the customer signs it in the portal. "
        "Otherwise somebody of the staff activates it.",
    )

    # R2: what is counted
    bill_production = fields.Boolean(
        string="Production", default=True, help="Its lines enter the monthly fee."
    )
    bill_test = fields.Boolean(string="Test", help="Its lines enter the monthly fee.")
    bill_development = fields.Boolean(
        string="Development", help="Its lines enter the monthly fee."
    )
    bill_standard_test = fields.Boolean(
        string="Standard Test", help="Its lines enter the monthly fee."
    )

    # R5, R8: upgrades
    upgrades_per_period = fields.Integer(
        default=1, help="Version upgrades that the fee includes in each period."
    )
    upgrade_period_months = fields.Integer(
        string="Upgrade Period (Months)",
        default=12,
        help="Periods are counted from the start of the maintenance service.",
    )
    upgrade_counting = fields.Selection(
        [
            ("upgrade", "One right, however many versions it passes"),
            ("version_step", "One right for each version it passes"),
        ],
        string="An Upgrade Uses",
        default="upgrade",
        required=True,
        help="What an upgrade from 16.0 to 19.0 costs in rights: one or three.",
    )
    upgrade_fee = fields.Monetary(
        default=9900.0,
        help="One-off fee when an upgrade starts. It covers setting up and looking "
        "after the upgrade's test and development instances.",
    )

    # R4, R13: hours
    hourly_discount = fields.Float(
        string="Discount on Hourly Rates (%)",
        default=10.0,
        digits=(5, 2),
        help="For customers with the right to it on the day of the work.",
    )
    time_increment = fields.Integer(
        string="Smallest Time Increment (Minutes)",
        default=30,
        help="Billed time is rounded up to a multiple of this.",
    )

    # Unpaid invoices: by default nothing follows for the rights.
    suspend_days = fields.Integer(
        string="Days Overdue",
        help="Rights are suspended while an invoice is unpaid for more than this many "
        "days after its due date. 0: never.",
    )
    suspend_right_ids = fields.Many2many(
        "support.right",
        "support_terms_suspend_right_rel",
        string="Suspended Rights",
        ondelete="restrict",
    )

    # When the consultancy may change its prices
    price_notice_months = fields.Integer(
        string="Notice of Price Changes (Months)",
        default=1,
        help="A running contract gets another price at the earliest this many months "
        "after the customer is notified.",
    )
    price_change_in_min_term = fields.Boolean(
        string="Price Changes Within the Minimum Term",
        help="Otherwise the price of a service stays until its minimum term is over, "
        "and within each term by which it renews.",
    )

    # What the agreement says besides its figures
    definitions = fields.Html(
        translate=True,
        help="Empty: the agreement has the standard definitions of program bug, "
        "technical support and user support.",
    )
    data_agreement = fields.Html(
        string="Personal-Data Agreement",
        translate=True,
        help="The annex on processing personal data (GDPR, article 28). Empty: the "
        "agreement has the standard one.",
    )

    _version_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), (name->>'en_US'), version)",
        "There are terms of this name and version already. Enter another version.",
    )
    _months_positive = models.Constraint(
        "CHECK (notice_months >= 0 AND upgrade_period_months >= 1)",
        "A notice period has zero months or more, an upgrade period at least one.",
    )
    _days_positive = models.Constraint(
        "CHECK (suspend_days >= 0 AND count_max_age >= 0 "
        "AND renewal_reminder_days >= 0 "
        "AND count_day BETWEEN 0 AND 28)",
        "Days cannot be negative, and lines are counted at most 28 days before.",
    )
    _upgrades_positive = models.Constraint(
        "CHECK (upgrades_per_period >= 0 AND upgrade_fee >= 0)",
        "The number of upgrades and their fee cannot be negative.",
    )
    _hourly_discount_percent = models.Constraint(
        "CHECK (hourly_discount BETWEEN 0 AND 100)",
        "The discount on hourly rates is a percentage from 0 to 100.",
    )
    _time_increment_positive = models.Constraint(
        "CHECK (time_increment >= 1)",
        "The smallest time increment is at least one minute.",
    )
    _price_notice_positive = models.Constraint(
        "CHECK (price_notice_months >= 0)",
        "The notice of price changes has zero months or more.",
    )

    def init(self):
        # The database refuses what `_check_draft` does.
        columns = sorted(get_columns(self).difference(STEP_FIELDS))
        owner = Owner(self._table, SIGNABLE)
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE, owner=owner)

    @api.model
    def _get_history_fields(self):
        """Prices of a version are written before it is published, and never after."""
        return super()._get_history_fields() | {"state"}

    @api.model
    def _default_scope_ids(self):
        """All categories, as each proposes itself."""
        categories = self.env["support.scope.category"].search([])
        return [Command.create({"category_id": category.id}) for category in categories]

    @api.depends("price_ids.is_example")
    def _compute_has_examples(self):
        for terms in self:
            terms.has_examples = any(terms.price_ids.mapped("is_example"))

    def _compute_is_signed(self):
        # sudo: whoever signed, also with a company that the reader does not have.
        signed = (
            self.env["support.contract"]
            .sudo()
            ._read_group(
                Domain("terms_id", "in", self.ids)
                & (
                    Domain("date_signed", "!=", False)
                    | Domain("state", "not in", ("draft", "cancelled"))
                ),
                ["terms_id"],
            )
        )
        # sudo: as above; also on what other terms replaced, or will from an agreed day.
        own = [str(terms_id) for terms_id in self.ids]
        lines = (
            self.env["support.contract.amendment.line"]
            .sudo()
            .search(
                Domain("model", "=", "support.contract")
                & Domain("field_name", "=", "terms_id")
                & (Domain("before", "in", own) | Domain("after", "in", own))
            )
        )
        ids = {terms.id for (terms,) in signed}
        texts = lines.mapped("before") + lines.mapped("after")
        ids |= {int(text) for text in texts if text and text.isdigit()}
        for terms in self:
            terms.is_signed = terms.id in ids

    @api.depends("name", "version")
    def _compute_display_name(self):
        for terms in self:
            terms.display_name = " ".join(filter(None, [terms.name, terms.version]))

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        # The database compares the copies with what was just renamed as well.
        self.flush_model(["name", "version"])
        proposed = set()
        for terms, vals in zip(self, vals_list, strict=True):
            vals.setdefault("version", terms._get_next_version(proposed))
            proposed.add(vals["version"])
            vals.setdefault("predecessor_id", terms.id)
        return vals_list

    def action_publish(self):
        self._publish_on(self.env.company._support_today())

    def _publish_on(self, day):
        """Publish drafts as of ``day``: today, or the day of a version that is shipped.

        The day is a note and orders the versions; it decides nothing about a contract.
        What a contract was activated with holds from its first day on, however much
        older the contract is: taking over a running one does not rewrite its past.
        """
        self._check_all_companies()
        for terms in self:
            if terms.state != "draft":
                raise UserError(self.env._("Only a draft can be published."))
            if missing := terms._get_publication_obstacles():
                raise UserError(
                    self.env._(
                        "%(terms)s cannot be published yet:\n%(obstacles)s",
                        terms=terms.display_name,
                        obstacles="\n".join(f"- {line}" for line in missing),
                    )
                )
        # The database takes no prices of terms that are published already.
        self.env.flush_all()
        self._with_permission().write({"state": "published", "date_published": day})

    def action_retire(self):
        """New contracts no longer get this version; running ones keep it."""
        if self.filtered(lambda terms: terms.state != "published"):
            raise UserError(self.env._("Only a published version can be retired."))
        today = self.env.company._support_today()
        self._check_all_companies()
        self._with_permission().write({"state": "retired", "date_retired": today})

    def action_new_version(self):
        """Open a draft that says the same, to change it; a button."""
        self.ensure_one()
        vals = {}
        if not self.company_id and not self.env.su:
            # sudo: see `_get_using_companies`. One for all companies would not be
            # theirs to change who lack one of them.
            if self._find_sharing_companies() - self.env.user.sudo().company_ids:
                vals["company_id"] = self.env.company.id
        return self.copy(vals)._get_records_action(name=self.env._("New Version"))

    def action_compare(self):
        """Show two versions side by side: the two chosen ones, or this one and the
        version it was made from; a button.
        """
        if len(self) > 2:
            raise UserError(self.env._("Choose two versions to compare."))
        older, newer = self.sorted("id")[:1], self.sorted("id")[1:]
        if not newer:
            older, newer = self._get_version_before(), self
        compare = self.env["support.terms.compare"].create(
            {"left_id": older.id, "right_id": newer.id}
        )
        return compare._get_records_action(
            name=self.env._("Compare Versions"),
            target="new",
            context={"dialog_size": "extra-large"},
        )

    def action_add_categories(self):
        """Add the categories of work that came after this draft; a button."""
        for terms in self:
            missing = terms._get_missing_categories()
            terms.scope_ids = [
                Command.create({"category_id": category.id}) for category in missing
            ]

    def unlink(self):
        """With their lines, one by one: what Odoo knows of each goes too, such as its
        external id, which the database would leave behind.
        """
        self._unlink_except_protected()
        self.scope_ids.unlink()
        self.price_ids.unlink()
        return super().unlink()

    # === PROTECTION === #

    @api.model
    def _get_guarded_fields(self):
        """What hangs on every record of Odoo, such as followers, is not the terms."""
        return self._fields.keys() - self.env["mail.thread"]._fields.keys()

    def _check_system_fields(self, vals):
        for terms in self:
            terms._check_step(vals, terms.state)
        if not self:
            # Of a new version, which can also come from defaults of the context.
            asked = {**defaults_from_outside(self), **vals}
            self._check_step(asked, "draft")

    def _get_using_companies(self):
        companies = self._find_companies("support.contract", "terms_id")
        if self.filtered(lambda terms: terms.state == "draft" and not terms.company_id):
            companies |= self._find_sharing_companies()
        return super()._get_using_companies() | companies

    @api.model
    def _find_sharing_companies(self):
        """Companies with contracts on terms for all, who would be offered new ones."""
        # sudo: see `_find_companies`.
        shared_sudo = self.sudo().search([("company_id", "=", False)])
        return shared_sudo._find_companies("support.contract", "terms_id")

    def _check_editable(self, operation):
        result = super()._check_editable(operation)
        if operation == "create":
            # Looked at afterwards: a state can also come from a default of the context.
            for terms in self:
                terms._check_step({name: terms[name] for name in STEP_FIELDS}, "draft")
        elif operation == "unlink":
            if self.filtered(lambda terms: terms.state != "draft"):
                raise UserError(
                    self.env._(
                        "Published terms cannot be deleted. Retire them instead."
                    )
                )
        else:
            self._check_draft()
        return result

    def _check_step(self, vals, state):
        """Refuse a state or its dates from anywhere but the buttons."""
        asked = {name: vals[name] for name in STEP_FIELDS if name in vals}
        if asked.pop("state", state) != state or any(asked.values()):
            raise UserError(
                self.env._(
                    "Terms are published and retired with their buttons, which check "
                    "that nothing is missing."
                )
            )

    def _check_draft(self):
        """Customers have signed on a published version: nothing in it ever changes.

        A draft for all companies changes by who has all of them.
        """
        # sudo: the state counts also where the user may not see the version.
        for terms in self.sudo():
            if terms.state != "draft":
                raise UserError(
                    self.env._(
                        "%(terms)s is published and cannot change. Make a new version "
                        "of it instead.",
                        terms=terms.display_name,
                    )
                )
        self._check_all_companies()

    @api.model
    def _check_new_lines(self, lines, link, vals_list):
        """Refuse lines of published terms in words, before the database does.

        :param lines: the model of the lines, with the context of the call
        :param link: their field that leads to the terms, or to a price of them
        """
        if lines._has_permission():
            return
        default = lines.env.context.get(f"default_{link}")
        ids = {vals.get(link, default) for vals in vals_list}
        parents = self.env[lines._fields[link].comodel_name].browse(filter(None, ids))
        # Before anything is said of them.
        parents.check_access("read")
        terms = parents if parents._name == self._name else parents.sudo().terms_id
        terms._check_draft()

    def _get_publication_obstacles(self):
        """Sentences that say what is missing before customers can sign on it."""
        self.ensure_one()
        missing = []
        if not self.price_ids:
            missing.append(self.env._("Add at least one price."))
        if categories := self._get_missing_categories():
            missing.append(
                self.env._(
                    "Say what is included and what is billed for: %(categories)s.",
                    categories=", ".join(categories.mapped("name")),
                )
            )
        if self.suspend_days and not self.suspend_right_ids:
            missing.append(
                self.env._("Choose the rights that unpaid invoices suspend.")
            )
        return missing

    def _get_missing_categories(self):
        self.ensure_one()
        categories = self.env["support.scope.category"].search([])
        return categories - self.scope_ids.category_id

    def _get_next_version(self, proposed=()):
        """The next free number: "2026-02" after "2026-01", "3" after "2".

        :param proposed: versions that others get in the same moment
        """
        self.ensure_one()
        same = self.with_context(active_test=False).search(
            [("company_id", "=", self.company_id.id)]
        )
        taken = set(
            same.filtered(lambda terms: terms.name == self.name).mapped("version")
        ).union(proposed)
        prefix, number = re.fullmatch(r"(.*?)(\d*)", self.version or "").groups()
        this_year = f"{self.env.company._support_today().year}-"
        if re.fullmatch(r"\d{4}-", prefix) and prefix != this_year:
            prefix, number = this_year, "0" * len(number)
        if not number:
            prefix, number = f"{prefix} ", "1"
        width = len(number)
        following = int(number) + 1
        while (version := f"{prefix}{following:0{width}}") in taken:
            following += 1
        return version

    def _get_price(self, service_type):
        """The price line of these terms for `service_type`; may be empty."""
        self.ensure_one()
        # Asked for every figure of every service that is billed: stop at the first.
        for price in self.price_ids:
            if price.type_id == service_type:
                return price
        return self.price_ids.browse()

    def _get_figure(self, key, service_type):
        """What this version says. To know what holds for a contract, ask it:
        `contract._get_agreed()`.

        :return: None for a price that the version does not have
        """
        self.ensure_one()
        if key == "discount":
            return 0.0  # a discount on a monthly fee is always special
        if key not in PRICE_KEYS:
            return self[key]
        price = self._get_price(service_type)
        if key == "price":
            return price.price_unit if price else None
        if key == "tiers":
            # As the calculation of prices takes the ladder: ((above, price), …).
            tiers = price.tier_ids.sorted("above")
            return tuple((tier.above, tier.price_unit) for tier in tiers)
        if key == "minimum":
            return price.minimum
        return (price or service_type)[key]

    def _get_version_before(self):
        """What this version was made from, else the one before it, else itself."""
        self.ensure_one()
        before = self.search(
            [("company_id", "=", self.company_id.id), ("id", "<", self.id)],
            order="id desc",
            limit=1,
        )
        return self.predecessor_id or before or self
