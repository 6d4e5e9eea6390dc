# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Giving notice for services of a contract, and withdrawing it. Clause R1.

The rule of the earliest end is in :mod:`.notice`.
"""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date

from .renewal import ACTIVITY as RENEWAL

CONFIRMATION = "support_contract.mail_template_notice"


class Notice:
    """One notice: services that end, and when.

    :param contract: ``support.contract``
    :param services: those that end; the others run on
    :param date_notice: the day on which the customer, or we, gave notice
    :param date_end: last day of the services; by default each one's earliest
    :param reason: why; needed for an end before the earliest lawful one
    """

    def __init__(self, contract, services, date_notice, date_end=None, reason=""):
        self.contract = contract
        self.env = contract.env
        # What may be done is what the asker may do, whoever fetched the services.
        self.services = services.with_env(self.env)
        self.date_notice = date_notice
        self.date_end = date_end
        self.reason = reason

    def give(self):
        """End the services.

        :raise AccessError: for an earlier end, unless a manager asks
        """
        contract, services = self.contract, self.services
        self._check_possible()
        changes = [(service, self._get_changes(service)) for service in services]
        told = self.reason or self.env._("Notice given")
        # sudo: a consultant may take down a notice that the terms allow.
        contract_sudo = contract.sudo()
        contract_sudo._amend(
            contract.company_id._support_today(),
            told,
            [(service.sudo(), vals) for service, vals in changes],
        )
        for service in services:
            contract_sudo._log_event(
                "notice",
                told,
                record=service,
                field_name="date_end",
                after=fields.Date.to_string(service.date_end),
            )
        if all(contract_sudo.service_ids.mapped("date_end")):
            contract_sudo.activity_unlink([RENEWAL])  # nothing renews any more
        # The dated confirmation to the customer, which stays in the chatter.
        if template := self.env.ref(CONFIRMATION, raise_if_not_found=False):
            contract_sudo.message_post_with_source(
                template,
                subtype_xmlid="mail.mt_comment",
                partner_ids=contract_sudo.partner_id.ids,
            )

    def _check_possible(self):
        if self.contract.state not in ("active", "notice"):
            raise UserError(self.env._("Only a running contract can be given notice."))
        if not self.services:
            raise UserError(self.env._("Choose at least one service that ends."))
        if self.services.contract_id != self.contract:
            raise UserError(self.env._("Choose services of this contract."))

    def _get_changes(self, service):
        """What the notice writes on a service."""
        earliest = service._get_earliest_end(self.date_notice)
        end = self.date_end or earliest.day
        if end < service.date_start:
            raise UserError(
                self.env._(
                    "%(service)s begins on %(day)s and cannot end before.",
                    service=service.type_id.name,
                    day=format_date(self.env, service.date_start),
                )
            )
        remaining = 0.0
        earliest = service._get_lawful_end(self.date_notice, end)
        if end < earliest.day:
            remaining = service._check_early_end(end, earliest, self.reason)
        return {
            "date_notice": self.date_notice,
            "date_end": end,
            "end_reason": self.reason or False,
            "remaining_fee": remaining,
        }


def withdraw_notice(contract):
    """Let the services of a contract run on, before they have ended."""
    env = contract.env
    today = contract.company_id._support_today()
    services = contract.service_ids.filtered(
        lambda service: service.date_notice and service.date_end >= today
    )
    if not services:
        raise UserError(
            env._("There is no notice to withdraw, or it has taken effect.")
        )
    contract._amend(
        today,
        env._("Notice withdrawn"),
        [
            (
                services,
                {
                    "date_notice": False,
                    "date_end": False,
                    "end_reason": False,
                    "remaining_fee": 0.0,
                },
            )
        ],
    )
    contract._log_event("notice", env._("Notice withdrawn"))


def follow_notice(contract):
    """Under notice is a running contract of which nothing runs on; else it is active.

    After whatever was agreed: a new service runs on although the others end.
    """
    services = contract.service_ids
    ends = any(services.mapped("date_notice")) and all(services.mapped("date_end"))
    state = "notice" if ends else "active"
    if contract.state in ("active", "notice") and contract.state != state:
        contract._set_state(state)


def describe_notice_rules(contract):
    """The rules of notice as the agreement states them: a list of sentences.

    One for all services, unless some of them renew or have a notice of their own.
    """
    env, by_rule = contract.env, {}
    for service in contract.service_ids:
        day = service._get_agreed_day()
        rule = tuple(
            service._get_agreed(key, day).value
            for key in ("renewal_months", "notice_months", "notice_to_month_end")
        )
        by_rule.setdefault(rule, []).append(service)
    sentences = []
    for (renewal, months, to_month_end), services in by_rule.items():
        text = (
            _describe_renewal(env, renewal, months)
            if renewal
            else _describe_running_on(env, months, to_month_end)
        )
        if len(by_rule) > 1:
            names = dict.fromkeys(service.type_id.name for service in services)
            text = f"{', '.join(names)}: {text}"
        sentences.append(text)
        # What the rule comes to, worked out once for those who only look there.
        for service in services if renewal else ():
            if example := service._get_renewal(service._get_agreed_day()):
                sentences.append(
                    env._(
                        "%(service)s can end on %(end)s at the earliest, with notice "
                        "on %(last)s at the latest.",
                        service=service.type_id.name,
                        end=format_date(env, example.end),
                        last=format_date(env, example.last_notice),
                    )
                )
    return sentences


def _describe_renewal(env, renewal, months):
    if months:
        return env._(
            "After its minimum term a service renews by %(renewal)s months at a time. "
            "It ends with a term if one of us gives notice at least %(months)s months "
            "before, counted forwards from the notice.",
            renewal=renewal,
            months=months,
        )
    return env._(
        "After its minimum term a service renews by %(renewal)s months at a time. It "
        "ends with a term if one of us gives notice before that is over.",
        renewal=renewal,
    )


def _describe_running_on(env, months, to_month_end):
    if months and to_month_end:
        return env._(
            "After the minimum term each service runs on until one of us gives "
            "notice. It ends with the month in which %(months)s months are over.",
            months=months,
        )
    if months:
        return env._(
            "After the minimum term each service runs on until one of us gives "
            "notice, with a notice period of %(months)s months.",
            months=months,
        )
    if to_month_end:
        return env._(
            "After the minimum term each service runs on until one of us gives "
            "notice. It ends with the running month."
        )
    return env._(
        "After the minimum term each service runs on until one of us gives notice."
    )
