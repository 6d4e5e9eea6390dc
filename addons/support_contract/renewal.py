# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Services that renew: what is told of it, and the reminder before it is too late.

The arithmetic of their terms is in :mod:`.notice`. Clause R1.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .notice import last_notice_day
from .read_once import read_once

REMINDER = "support_contract.mail_template_renewal"
ACTIVITY = "support_contract.activity_renewal"


@dataclass(frozen=True)
class Renewal:
    """The next renewal that notice can still prevent.

    :param service: `support.contract.service`
    :param months: by which it renews
    :param end: last day of the term; the day after, the next one begins
    :param last_notice: last day on which notice is in time for it
    """

    service: models.BaseModel
    months: int
    end: date
    last_notice: date

    def describe(self):
        """What the customer should know of it, in a sentence."""
        env = self.service.env
        return env._(
            "It renews by %(months)s months after %(end)s, unless notice is given on "
            "%(last)s at the latest.",
            months=self.months,
            end=format_date(env, self.end),
            last=format_date(env, self.last_notice),
        )


def get_renewal(service, day):
    """The next renewal of a service that notice given on ``day`` can prevent.

    :return: :class:`Renewal`, or None for a service that runs on or ends
    """
    if not service.date_start or service.date_end:
        return None
    months = service._get_agreed("renewal_months", day).value
    if not months:
        return None
    end = service._get_earliest_end(day).day
    notice = service._get_agreed("notice_months", day).value
    return Renewal(service, months, end, last_notice_day(end, notice))


def find_to_remind(contracts):
    """Contracts of whose renewal somebody is to be reminded today.

    :param contracts: any ``support.contract``
    """
    renewing = contracts.search(
        Domain("state", "in", ("active", "notice"))
        & (
            Domain("terms_id.price_ids.renewal_months", ">", 0)
            | Domain("condition_ids.key", "=", "renewal_months")
        )
    )
    looked_at = read_once(renewing)
    return contracts.browse(
        contract.id for contract in looked_at if get_due_renewals(contract)
    )


def get_due_renewals(contract):
    """Renewals of a contract of which the customer is to be reminded today.

    :return: list of :class:`Renewal`
    """
    today = contract.company_id._support_today()
    ahead = contract._get_agreed("renewal_reminder_days", today).value
    if not ahead:
        return []
    renewals = [get_renewal(service, today) for service in contract.service_ids]
    return [
        renewal
        for renewal in renewals
        if renewal
        and renewal.service.date_start <= today
        and renewal.service.date_reminded != renewal.end
        and today >= renewal.last_notice - timedelta(days=ahead)
    ]


def remind(contract):
    """Tell the customer and the account manager of renewals that come near."""
    renewals = get_due_renewals(contract)
    if not renewals:
        return
    env = contract.env
    for renewal in renewals:
        # sudo: written by the system alone.
        service_sudo = renewal.service.sudo()._with_permission()
        service_sudo.date_reminded = renewal.end
    contract.activity_unlink([ACTIVITY])
    contract.activity_schedule(
        ACTIVITY,
        date_deadline=min(renewal.last_notice for renewal in renewals),
        note="\n".join(
            f"{renewal.service.type_id.name}: {renewal.describe()}"
            for renewal in renewals
        ),
        user_id=contract._get_responsible_user().id,
    )
    if template := env.ref(REMINDER, raise_if_not_found=False):
        contract.message_post_with_source(
            template,
            subtype_xmlid="mail.mt_comment",
            partner_ids=contract.partner_id.ids,
        )


def get_renewals_in_words(contract):
    """A sentence for each service that renews next, for the mail; in its language."""
    today = contract.company_id._support_today()
    renewals = [get_renewal(service, today) for service in contract.service_ids]
    return [
        f"{renewal.service.type_id.name}: {renewal.describe()}"
        for renewal in renewals
        if renewal and renewal.service.date_reminded == renewal.end
    ]
