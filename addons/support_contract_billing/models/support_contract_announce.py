# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, split_every, str2bool

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_instance.count_day import COUNT_DAY

from ..periods import BillingPeriod
from .support_contract import ACCOUNTANTS
from .support_contract_service import PRICE_FIGURES
from .support_service_change import ChargeBasis

_logger = logging.getLogger(__name__)

CRON = "support_contract_billing.ir_cron_announce_fees"
CHUNK = 100


@dataclass(frozen=True)
class FeeChange:
    """The fee of a period that is about to begin, beside the one before it.

    :param begin: the first day of the period
    :param before: fee of a whole month as it is the day before
    :param after: fee of a whole month from that day on
    :param counts: `support.count`, what the new fee comes from
    :param charged: {service: (:class:`ChargeBasis` before, the same after)}; None where
        the service did not run before, or does not any more
    """

    begin: date
    before: float
    after: float
    counts: models.BaseModel
    charged: dict


class SupportContract(models.Model):
    """The customer knows before the bill: a changed fee is told on the count day."""

    _inherit = "support.contract"

    announcement_ids = fields.One2many("support.fee.announcement", "contract_id")
    announcement_count = fields.Integer(
        "Announced Fees", compute="_compute_announcement_count"
    )

    @api.depends("announcement_ids")
    def _compute_announcement_count(self):
        counts = dict(
            self.env["support.fee.announcement"]._read_group(
                Domain("contract_id", "in", self.ids), ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.announcement_count = counts.get(contract._origin, 0)

    def action_view_announcements(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_fee_announcement_action"
        )
        action["domain"] = [("contract_id", "=", self.id)]
        return action

    # -- what is to be told ---------------------------------------------------------

    @api.model
    def _cron_announce_fees(self):
        """Tell of changed fees; a scheduled action, begun by every approval too."""
        Run = self.env["support.billing.run"]
        if reason := Run._get_stop_reason():
            # A restored database does not know what customers were told since.
            _logger.info("Nobody is told of fees. %s", reason)
            return
        Run._announce_fees(self.env["res.company"].search([]))

    @api.model
    def _get_to_announce(self, companies):
        """Contracts of these companies with a changed fee that nobody was told of."""
        found = self.browse()
        if str2bool(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("database.is_neutralized", "False"),
            default=False,
        ):
            return found  # a copy writes to nobody
        candidates = self.search(
            Domain("state", "in", ("active", "notice"))
            & Domain("company_id", "in", companies.ids)
            & Domain("service_ids.type_id.basis", "=", "lines"),
            order="id",
        )
        for ids in split_every(CHUNK, candidates.ids):
            chunk = self.browse(ids)
            decided = chunk._get_decided_lately()
            days = {
                contract: begins
                for contract in chunk
                if (begins := contract._get_untold_changes(contract in decided))
            }
            self._prefetch_coming(days)
            for contract, begins in days.items():
                if contract._get_announcement(begins):
                    found += contract
            # Only who they are is kept: the memory does not grow with their number.
            found = self.browse(found.ids)
            self.env.invalidate_all()
        return found

    def _get_decided_lately(self):
        """Those of these contracts that got an approved count since yesterday."""
        since = fields.Datetime.now() - timedelta(days=2)
        counts = self.env["support.count"].search(
            [
                ("contract_id", "in", self.ids),
                ("state", "=", "approved"),
                ("decided_on", ">=", since),
            ]
        )
        return counts.contract_id

    def _get_unannounced_days(self, today_too=True):
        """First days of periods whose count day has come, and that nobody was told of.

        :param today_too: the period that begins today is looked at as well: a count
            may have been approved in the last hour before it began
        """
        self.ensure_one()
        today = self.company_id._support_today()
        begins = set()
        for service in self.service_ids:
            if service.type_id.basis != "lines":
                continue
            if today_too and service._get_whole_period(today).start == today:
                begins.add(today)
            coming = service._get_next_period(today)
            if coming and service._get_count_day(coming) <= today:
                begins.add(coming.start)
        if begins:
            begins.difference_update(self.announcement_ids.mapped("period_start"))
        return sorted(begins)

    def _get_untold_changes(self, today_too=True):
        """Those of the untold days on which another fee can begin."""
        begins = self._get_unannounced_days(today_too)
        return [begin for begin in begins if self._may_fee_change(begin)]

    def _may_fee_change(self, begin):
        """Whether another fee can begin on that day.

        The same services with the same quantities and figures cost the same. That is
        most contracts on most nights, and quicker to see than the fee is computed.
        """
        self.ensure_one()
        before = self._get_services_on(begin - ONE_DAY)
        after = self._get_services_on(begin)
        return before != after or any(one._may_fee_change(begin) for one in after)

    @api.model
    def _prefetch_coming(self, days):
        """Read the line counts behind these fees for all contracts at once.

        :param days: {contract: first days of periods}
        """
        counts = self.env["support.count"]
        for contract, begins in days.items():
            for service in contract.service_ids:
                if service.type_id.basis != "lines":
                    continue
                for begin in begins:
                    for day in (begin - ONE_DAY, begin):
                        counts |= service._get_governing_counts(
                            service._get_whole_period(day)
                        )
        counts._prefetch_modules()

    def _get_announcement(self, days=None):
        """What the customer has to be told now: :class:`FeeChange`, or None.

        :param days: as `_get_unannounced_days` returns them, which is what is looked at
            by default
        """
        self.ensure_one()
        for begin in self._get_unannounced_days() if days is None else days:
            coming = self._get_coming(begin)
            if coming and self.currency_id.compare_amounts(coming.before, coming.after):
                return coming
        return None

    def _get_coming(self, begin):
        """The fee from ``begin`` on and the one before, once both are certain.

        None for a first fee, and as long as a count of the count day is missing.
        """
        self.ensure_one()
        before = self._get_services_on(begin - ONE_DAY)
        after = self._get_services_on(begin)
        by_lines = (before & after).filtered(lambda one: one.type_id.basis == "lines")
        counts = self.env["support.count"]
        for service in by_lines:
            governing = service._get_period_counts(service._get_whole_period(begin))
            if any(found.rule != COUNT_DAY for found in governing.values()):
                return None
            counts += counts.browse(found.count.id for found in governing.values())
        if not counts:
            return None
        fees, charged = {}, {}
        for services, day in ((before, begin - ONE_DAY), (after, begin)):
            total = 0.0
            for service in services:
                try:
                    price, basis = service._get_whole_fee(day)
                except UserError:
                    return None  # told as a failure when it is billed
                total += float(price.amount)
                charged.setdefault(service, {})[day] = basis
            fees[day] = self.currency_id.round(total)
        return FeeChange(
            begin, fees[begin - ONE_DAY], fees[begin], counts.union(), charged
        )

    def _describe_coming(self, coming, lang):
        """Why the fee is another one: sentences in the language of their reader."""
        sentences = []
        contract = self.with_context(lang=lang)
        day = coming.begin - ONE_DAY
        for service, days in coming.charged.items():
            service = service.with_env(contract.env)
            if day not in days:
                sentences.append(service._describe_begin(coming.begin))
            elif coming.begin not in days:
                sentences.append(service._describe_end())
            else:
                sentences += service._describe_difference(days[day], days[coming.begin])
        return sentences or [contract.env._("What was agreed changes on that day.")]

    # -- telling --------------------------------------------------------------------

    def _announce_fee(self):
        """Tell of the coming fee, in the running transaction, or do nothing.

        The record, its messages and the entry in the log are there together or not at
        all; e-mails are only queued.
        """
        self.ensure_one()
        coming = self._get_announcement()
        if not coming:
            return self.env["support.fee.announcement"]
        # sudo: announcements are written by the system alone, never by a person.
        announcement = (
            self.env["support.fee.announcement"]
            .sudo()
            .create(self._prepare_announcement_vals(coming))
        )
        # Whoever announces the same at this moment is found out here.
        announcement.flush_recordset()
        money = self.currency_id.format
        self._log_event(
            "fee",
            announcement.reason.replace("\n", "; "),
            record=announcement,
            field_name="fee_after",
            before=money(coming.before),
            after=money(coming.after),
        )
        announcement._queue_mail()
        self._notify_staff(announcement, coming)
        return announcement

    def _prepare_announcement_vals(self, coming):
        return {
            "contract_id": self.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "period_start": coming.begin,
            "fee_before": coming.before,
            "fee_after": coming.after,
            "reason": "\n".join(self._describe_coming(coming, self.partner_id.lang)),
            "count_ids": [fields.Command.set(coming.counts.ids)],
            "customer_ids": [fields.Command.set(self._get_fee_readers().ids)],
            "staff_ids": [fields.Command.set(self._get_fee_staff().partner_id.ids)],
        }

    def _get_fee_readers(self):
        """Who at the customer is told: finance, else where invoices go to."""
        self.ensure_one()
        # sudo: a contact may be one that only its own followers see.
        contract_sudo = self.sudo()
        people = contract_sudo.contact_ids.filtered(
            lambda contact: contact.role == "finance" and contact._is_of_customer()
        ).partner_id.filtered("email")
        if not people:
            customer = contract_sudo.partner_id
            address = customer.address_get(["invoice"])["invoice"]
            people = customer.browse(address).filtered("email")
        return people or contract_sudo.partner_id.filtered("email")

    def _get_fee_staff(self):
        """Who of the staff is told: accountants who follow the contract, else its
        account manager.
        """
        self.ensure_one()
        followers = self.message_partner_ids.user_ids
        accountants = self.env.ref(ACCOUNTANTS).all_user_ids.filtered(
            lambda user: user.active
            and user.id != SUPERUSER_ID
            and user in followers
            and self.company_id in user.company_ids
        )
        return accountants or self._get_responsible_user(ACCOUNTANTS)

    def _notify_staff(self, announcement, coming):
        """The same in the chatter, with a notice for who is responsible, in the
        language of the first of them.
        """
        if language := announcement.staff_ids[:1].lang:
            self = self.with_context(lang=language)
        env = self.env
        money = self.currency_id.format
        lines = [
            env._(
                "From %(day)s the monthly fee is %(after)s instead of %(before)s:",
                day=format_date(env, announcement.period_start),
                after=money(announcement.fee_after),
                before=money(announcement.fee_before),
            )
        ]
        if announcement.customer_ids:
            told = env._(
                "The customer is told by e-mail: %s.",
                ", ".join(announcement.customer_ids.mapped("display_name")),
            )
        else:
            told = env._(
                "Nobody at the customer has an e-mail address: tell them yourself."
            )
        reasons = Markup().join(
            Markup("<li>%s</li>") % reason
            for reason in self._describe_coming(coming, self.env.lang)
        )
        # A notice is queued too: nothing is sent in the middle of a transaction.
        self.with_context(mail_notify_force_send=False).message_post(
            body=Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (lines[0], reasons, told),
            partner_ids=announcement.staff_ids.ids,
        )


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _may_fee_change(self, begin):
        """Whether this service can cost something else from that day on; see there.

        Extend where a price depends on more than quantity and figures.
        """
        self.ensure_one()
        day = begin - ONE_DAY
        keys = (*PRICE_FIGURES, "tiers", "step")
        if self.contract_id._get_agreed_changes(keys, day, begin, self):
            return True
        if self.type_id.basis == "lines":
            # Which counts they are says as much, without reading what they found.
            return self._get_evidence_on(day) != self._get_evidence_on(begin)
        try:
            return self._get_quantity(day) != self._get_quantity(begin)
        except UserError:
            return True  # what follows from that is decided where it is computed

    def _get_evidence_on(self, day):
        """{instance: id of the count that governs the period of `day`, or None}"""
        governing = self._get_period_counts(self._get_whole_period(day))
        return {
            instance: found.count and found.count.id
            for instance, found in governing.items()
        }

    def _get_whole_fee(self, day):
        """What a whole period costs by what holds on ``day`` in it.

        :return: (:class:`..pricing.Price`, :class:`ChargeBasis`)
        :raise UserError: when it is not known
        """
        self.ensure_one()
        whole = self._get_whole_period(day)
        quantity = self._get_quantity(day)
        period = BillingPeriod(full=whole, covered=whole, due=day)
        price = self._compute_price(period, quantity, self._get_figures(day))
        counts = quantity.count_ids or self.env["support.count"]
        return price, ChargeBasis(counts, float(price.quantity), day)


class SupportCount(models.Model):
    _inherit = "support.count"

    def _decide(self, state, reason=""):
        """Whoever approves in time lets the customer know within minutes."""
        result = super()._decide(state, reason)
        if state == "approved":
            # sudo: triggering a scheduled action needs Settings rights otherwise.
            self.env.ref(CRON).sudo()._trigger()
        return result


class SupportEvent(models.Model):
    _inherit = "support.event"

    @api.model
    def _selection_kind(self):
        return [*super()._selection_kind(), ("fee", self.env._("Announced Fee"))]
