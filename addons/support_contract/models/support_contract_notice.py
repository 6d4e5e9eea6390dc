# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from ..notice import earliest_end
from ..periods import ONE_DAY


class SupportContractService(models.Model):
    _name = "support.contract.service"
    _inherit = ["support.contract.service", "support.amendable"]

    end_reason = fields.Char(readonly=True, copy=False)
    remaining_fee = fields.Monetary(
        readonly=True,
        copy=False,
        help="What the customer was let off by ending before the earliest lawful day, "
        "at the price of the day on which it was decided.",
    )

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "contract_id",
            "type_id",
            "price_unit",
            "user_count",
            "date_start",
            "date_min_end",
            "date_notice",
            "date_end",
            "end_reason",
            "remaining_fee",
        }

    @api.model
    def _get_self_dated_fields(self):
        return super()._get_self_dated_fields() | {
            "date_start",
            "date_min_end",
            "date_notice",
            "date_end",
            "end_reason",
            "remaining_fee",
        }

    def _get_amended_contract(self):
        return self.contract_id

    def _value_on(self, field_name, day):
        if field_name == "price_unit":
            return self._get_agreed("price", day).value or 0.0
        return super()._value_on(field_name, day)

    def _get_amendment_changes(self, vals, day):
        """A new price is a special condition from its day, after the one before it."""
        vals = dict(vals)
        if "price_unit" not in vals:
            return super()._get_amendment_changes(vals, day)
        price = vals.pop("price_unit")
        changes = super()._get_amendment_changes(vals, day)
        for service in self:
            agreed = service._get_agreed("price", day).value
            if agreed is not None and not service.currency_id.compare_amounts(
                agreed, price
            ):
                continue
            own = service.condition_ids.filtered(lambda cond: cond.key == "price")
            current = own.filtered(lambda cond: cond._holds_on(day))
            later = own.filtered(lambda cond: cond.date_start and cond.date_start > day)
            until = min(later.mapped("date_start"), default=None)
            if current.date_start == day:
                changes.append((current, {"value": price}))
                continue
            if current:
                changes.append((current, {"date_end": day - ONE_DAY}))
            condition = {
                "contract_id": service.contract_id.id,
                "service_id": service.id,
                "key": "price",
                "value": price,
                "date_start": day,
                "date_end": until and until - ONE_DAY,
            }
            changes.append((service.condition_ids.browse(), condition))
        return changes

    def _get_earliest_end(self, date_notice):
        """When this service can end at the earliest. Clause R1.

        :return: :class:`..notice.EarliestEnd`
        """
        self.ensure_one()
        contract = self.contract_id
        return earliest_end(
            date_notice,
            start=self.date_start,
            min_end=self.date_min_end,
            months=self._get_agreed("notice_months", date_notice).value,
            to_month_end=contract._get_agreed("notice_to_month_end", date_notice).value,
        )

    def _get_lawful_end(self, date_notice, end):
        """The earliest end that ``end`` has to keep to, if no manager decides.

        A day that is over was promised and perhaps charged: no day of the notice
        makes it the last one.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        return self._get_earliest_end(
            max(date_notice, today) if end < today else date_notice
        )

    def _get_price_in_words(self, on_date=None):
        """The price as the agreement states it; of another day, if one is given."""
        self.ensure_one()
        price, step, currency = self.price_unit, self.step, self.currency_id
        if on_date:
            price = self._get_agreed("price", on_date).value or 0.0
            step = self._get_agreed("step", on_date).value
            currency = self.contract_id._value_on("currency_id", on_date)
        price = formatLang(self.env, price, currency_obj=currency)
        if self.basis == "lines":
            return self.env._(
                "%(price)s a month per started %(step)s lines of code",
                price=price,
                step=step,
            )
        return self.env._("%(price)s a month", price=price)

    def _explain_earliest_end(self, end):
        """The rule behind an earliest end, in a sentence."""
        self.ensure_one()
        day = format_date(self.env, end.day)
        service = self.type_id.name
        if end.rule == "min_term":
            return self.env._(
                "%(service)s: the minimum term runs until %(day)s.",
                service=service,
                day=day,
            )
        if end.rule == "start":
            return self.env._(
                "%(service)s: it begins on %(day)s and cannot end before.",
                service=service,
                day=day,
            )
        if end.rule == "month_end":
            return self.env._(
                "%(service)s: it ends with the month, on %(day)s.",
                service=service,
                day=day,
            )
        return self.env._(
            "%(service)s: the notice period is over on %(day)s.",
            service=service,
            day=day,
        )

    def _check_early_end(self, end, earliest, reason):
        """Let a manager end the service before its day, for a reason.

        :return: the fee that is not charged because of it
        """
        self.ensure_one()
        if not self.contract_id._may_amend():
            raise AccessError(
                self.env._(
                    "%(rule)s Only a manager can end it earlier.",
                    rule=self._explain_earliest_end(earliest),
                )
            )
        if not (reason or "").strip():
            raise UserError(
                self.env._(
                    "%(rule)s Say why it ends earlier.",
                    rule=self._explain_earliest_end(earliest),
                )
            )
        self.contract_id._log_event(
            "override",
            reason,
            record=self,
            field_name="date_end",
            before=fields.Date.to_string(earliest.day),
            after=fields.Date.to_string(end),
        )
        return self._get_fee_between(end + ONE_DAY, earliest.day)

    def _get_last_period_name(self):
        """The period of the last invoice, as customers say it."""
        self.ensure_one()
        return format_date(self.env, self.date_end, date_format="MMMM y")

    def _get_fee_between(self, start, end):
        """What the service would cost from ``start`` to ``end``; billing knows."""
        return 0.0


class SupportContract(models.Model):
    _inherit = "support.contract"

    date_notice = fields.Date(
        string="Notice Given On", compute="_compute_date_notice", store=True
    )

    @api.depends("service_ids.date_notice")
    def _compute_date_notice(self):
        for contract in self:
            days = [day for day in contract.service_ids.mapped("date_notice") if day]
            contract.date_notice = max(days, default=False)

    def _get_notice_in_words(self):
        """The rule of notice as the agreement states it. Clause R1."""
        self.ensure_one()
        months = self._get_agreed("notice_months").value
        to_month_end = self._get_agreed("notice_to_month_end").value
        if months and to_month_end:
            return self.env._(
                "After the minimum term each service runs on until one of us gives "
                "notice. It ends with the month in which %(months)s months are over.",
                months=months,
            )
        if months:
            return self.env._(
                "After the minimum term each service runs on until one of us gives "
                "notice, with a notice period of %(months)s months.",
                months=months,
            )
        if to_month_end:
            return self.env._(
                "After the minimum term each service runs on until one of us gives "
                "notice. It ends with the running month."
            )
        return self.env._(
            "After the minimum term each service runs on until one of us gives notice."
        )

    def action_give_notice(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give Notice"),
            "res_model": "support.contract.notice",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contract_id": self.id},
        }

    def action_withdraw_notice(self):
        """Let the services of a contract run on, before they have ended."""
        for contract in self:
            today = contract.company_id._support_today()
            services = contract.service_ids.filtered(
                lambda service, today=today: service.date_notice
                and service.date_end >= today
            )
            if not services:
                raise UserError(
                    self.env._(
                        "There is no notice to withdraw, or it has taken effect."
                    )
                )
            contract._amend(
                today,
                self.env._("Notice withdrawn"),
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
            contract._log_event("notice", self.env._("Notice withdrawn"))
            if contract.state == "notice":
                contract._set_state("active")

    def _give_notice(self, services, date_notice, date_end=None, reason=""):
        """End services of this contract.

        :param services: those that end; the others run on
        :param date_notice: the day on which the customer, or we, gave notice
        :param date_end: last day of the services; by default each one's earliest
        :param reason: why; needed for an end before the earliest lawful one
        :raise AccessError: for an earlier end, unless a manager asks
        """
        self.ensure_one()
        if self.state not in ("active", "notice"):
            raise UserError(self.env._("Only a running contract can be given notice."))
        if not services:
            raise UserError(self.env._("Choose at least one service that ends."))
        if services.contract_id != self:
            raise UserError(self.env._("Choose services of this contract."))
        # What may be done is what the asker may do, whoever fetched the services.
        services = services.with_env(self.env)
        changes = []
        for service in services:
            earliest = service._get_earliest_end(date_notice)
            end = date_end or earliest.day
            if end < service.date_start:
                raise UserError(
                    self.env._(
                        "%(service)s begins on %(day)s and cannot end before.",
                        service=service.type_id.name,
                        day=format_date(self.env, service.date_start),
                    )
                )
            remaining = 0.0
            earliest = service._get_lawful_end(date_notice, end)
            if end < earliest.day:
                remaining = service._check_early_end(end, earliest, reason)
            changes.append(
                (
                    service,
                    {
                        "date_notice": date_notice,
                        "date_end": end,
                        "end_reason": reason or False,
                        "remaining_fee": remaining,
                    },
                )
            )
        # sudo: a consultant may take down a notice that the terms allow.
        contract_sudo = self.sudo()
        contract_sudo._amend(
            self.company_id._support_today(),
            reason or self.env._("Notice given"),
            [(service.sudo(), vals) for service, vals in changes],
        )
        for service in services:
            contract_sudo._log_event(
                "notice",
                reason or self.env._("Notice given"),
                record=service,
                field_name="date_end",
                after=fields.Date.to_string(service.date_end),
            )
        if all(self.service_ids.mapped("date_end")) and self.state == "active":
            contract_sudo._set_state("notice")
        contract_sudo._send_notice_confirmation(services)

    def _send_notice_confirmation(self, services):
        """Queue the dated confirmation to the customer and keep it in the chatter."""
        self.ensure_one()
        template = self.env.ref(
            "support_contract.mail_template_notice", raise_if_not_found=False
        )
        if template:
            self.message_post_with_source(
                template,
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.partner_id.ids,
            )

    def _get_notice_remarks(self, services):
        """What else the one who gives notice should know, in sentences; a hook."""
        return []

    def _get_rights_lost(self, services):
        """What the customer loses with these services, in sentences; extend it."""
        self.ensure_one()
        return [
            self.env._("%(service)s", service=service.type_id.name)
            for service in services
        ]
