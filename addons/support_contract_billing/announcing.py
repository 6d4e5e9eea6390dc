# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The customer knows before the bill: a changed fee is announced on the count day."""

from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, split_every, str2bool

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_instance.count_day import COUNT_DAY

from .billing import ACCOUNTANTS
from .due import prefetch_counts
from .fees import ChargeBasis, describe_changes
from .simulation import Simulation

# Contracts looked at in one go; bounds the memory.
CHUNK = 100


@dataclass(frozen=True)
class FeeChange:
    """The fee of a period that is about to begin, beside the one before it.

    :param begin: the first day of the period
    :param before: fee of a whole month as it is the day before
    :param after: fee of a whole month from that day on
    :param counts: `support.count`, what the new fee comes from
    :param charged: {service: {day: :class:`.fees.ChargeBasis`}} of the day
        before and of ``begin``, without days on which the service does not run
    :param announced: `support.fee.announcement`, the last one for that day, or none
    """

    begin: date
    before: float
    after: float
    counts: models.BaseModel
    charged: dict
    announced: models.BaseModel

    @property
    def is_news(self):
        """Whether the customer knows of another fee for that day, or of none."""
        currency = self.announced.currency_id
        if self.announced:
            return currency.compare_amounts(self.announced.fee_after, self.after) != 0
        return self.before != self.after


# === WHAT IS TO BE ANNOUNCED === #


def get_contracts_to_announce(companies):
    """Contracts of these companies with a changed fee that was not announced yet."""
    env = companies.env
    contracts = found = env["support.contract"]
    # sudo: parameters are readable with Settings rights only.
    parameters_sudo = env["ir.config_parameter"].sudo()
    neutralized = parameters_sudo.get_param("database.is_neutralized", "False")
    if str2bool(neutralized, default=False):
        return found  # a copy writes to nobody
    candidates = contracts.search(
        Domain("state", "in", ("active", "notice"))
        & Domain("company_id", "in", companies.ids)
        & Domain("service_ids.type_id.basis", "=", "lines"),
        order="id",
    )
    for ids in split_every(CHUNK, candidates.ids):
        chunk = read_once(contracts.browse(ids))
        decided = _get_decided_lately(chunk)
        days = {
            contract: begins
            for contract in chunk
            if (
                begins := [
                    begin
                    for begin in _get_unannounced_days(contract, contract in decided)
                    if get_announced(contract, begin) or may_fee_change(contract, begin)
                ]
            )
        }
        prefetch_counts(
            env,
            (
                (service, service._get_whole_period(day))
                for contract, begins in days.items()
                for service in contract.service_ids
                if service.type_id.basis == "lines"
                for begin in begins
                for day in (begin - ONE_DAY, begin)
            ),
        )
        for contract, begins in days.items():
            if get_fee_change(contract, begins):
                found += contract
        # Only who they are is kept: the memory does not grow with their number.
        found = contracts.browse(found.ids)
        env.invalidate_all()
    return found


def _get_decided_lately(contracts):
    """Those of these contracts that got an approved count since yesterday."""
    since = fields.Datetime.now() - timedelta(days=2)
    counts = contracts.env["support.count"].search(
        [
            ("contract_id", "in", contracts.ids),
            ("state", "=", "approved"),
            ("decided_on", ">=", since),
        ]
    )
    return counts.contract_id


def _get_unannounced_days(contract, today_too=True):
    """First days of periods whose count day has come: the fee is certain by now.

    :param today_too: the period that begins today is looked at as well: a count
        may have been approved in the last hour before it began
    """
    contract.ensure_one()
    today = contract.company_id._support_today()
    begins = set()
    for service in contract.service_ids:
        if service.type_id.basis != "lines":
            continue
        # What was announced for today can have been agreed otherwise since.
        is_open = today_too or get_announced(contract, today)
        if is_open and service._get_whole_period(today).start == today:
            begins.add(today)
        coming = service._get_next_period(today)
        if coming and service._get_count_day(coming) <= today:
            # Where the terms move the periods, the next one is cut at its beginning.
            over = service._get_whole_period(today).end + ONE_DAY
            begins.add(max(coming.start, over))
    return sorted(begins)


def get_announced(contract, begin):
    """The last announcement of a fee from that day on, or none."""
    return contract.announcement_ids.filtered(
        lambda one: one.period_start == begin
    ).sorted("number")[-1:]


def may_fee_change(contract, begin):
    """Whether another fee can begin on that day.

    The same services with the same quantities and figures cost the same. That is most
    contracts on most nights, and quicker to see than the fee is computed.
    """
    before = contract._get_services_on(begin - ONE_DAY)
    after = contract._get_services_on(begin)
    return before != after or any(one._may_fee_change(begin) for one in after)


def get_fee_change(contract, days=None):
    """What is to be announced to the customer now: :class:`FeeChange`, or None.

    :param days: first days of periods to look at; by default all whose count day has
        come
    """
    for begin in _get_unannounced_days(contract) if days is None else days:
        change = _compute_fee_change(contract, begin)
        if change and change.is_news:
            return change
    return None


