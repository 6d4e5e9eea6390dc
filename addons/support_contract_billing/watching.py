# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Silence is the worst failure: who notices that nothing is billed any more?

Odoo switches a scheduled action off after repeated failures. The overview, a second
scheduled action and a monitor outside ask here.
"""

import hashlib
import hmac
import json
import secrets
from datetime import timedelta

from markupsafe import Markup

from odoo import fields
from odoo.exceptions import AccessError

from .sending import find_unreached

TOKEN_HASH = "support_contract_billing.health_token_hash"  # a parameter's name
SILENCE_DAYS = "support_contract_billing.silence_days"
MAX_SILENCE_DAYS = 365


class BillingWatch:
    """What is wrong with billing as a whole, in sentences.

    :param env: of the superuser: whoever watches need not see scheduled actions nor
        every company
    :param company: the one that is asked about; all of them by default
    """

    def __init__(self, env, company=None):
        self.env, self.runs = env, env["support.billing.run"]
        self.company = company

    def get_warnings(self):
        """Sentences, none when all is well."""
        checks = (
            self.runs._get_stop_reason,
            self.warn_switched_off,
            self.warn_silence_days,
            self.warn_silence,
            self.warn_unbilled,
            self.warn_unsent,
            self.warn_unreached,
        )
        found = [warning for check in checks if (warning := check())]
        companies = self.company or self.env["res.company"].search([])
        return found + self.runs._get_foreseen_limits(companies)

    def warn_switched_off(self):
        """The scheduled action that bills is off, or will not come for days."""
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

    def _warn_far_ahead(self, cron):
        """The scheduled action is on and will not come for days: perhaps the clock
        was wrong.
        """
        # The scheduler goes by the clock of PostgreSQL.
        limit = self.env.cr.now() + self._get_longest_silence()
        if cron.nextcall <= limit or cron.interval_type == "months":
            return ""
        return self.env._(
            "The scheduled action that bills comes next on %(date)s (UTC) only. "
            "Perhaps the server's clock was wrong: correct its next run under "
            "Settings > Technical > Scheduled Actions.",
            date=fields.Datetime.to_string(cron.nextcall),
        )

    def _get_longest_silence(self):
        """How long no run may be finished before it is a failure, as a timedelta."""
        return timedelta(days=self._get_silence_days() or 2)

    def _get_silence_days(self):
        """The days that the parameter says; 0 when it says nothing usable."""
        text = self.env["ir.config_parameter"].get_param(SILENCE_DAYS, "2")
        try:
            days = int(text)
        except ValueError:
            return 0
        return days if 1 <= days <= MAX_SILENCE_DAYS else 0

    def warn_silence_days(self):
        """The parameter of this watcher is set wrong; it goes on watching."""
        if self._get_silence_days():
            return ""
        return self.env._(
            "The system parameter %(name)s has to be a number of days, 1 to %(most)s. "
            "Until then it counts as 2.",
            name=SILENCE_DAYS,
            most=MAX_SILENCE_DAYS,
        )

    def warn_silence(self):
        """No run was finished for days although there are contracts to bill.

        One that ends on a day to come, by a clock that was wrong, is none.
        """
        now = fields.Datetime.now()
        limit = now - self._get_longest_silence()
        contract = self.env["support.contract"].search(
            [
                ("state", "in", ("active", "notice")),
                ("create_date", "<", limit),
                ("company_id.support_billing_since", "<", limit),
                *self._get_own("company_id"),
            ],
            limit=1,
        )
        last = self.runs.search(
            [
                ("state", "=", "done"),
                ("date_end", "<=", now + timedelta(hours=1)),
                *self._get_own("company_ids"),
            ],
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

    def warn_unbilled(self):
        """The last scheduled run left more undone than it did, and so it is still.

        What a person asked for since counts for the contracts that it billed.
        """
        finished = [
            ("state", "=", "done"),
            ("line_ids", "any", self._get_own("company_id")),
        ]
        last = self.runs.search(
            [*finished, ("origin", "=", "schedule")], order="id desc", limit=1
        ) or self.runs.search(finished, order="id desc", limit=1)
        later = self.env["support.billing.run.line"].search(
            [("run_id", ">", last.id), ("state", "=", "done")]
        )
        lines = last.line_ids.filtered_domain(self._get_own("company_id"))
        undone = lines.filtered(
            lambda line: line.state != "done"
            and line.contract_id not in later.contract_id
        )
        done = len(lines) - len(undone)
        if len(undone) <= done:
            return ""
        return self.env._(
            "%(run)s billed %(done)s of %(due)s contracts that were due.",
            run=last.name,
            done=done,
            due=len(lines),
        )

    def warn_unsent(self):
        """Invoices wait for Odoo's own scheduled action, which does not come."""
        days = self._get_longest_silence().days
        waiting = self.env["account.move"].search_count(
            [
                ("sending_data", "!=", False),
                ("state", "=", "posted"),
                ("invoice_date", "<=", fields.Date.today() - timedelta(days=days)),
                ("invoice_line_ids.support_charge_ids", "!=", False),
                *self._get_own("company_id"),
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

    def get_last_finished(self):
        """The last run that was finished."""
        domain = [("state", "=", "done"), *self._get_own("company_ids")]
        return self.runs.search(domain, order="id desc", limit=1)

    def _get_own(self, link):
        """Domain of what is asked about, by the link to its company."""
        return [(link, "in", self.company.ids)] if self.company else []

    def warn_unreached(self):
        """Invoices that did not reach their customers, and why is with the contract."""
        if not (moves := find_unreached(self.env, self._get_own("company_id"))):
            return ""
        return self.env._(
            "%(number)s posted invoices did not reach their customer: look at “Posted, "
            "not sent” in the billing overview.",
            number=len(moves),
        )

    def notify_managers(self):
        """Write to the managers what is wrong; nothing when all is well."""
        warnings = self.get_warnings()
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


# === A MONITOR OUTSIDE === #


def make_token(env):
    """A new token for the monitor of the company; only its fingerprint is kept.

    :return: the token, to be shown once
    :raise AccessError: for who is no manager
    """
    if not env.user.has_group("support_contract.group_support_manager"):
        raise AccessError(env._("Only a manager can make a monitor's token."))
    token = secrets.token_urlsafe(32)
    known = _get_hashes(env) | {str(env.company.id): _hash(token)}
    # sudo: a manager need not have Settings rights.
    env["ir.config_parameter"].sudo().set_param(TOKEN_HASH, json.dumps(known))
    return token


def find_company(env, token):
    """The company, in superuser mode, whose token that is: the one that was made last;
    none for every other token.
    """
    given = _hash(token)
    found = [
        int(company_id)
        for company_id, known in _get_hashes(env).items()
        if hmac.compare_digest(known, given)
    ]
    # sudo: the monitor is nobody.
    return env["res.company"].sudo().browse(found).exists()


def _get_hashes(env):
    """{id of a company: fingerprint of its monitor's token}."""
    # sudo: the monitor is nobody, and a manager need not have Settings rights.
    text = env["ir.config_parameter"].sudo().get_param(TOKEN_HASH)
    try:
        known = json.loads(text or "{}")
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _hash(token):
    return hashlib.sha256(token.encode()).hexdigest()
