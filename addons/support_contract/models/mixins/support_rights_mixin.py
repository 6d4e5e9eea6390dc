# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ...periods import check_day
from ...rights import RightJudge


class SupportRightsMixin(models.AbstractModel):
    """What the customer of a contract may have on a day, and why."""

    _name = "support.rights.mixin"
    _description = "Rights of a Contract"

    rights_today = fields.Html(
        compute="_compute_rights_today",
        sanitize=False,
        help="What the customer may have today, and why.",
    )

    @api.depends(
        "state",
        "service_ids.type_id.grant_ids",
        "service_ids.date_start",
        "service_ids.date_end",
    )
    @api.depends_context("lang")
    def _compute_rights_today(self):
        for contract in self:
            contract.rights_today = RightJudge(contract).render_table()

    def _right(self, right, on_date=None, **facts):
        """May the customer have this, on that day, and why?

        The one place where rights are decided. A right that needs more than a service
        that grants it has a method ``_judge_right_<code>(right, facts)``, which returns
        a :class:`..verdict.Case`. Days are those of the company's time
        zone; the first and the last day of a service both belong to it.

        :param right: code of a ``support.right``: ``maintenance``, ``operations``,
            ``patch``, ``hotfix``, ``upgrade``, ``discount``, ``technical_support``,
            ``user_support``, ``swedish_adaptations`` or one of the consultancy's own
        :param on_date: the day; today by default
        :param facts: what the question is about, where the right's own method asks
            for it
        :return: :class:`..verdict.Verdict`
        :raise ValueError: for a right that does not exist
        """
        self.ensure_one()
        day = check_day(on_date) if on_date else self.company_id._support_today()
        return RightJudge(self).judge(right, day, facts)

    def _right_suspension(self, on_date):
        """Why rights are not given on a day that the contract grants; a hook.

        Extend it together with ``_get_suspension_days``.

        :return: :class:`..verdict.Suspension`, or None
        """
        return None

    def _get_suspension_days(self, on_date):
        """Days after ``on_date`` on which ``_right_suspension`` may answer otherwise,
        as things stand; a hook.
        """
        return []
