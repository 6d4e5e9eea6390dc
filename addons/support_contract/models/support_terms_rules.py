# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportTerms(models.Model):
    """What a version says besides prices and scope. Clauses R1, R2, R4, R5, R8.

    Each is our reading of a clause that leaves room; another consultancy chooses
    otherwise here, without code.
    """

    _inherit = "support.terms"

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
        string="Days to Count Before",
        default=7,
        help="The lines are counted this many days before the month begins, so that "
        "the customer knows a changed fee before it applies.",
    )
    count_max_age = fields.Integer(
        string="Oldest Count (Days)",
        default=92,
        help="While code cannot be counted, the fee comes from the last approved count "
        "if the code was read at most this many days before the month. The difference "
        "follows. With an older one nothing is charged, and somebody is told.",
    )
    notice_months = fields.Integer(
        string="Notice Period (Months)",
        help="Months between the notice and the end of a service, after its minimum "
        "term. Special conditions can name another one.",
    )
    notice_to_month_end = fields.Boolean(
        string="Ends With the Month",
        default=True,
        help="A service under notice runs to the end of the billing month.",
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

    _months_positive = models.Constraint(
        "CHECK (notice_months >= 0 AND upgrade_period_months >= 1)",
        "A notice period has zero months or more, an upgrade period at least one.",
    )
    _days_positive = models.Constraint(
        "CHECK (suspend_days >= 0 AND count_max_age >= 0 "
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
