# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.support_contract.read_once import remember
from odoo.addons.support_contract.rights import RightJudge
from odoo.addons.support_contract.spans import Steps, merged
from odoo.addons.support_contract.windows import fill_count, lists

from ..cancellation import close_with_contract
from ..go_live import GoLive
from ..judging import UpgradeJudge
from ..reservation import Reservation
from ..upgrade_ledger import Booking, Ledger

CLOSED = ("done", "cancelled")


class SupportContract(models.Model):
    """The ledger of upgrade rights: granted, reserved, used, lapsed. Clause R8."""

    _inherit = "support.contract"

    upgrade_ids = fields.One2many("support.upgrade", "contract_id")
    upgrade_count = fields.Integer("Upgrades", compute="_compute_upgrade_count")
    upgrades_used_before = fields.Integer(
        copy=False,
        help="For a contract that was run elsewhere before: upgrade rights that the "
        "customer had already used in the upgrade period of the day “Billed Through”.",
    )
    upgrade_years = fields.Html(
        compute="_compute_upgrade_years",
        sanitize=False,
        help="Each upgrade period with its rights.",
    )
    date_upgrade_until = fields.Date(
        string="Upgrade Period Until",
        readonly=True,
        copy=False,
        help="Through this day rights to upgrade are left that nobody has asked for.",
    )
    upgrades_left = fields.Char(
        compute="_compute_upgrades_left",
        help="Rights to upgrade of the period of today that nobody has asked for.",
    )

    _upgrades_used_before_positive = models.Constraint(
        "CHECK (coalesce(upgrades_used_before, 0) >= 0)",
        "The number of upgrades that were used before cannot be negative.",
    )

    @api.depends("upgrade_ids")
    def _compute_upgrade_count(self):
        fill_count(self, "upgrade_count", "support.upgrade")

    @api.depends(
        "state",
        "billed_through",
        "upgrades_used_before",
        "service_ids.type_id.grant_ids",
        "service_ids.date_start",
        "service_ids.date_end",
        "upgrade_ids.right_no",
        "upgrade_ids.state",
        "upgrade_ids.date_right_returned",
    )
    @api.depends_context("lang")
    def _compute_upgrade_years(self):
        for contract in self:
            today = (contract.company_id or self.env.company)._support_today()
            ledger = contract._get_upgrade_ledger()
            # The years so far and the one that follows.
            following = ledger.next_period(today)
            until = following.start if following else today
            contract.upgrade_years = self.env["ir.qweb"]._render(
                "support_upgrade.support_contract_upgrade_years",
                {
                    "rows": [
                        contract._prepare_upgrade_year(entry, today)
                        for entry in ledger.entries(until, today)
                    ],
                },
            )

    @api.depends_context("lang")
    def _compute_upgrades_left(self):
        for contract in self:
            running = contract.state in ("active", "notice")
            entry = running and contract._get_upgrade_entry()
            contract.upgrades_left = entry and self.env._(
                "%(left)s of %(granted)s until %(day)s",
                left=entry.left,
                granted=entry.granted,
                day=format_date(self.env, entry.end),
            )

    # === BUTTONS === #

    action_view_upgrades = lists("support_upgrade.support_upgrade_action")

    def action_request_upgrade(self):
        """Open a new request for this customer; a button."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Request an Upgrade"),
            "res_model": "support.upgrade",
            "view_mode": "form",
            "context": {"default_contract_id": self.id},
        }

    # === LEDGER OF RIGHTS === #

    def _prepare_upgrade_year(self, entry, today):
        """What the line of years shows about one period."""
        self.ensure_one()
        return {
            "entry": entry,
            "start": format_date(self.env, entry.start),
            "end": format_date(self.env, entry.end),
            "current": entry.start <= today <= entry.end,
            "coming": entry.start > today,
            "upgrades": self._get_upgrades_of(entry),
        }

    def _get_upgrade_ledger(self):
        """:return: :class:`..upgrade_ledger.Ledger`"""
        self.ensure_one()
        right = remember(
            self.env,
            ("_get_upgrade_ledger",),
            lambda: self.env["support.right"].search(
                [("code", "=", "upgrade")], limit=1
            ),
        )
        bookings = [Reservation(one).get_booking() for one in self.upgrade_ids]
        bookings.append(self._get_booking_before())
        return Ledger(
            stretches=merged(RightJudge(self).get_spans(right)),
            # A period of no months would never end.
            months=self._get_agreed_steps("upgrade_period_months", least=1),
            rights=self._get_agreed_steps("upgrades_per_period", least=0),
            bookings=tuple(booking for booking in bookings if booking),
        )

    def _get_booking_before(self):
        """Rights that were used before the contract was taken over; None without."""
        self.ensure_one()
        day = self.billed_through
        if not (day and self.upgrades_used_before):
            return None
        # Nobody here knows when they were used: as early as can be.
        return Booking(day, date.min, date.min, count=self.upgrades_used_before)

    def _get_agreed_steps(self, key, least):
        """A figure of the agreement by day, as `support_contract.spans.Steps`."""
        no_service = self.env["support.contract.service"]
        days = self._get_agreed_changes([key], date.min, date.max, no_service)
        return Steps(
            tuple(
                (day, max(int(self._get_agreed(key, day).value or 0), least))
                for day in [date.min, *days]
            )
        )

    def _get_upgrades_of(self, period):
        """The upgrades whose rights are those of ``period``, returned ones left out."""
        self.ensure_one()
        return self.upgrade_ids.filtered(
            lambda upgrade: upgrade.right_no
            and not upgrade.date_right_returned
            and period.start <= upgrade.period_start <= period.end
        )

    def _judge_right_upgrade(self, right, facts):
        """One of the rights of the period, or the one that a request has reserved.

        :param facts: ``upgrade``, a ``support.upgrade`` whose own reservation counts
            for it, or ``count``, the number of rights that are needed
        """
        return UpgradeJudge(self, right).judge(facts.get("upgrade"), facts.get("count"))

    # === AMENDMENT === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"upgrades_used_before"}

    def _after_amendment(self, amendment):
        """Undoing the amendment of a go-live rolls the upgrade back, wherever from."""
        result = super()._after_amendment(amendment)
        undone = amendment.undoes_id
        if undone and amendment.state == "applied":
            for upgrade in self.upgrade_ids:
                if upgrade.state == "done" and upgrade.amendment_id == undone:
                    GoLive(upgrade).after_rollback(amendment)
        return result

    # === NOTICE AND END === #

    def action_end(self):
        result = super().action_end()
        # sudo: what becomes of upgrades follows from the end, whoever ends it.
        close_with_contract(self.sudo().upgrade_ids)
        return result

    def _get_rights_lost(self, services):
        """Unused upgrades are lost with the service that includes them."""
        lost = super()._get_rights_lost(services)
        if "upgrade" not in services.type_id.grant_ids.mapped("code"):
            return lost
        left = self._get_upgrade_ledger().left(self.company_id._support_today())
        if left == 1:
            lost.append(self.env._("One upgrade that has not been asked for"))
        elif left:
            lost.append(self.env._("%s upgrades that have not been asked for", left))
        for upgrade in self.upgrade_ids:
            if upgrade.right_status == "reserved":
                lost.append(
                    self.env._(
                        "Upgrade %(name)s to version %(series)s, unless the work "
                        "starts before",
                        name=upgrade.name,
                        series=upgrade.to_series,
                    )
                )
        return lost

    def _get_notice_remarks(self, services):
        remarks = super()._get_notice_remarks(services)
        if "upgrade" not in services.type_id.grant_ids.mapped("code"):
            return remarks
        for upgrade in self.upgrade_ids:
            if upgrade._is_under_way():
                remarks.append(
                    self.env._(
                        "Upgrade %(name)s to version %(series)s is under way: its "
                        "right is used, so it is finished after the end as well, "
                        "unless you agree to cancel it.",
                        name=upgrade.name,
                        series=upgrade.to_series,
                    )
                )
        return remarks

    def _get_checklist_codes(self):
        """There is an upgrade to finish or stop only while one is under way."""
        codes = super()._get_checklist_codes()
        if not self.upgrade_ids.filtered(lambda upgrade: upgrade._is_under_way()):
            codes.remove("upgrade")
        return codes

    # === PORTAL === #

    @api.model
    def _get_portal_cards(self):
        return super()._get_portal_cards() | {
            "upgrades": ("administrator", "key_user"),
        }

    @api.model
    def _get_portal_pages(self):
        pages = super()._get_portal_pages()
        pages["today"].cards.add("upgrades")
        return pages

    def _prepare_portal_overview(self, cards):
        shown = "upgrades" in cards
        return super()._prepare_portal_overview(cards) | {
            "upgrade": self._prepare_portal_upgrade()
            if shown and self.state in ("active", "notice")
            else None,
            "upgrades": self.upgrade_ids.sorted("id", reverse=True)
            if shown
            else self.env["support.upgrade"],
        }

    def _prepare_portal_upgrade(self):
        """The rights to upgrade of the period of today; None without any."""
        entry = self._get_upgrade_entry()
        today = self.company_id._support_today()
        return entry and self._prepare_upgrade_year(entry, today)

    def _get_upgrade_entry(self):
        """The rights to upgrade of the period of today; None without any."""
        self.ensure_one()
        today = self.company_id._support_today()
        ledger = self._get_upgrade_ledger()
        period = ledger.period_at(today)
        return period and ledger.entry(period, today)

    def _get_kept_values(self):
        running = self.state in ("active", "notice")
        # sudo: what is left does not depend on who changes something.
        entry = running and self.sudo()._get_upgrade_entry()
        until = entry.end if entry and entry.left else False
        return super()._get_kept_values() | {"date_upgrade_until": until}

    def _get_coming(self):
        coming = super()._get_coming()
        today = self.company_id._support_today()
        for upgrade in self.upgrade_ids.filtered(lambda one: one.state not in CLOSED):
            if (day := upgrade.date_planned) and day >= today:
                text = self.env._("Upgrade to version %s", upgrade.to_series)
                coming.append((day, text))
        return coming

    def _get_portal_cost_rows(self):
        rows = super()._get_portal_cost_rows()
        codes = self.service_ids.type_id.grant_ids.mapped("code")
        if "upgrade" in codes and (fee := self._get_agreed("upgrade_fee").value):
            rows.append(
                {
                    "sequence": 20,
                    "name": self.env._("Starting a version upgrade"),
                    "amount": self._format_portal_money(fee),
                    "note": self.env._("once for each, with its test systems"),
                }
            )
        return rows