def _compute_fee_change(contract, begin):
    """The fee from ``begin`` on and the one before, once both are certain.

    None for a first fee, and as long as a count of the count day is missing.
    """
    before = contract._get_services_on(begin - ONE_DAY)
    after = contract._get_services_on(begin)
    by_lines = (before & after).filtered(lambda one: one.type_id.basis == "lines")
    counts = nothing = contract.env["support.count"]
    for service in by_lines:
        found = service._get_period_counts(service._get_whole_period(begin)).values()
        if any(one.rule != COUNT_DAY for one in found):
            return None
        counts += counts.browse(one.count.id for one in found)
    if not counts:
        return None
    simulation = Simulation(contract)
    totals, charged = [], {}
    for day in (begin - ONE_DAY, begin):
        try:
            fees = simulation.get_whole_fees(day)
        except UserError:
            return None  # noted as a failure when it is billed
        totals.append(simulation.add_up(fees))
        for service, fee in fees.items():
            charged.setdefault(service, {})[day] = ChargeBasis(
                fee.quantity.count_ids or nothing, float(fee.price.quantity), day
            )
    return FeeChange(
        begin, *totals, counts.union(), charged, get_announced(contract, begin)
    )


# === THE ANNOUNCEMENT === #


def describe_fee_change(contract, change):
    """Why the fee is another one: sentences in the language of the environment.

    :param change: :class:`FeeChange`
    """
    sentences = []
    day = change.begin - ONE_DAY
    for service, days in change.charged.items():
        service = service.with_env(contract.env)
        if day not in days:
            sentences.append(service._describe_begin(change.begin))
        elif change.begin not in days:
            sentences.append(service._describe_end())
        else:
            sentences += describe_changes(service, days[day], days[change.begin])
    sentences = sentences or [contract.env._("What was agreed changes on that day.")]
    if change.announced:
        sentences.append(
            contract.env._(
                "It takes the place of %(fee)s, which was announced on %(day)s.",
                fee=contract.currency_id.format(change.announced.fee_after),
                day=format_date(contract.env, change.announced.date),
            )
        )
    return sentences


def announce(contract):
    """Announce the coming fee, in the running transaction, or do nothing.

    The record, its messages and the entry in the log are there together or not at
    all; e-mails are only queued.

    :return: `support.fee.announcement`
    """
    change = get_fee_change(contract)
    if not change:
        return contract.env["support.fee.announcement"]
    # sudo: announcements are written by the system alone, never by a person.
    announcement = (
        contract.env["support.fee.announcement"]
        .sudo()
        .create(_prepare_announcement_vals(contract, change))
    )
    # Whoever announces the same at this moment is found out here.
    announcement.flush_recordset()
    money = contract.currency_id.format
    contract._log_event(
        "fee",
        # Staff reads the log, and the customer what is announced.
        "; ".join(describe_fee_change(contract, change)),
        record=announcement,
        field_name="fee_after",
        before=money(change.before),
        after=money(change.after),
    )
    announcement._queue_mail()
    _notify_staff(contract, announcement, change)
    return announcement


def _prepare_announcement_vals(contract, change):
    reader = contract.with_context(lang=contract.partner_id.lang)
    return {
        "contract_id": contract.id,
        "company_id": contract.company_id.id,
        "currency_id": contract.currency_id.id,
        "period_start": change.begin,
        "number": change.announced.number + 1,
        "fee_before": change.before,
        "fee_after": change.after,
        "reason": "\n".join(describe_fee_change(reader, change)),
        "count_ids": [fields.Command.set(change.counts.ids)],
        "customer_ids": [fields.Command.set(_get_readers(contract).ids)],
        "staff_ids": [fields.Command.set(_get_staff(contract).partner_id.ids)],
    }


def _get_readers(contract):
    """Who at the customer is written to: finance, else where invoices go to."""
    # sudo: a contact may be one that only its own followers see.
    contract_sudo = contract.sudo()
    people = contract_sudo.contact_ids.filtered(
        lambda contact: contact.role == "finance" and contact._is_of_customer()
    ).partner_id.filtered("email")
    if not people:
        customer = contract_sudo.partner_id
        address = customer.address_get(["invoice"])["invoice"]
        people = customer.browse(address).filtered("email")
    return people or contract_sudo.partner_id.filtered("email")


def _get_staff(contract):
    """Who of the staff is notified: accountants who follow the contract, else its
    account manager.
    """
    accountants = contract.company_id._get_support_users(ACCOUNTANTS)
    following = accountants & contract.message_partner_ids.user_ids
    return following or contract._get_responsible_user(ACCOUNTANTS)


def _notify_staff(contract, announcement, change):
    """The same in the chatter, with a notice for who is responsible, in the
    language of the first of them.
    """
    if language := announcement.staff_ids[:1].lang:
        contract = contract.with_context(lang=language)
    env = contract.env
    money = contract.currency_id.format
    head = env._(
        "From %(day)s the monthly fee is %(after)s instead of %(before)s:",
        day=format_date(env, announcement.period_start),
        after=money(announcement.fee_after),
        before=money(announcement.fee_before),
    )
    if announcement.customer_ids:
        customer = env._(
            "The customer is notified by e-mail: %s.",
            ", ".join(announcement.customer_ids.mapped("display_name")),
        )
    else:
        customer = env._(
            "Nobody at the customer has an e-mail address: tell them yourself."
        )
    reasons = Markup().join(
        Markup("<li>%s</li>") % reason
        for reason in describe_fee_change(contract, change)
    )
    # A notice is queued too: nothing is sent in the middle of a transaction.
    contract.with_context(mail_notify_force_send=False).message_post(
        body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (head, reasons, customer),
        partner_ids=announcement.staff_ids.ids,
    )
