# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import hmac
import secrets
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

TOKEN_HASH = "support_contract_billing.health_token_hash"  # a parameter's name
SILENCE_DAYS = "support_contract_billing.silence_days"
MAX_SILENCE_DAYS = 365


class SupportBillingRun(models.Model):
    """Silence is the worst failure: who notices that nothing is billed any more?

    Odoo switches a scheduled action off after repeated failures. The overview, a second
    scheduled action and a monitor outside ask here.
    """

    _inherit = "support.billing.run"

    @api.model
    def _get_warnings(self):
        """What is wrong with billing as a whole: sentences, none when all is well."""
        # sudo: whoever watches need not see scheduled actions nor every company.
        run_sudo = self.sudo()
        checks = (
            run_sudo._get_stop_reason,
            run_sudo._warn_switched_off,
            run_sudo._warn_silence_days,
            run_sudo._warn_silence,
            run_sudo._warn_unbilled,
            run_sudo._warn_unsent,
        )
        return [warning for check in checks if (warning := check())]

    @api.model
    def _warn_switched_off(self):
        cron = self.env.ref(
            "support_contract_billing.ir_cron_count_and_bill", raise_if_not_found=False
        )
        if cron and cron.active:
            return self._warn_far_ahead(cron)
        return self.env._(
            "The scheduled action that bills is switched off. Odoo does that after "
            "repeated failures: look into the server's log, then switch it on under "
            "Settings > Technical > Scheduled Actions."
        )

    @api.model
    def _warn_far_ahead(self, cron):
        """It is on and will not come for days: perhaps the clock was wrong."""
        # The scheduler goes by the clock of PostgreSQL.
        limit = self.env.cr.now() + self._get_missing_report_warning()
        if cron.nextcall <= limit or cron.interval_type == "months":
            return ""
        return self.env._(
            "The scheduled action that bills comes next on %(date)s (UTC) only. "
            "Perhaps the server's clock was wrong: correct its next run under "
            "Settings > Technical > Scheduled Actions.",
            date=fields.Datetime.to_string(cron.nextcall),
        )

    @api.model
    def _get_missing_report_warning(self):
        """How long nothing may be heard of billing, as a timedelta."""
        return timedelta(days=self._get_silence_days() or 2)

    @api.model
    def _get_silence_days(self):
        """The days that the parameter says; 0 when it says nothing usable."""
        text = self.env["ir.config_parameter"].get_param(SILENCE_DAYS, "2")
        try:
            days = int(text)
        except ValueError:
            return 0
        return days if 1 <= days <= MAX_SILENCE_DAYS else 0

    @api.model
    def _warn_silence_days(self):
        """A watcher that somebody set wrong goes on watching, and says so."""
        if self._get_silence_days():
            return ""
        return self.env._(
            "The system parameter %(name)s has to be a number of days, 1 to %(most)s. "
            "Until then it counts as 2.",
            name=SILENCE_DAYS,
            most=MAX_SILENCE_DAYS,
        )

    @api.model
    def _warn_silence(self):
        """No run was finished for days although there are contracts to bill.

        One that ends on a day to come, by a clock that was wrong, is none.
        """
        now = fields.Datetime.now()
        limit = now - self._get_missing_report_warning()
        contract = self.env["support.contract"].search(
            [("state", "in", ("active", "notice")), ("create_date", "<", limit)],
            limit=1,
        )
        last = self.search(
            [("state", "=", "done"), ("date_end", "<=", now + timedelta(hours=1))],
            order="date_end desc",
            limit=1,
        )
        if not contract or (last and last.date_end >= limit):
            return ""
        if not last:
            return self.env._("No billing run was ever finished.")
        return self.env._(
            "No billing run was finished since %(date)s (UTC).",
            date=fields.Datetime.to_string(last.date_end),
        )

    @api.model
    def _warn_unbilled(self):
        """The last scheduled run left more undone than it did, and so it is still.

        What a person asked for since counts for the contracts that it billed.
        """
        finished = [("state", "=", "done"), ("line_ids", "!=", False)]
        last = self.search(
            [*finished, ("origin", "=", "schedule")], order="id desc", limit=1
        ) or self.search(finished, order="id desc", limit=1)
        later = self.env["support.billing.run.line"].search(
            [("run_id", ">", last.id), ("state", "=", "done")]
        )
        undone = last.line_ids.filtered(
            lambda line: line.state != "done"
            and line.contract_id not in later.contract_id
        )
        done = last.contract_count - len(undone)
        if len(undone) <= done:
            return ""
        return self.env._(
            "%(run)s billed %(done)s of %(due)s contracts that were due.",
            run=last.name,
            done=done,
            due=last.contract_count,
        )

    @api.model
    def _warn_unsent(self):
        """Invoices wait for Odoo's own scheduled action, which does not come."""
        days = self._get_missing_report_warning().days
        waiting = self.env["account.move"].search_count(
            [
                ("sending_data", "!=", False),
                ("state", "=", "posted"),
                ("invoice_date", "<=", fields.Date.today() - timedelta(days=days)),
                ("invoice_line_ids.support_charge_ids", "!=", False),
            ]
        )
        if not waiting:
            return ""
        return self.env._(
            "%(number)s posted invoices have waited for more than %(days)s days to be "
            "sent. See whether the scheduled action “Send invoices automatically” is "
            "on, and what the server's log says.",
            number=waiting,
            days=days,
        )

    @api.model
    def _cron_watch_billing(self):
        """Write to the managers when billing is silent."""
        warnings = self._get_warnings()
        if not warnings:
            return
        managers = self.env.ref(
            "support_contract.group_support_manager"
        ).all_user_ids.filtered(lambda user: user.active and user.email)
        self.env["mail.mail"].create(
            [
                {
                    "subject": self.env._("Billing of support contracts needs you"),
                    "email_to": user.email_formatted,
                    "auto_delete": True,
                    "body_html": Markup("<ul>%s</ul>")
                    % Markup().join(
                        Markup("<li>%s</li>") % warning for warning in warnings
                    ),
                }
                for user in managers
            ]
        )

    # -- a monitor outside ----------------------------------------------------------

    @api.model
    def _make_health_token(self):
        """A new token for the monitor; only its fingerprint is kept.

        :return: the token, to be shown once
        """
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(self.env._("Only a manager can make a monitor's token."))
        token = secrets.token_urlsafe(32)
        # sudo: a manager need not have Settings rights.
        self.env["ir.config_parameter"].sudo().set_param(TOKEN_HASH, _hash(token))
        return token

    @api.model
    def _is_health_token(self, token):
        # sudo: the monitor is nobody.
        known = self.env["ir.config_parameter"].sudo().get_param(TOKEN_HASH)
        return bool(known and token) and hmac.compare_digest(known, _hash(token))


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
