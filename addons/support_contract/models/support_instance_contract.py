# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ..count_day import CountInfo

# What of an instance is agreed, and told of a day.
INSTANCE_FIELDS = ("role", "billed", "active", "date_end")
# How many months back the customer's page goes.
MONTHS = 12


class SupportInstance(models.Model):
    """What the contract, its fee and the customer's page ask of an instance.

    The system alone writes when its code was counted last: what is due to be read
    follows from it.
    """

    _name = "support.instance"
    _inherit = ["support.instance", "support.system.mixin"]

    @api.constrains("company_id", "contract_id")
    def _check_counted_company(self):
        for instance in self:
            if instance.count_ids.company_id - instance.company_id:
                raise ValidationError(
                    self.env._(
                        "%s has line counts, and evidence stays with the company that "
                        "made it. Enter a new one in the other company, and archive "
                        "this one.",
                        instance.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_counted(self):
        # sudo: whoever deletes need not see all that hinders it.
        for instance_sudo in self.sudo():
            if instance_sudo.count_ids:
                raise UserError(
                    self.env._(
                        "%s has line counts. They are evidence and stay: Archive it "
                        "instead of deleting it.",
                        instance_sudo.name,
                    )
                )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {
            "date_counted",
            "date_count_tried",
            "count_error",
        }

    def _values_on(self, day):
        self.ensure_one()
        everything = self.with_context(active_test=False)
        values = {name: self._value_on(name, day) for name in INSTANCE_FIELDS}
        sources = [(source, source._values_on(day)) for source in everything.source_ids]
        values["sources"] = [pair for pair in sources if pair[1]["active"]]
        values["excluded"] = [
            module.name
            for module in self.module_ids
            if not module._value_on("covered", day)
        ]
        return values

    def _was_in_use(self, day, values):
        """Whether it was in use, by its ``values`` of the day.

        What is billed was agreed, whenever it was entered here; others, such as those
        for tests, come without an amendment.
        """
        self.ensure_one()
        if not values["active"] or (values["date_end"] and values["date_end"] < day):
            return False
        if values["billed"]:
            return True
        return self.company_id._support_date(self.create_date) <= day

    def _describe_role(self, role):
        return dict(self._fields["role"]._description_selection(self.env)).get(role)

    def _get_safe_url(self):
        """The address for a link on a customer's page; nothing that runs there."""
        self.ensure_one()
        url = (self.url or "").strip() if self.contract_id else ""
        return url if url.lower().startswith(("https://", "http://")) else ""

    def _prepare_portal_months(self, today):
        """The covered lines at the end of each month, the newest first.

        A month without a new count has the lines of the one before: nothing changed.
        The month of today ends today.

        :return: dicts of month (text), lines and change against the month before;
            change is None in the month of the first count
        """
        self.ensure_one()
        counts = self.count_ids.filtered(lambda count: count.state == "approved")
        ends = [
            today + relativedelta(day=1, months=1 - back, days=-1)
            for back in range(MONTHS, -1, -1)
        ]
        rows, before = [], None
        for end in ends:
            known = counts.filtered(lambda count, end=end: count.date <= end)
            if not known:
                continue
            lines = known.sorted("id")[-1].billed_lines
            rows.append(
                {
                    "month": format_date(self.env, end, date_format="MMMM y"),
                    "lines": lines,
                    "change": None if before is None else lines - before,
                }
            )
            before = lines
        return rows[-MONTHS:][::-1]

    def _filter_agreed_on(self, day):
        """Those that were billed and in use on ``day``, by what was agreed then.

        With archived ones among them, if they are among these.
        """
        return self.filtered(
            lambda instance: not instance._is_closed_on(day)
            and instance._value_on("billed", day)
            and instance._value_on("active", day)
        )

    def _get_made_counts(self):
        """What matters of the line counts of this instance.

        Nothing was made on a day to come: a clock that was wrong has said so.

        :return: list of :class:`..count_day.CountInfo`
        """
        self.ensure_one()
        company = self.company_id
        today = company._support_today()
        made = []
        for count in self.count_ids:
            approved = count.state == "approved"
            decided = count.decided_on and company._support_date(count.decided_on)
            seen = min(count.date_confirmed or count.date, today)
            first = min(count.date, seen)
            made.append(
                CountInfo(
                    id=count.id,
                    made=first,
                    seen=seen,
                    approved=approved,
                    decided=min(decided or first, today) if approved else None,
                )
            )
        return made
