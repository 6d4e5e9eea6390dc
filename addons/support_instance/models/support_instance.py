# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tools import config, format_date, formatLang

from odoo.addons.support_contract.proposed import PROPOSED
from odoo.addons.support_contract.read_once import remember
from odoo.addons.support_contract.windows import fill_count, get_list_action

from .. import cloc
from ..count_day import CountInfo
from ..count_now import CountNow
from ..recording import Readings, Recording, check_size, drop_overlaps, get_digest
from ..unattended import (
    AskedCount,
    NightlyCount,
    UnattendedCount,
    get_stale_domain,
)

DRAFTS = (False, "draft", "cancelled")
# What of an instance is agreed, and told of a day.
INSTANCE_FIELDS = ("role", "billed", "active", "date_end")


class SupportInstance(models.Model):
    """One Odoo installation of a customer: where code runs and lines are counted.

    Which instances are billed is agreed: the fee follows from it (clause R2). An
    instance is *agreed* while it is billed and in use. Others, such as those for
    tests, cost nothing and stay free. One that has closed is not billed from the day
    after; its last day stays agreed.
    """

    _name = "support.instance"
    _description = "Support Instance"
    _inherit = [
        "support.thread.mixin",
        "mail.activity.mixin",
        "support.amendable.mixin",
    ]
    # Not by contract: its own order reads dates that are computed from services.
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    contract_id = fields.Many2one(
        "support.contract",
        ondelete="cascade",
        index=True,
        help="Empty for a standard test instance: it serves every customer of its "
        "Odoo version.",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", required=True, **PROPOSED
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    role = fields.Selection(
        [
            ("production", "Production"),
            ("test", "Test"),
            ("development", "Development"),
            ("standard_test", "Standard Test"),
        ],
        default="production",
        required=True,
    )
    billed = fields.Boolean(
        compute="_compute_billed",
        tracking=True,
        help="The lines of this instance enter the monthly fee. By default only those "
        "of production do; under a signed contract an amendment says from when.",
        **PROPOSED,
    )
    is_agreed = fields.Boolean(
        compute="_compute_is_agreed",
        help="The contract is signed and the instance billed: what is counted on it "
        "changes through an amendment.",
    )
    url = fields.Char(string="URL")
    series = fields.Char(string="Odoo Version", help='Such as "17.0".')
    edition = fields.Selection(
        [("community", "Community"), ("enterprise", "Enterprise")], default="community"
    )
    hosted_by = fields.Selection(
        [("us", "Us"), ("customer", "The customer"), ("other", "Somebody else")],
        default="us",
    )
    in_vm_pool = fields.Boolean(
        string="In Our VM Pool",
        compute="_compute_in_vm_pool",
        help="Technical support includes what runs inside the pool only (clause R16).",
        **PROPOSED,
    )
    date_moved = fields.Date(
        string="Moved On",
        copy=False,
        help="The day on which it moved into our pool or out of it; before, it was the "
        "other way. Noted when it changes under a signed contract. Empty it if that "
        "was a correction.",
    )
    date_end = fields.Date(
        string="Closes On",
        copy=False,
        help="Its last day. From the day after it is not counted any more. A fee comes "
        "from the instances that are billed when its month begins, so that it is known "
        "then: one that closes inside a month is left out from the next.",
    )
    dataset_version = fields.Char(
        string="Standard Data Set",
        help="The version of the standardised test data on it. A bug counts as one "
        "when it is reproduced there (clause R15).",
    )
    module_ids = fields.One2many("support.instance.module", "instance_id")
    module_count = fields.Integer(compute="_compute_module_count")
    status = fields.Selection(
        [
            ("ok", "All well"),
            ("uncounted", "Never counted"),
            ("to_review", "Count to review"),
            ("failed", "Count failed"),
            ("closed", "Closed"),
        ],
        compute="_compute_status",
    )
    source_ids = fields.One2many("support.source", "instance_id", copy=True)
    all_source_ids = fields.One2many(
        "support.source",
        "instance_id",
        string="Code Sources",
        context={"active_test": False},
        help="Prepared ones as well, which are not counted yet.",
    )
    count_ids = fields.One2many("support.count", "instance_id")
    last_count_id = fields.Many2one(
        "support.count", string="Latest Approved Count", compute="_compute_last_count"
    )
    code_lines = fields.Integer(string="Lines of Code", compute="_compute_last_count")
    date_counted = fields.Datetime(
        readonly=True, copy=False, help="When the code was last read successfully."
    )
    date_count_tried = fields.Datetime(
        string="Last Attempt to Count",
        readonly=True,
        copy=False,
        help="When the scheduled action last tried to read the code.",
    )
    count_error = fields.Text(
        string="Count Failure",
        readonly=True,
        copy=False,
        help="Why the latest attempt to count failed; the next success clears it.",
    )
    count_seconds = fields.Float(
        string="Counting Time (s)",
        readonly=True,
        copy=False,
        help="How long its code was read and counted in the night of the latest "
        "attempt, without waiting for others.",
    )
    date_count_asked = fields.Datetime(
        string="Count Asked For",
        readonly=True,
        copy=False,
        help="When somebody asked for a count that is made in the background.",
    )
    count_asked_by_id = fields.Many2one(
        "res.users", string="Count Asked For By", readonly=True, copy=False
    )
    count_done = fields.Integer(string="Files Counted", readonly=True, copy=False)
    count_todo = fields.Integer(string="Files to Count", readonly=True, copy=False)
    count_news = fields.Char(string="Counting", compute="_compute_count_news")

    _contract_or_standard = models.Constraint(
        "CHECK (contract_id IS NOT NULL OR role = 'standard_test')",
        "Choose the contract. Only a standard test instance has none.",
    )

    @api.depends("contract_id.company_id")
    def _compute_company_id(self):
        for instance in self:
            instance.company_id = (
                instance.contract_id.company_id
                or instance.company_id
                or self.env.company
            )

    @api.depends("hosted_by")
    def _compute_in_vm_pool(self):
        for instance in self:
            instance.in_vm_pool = instance.hosted_by == "us"

    @api.depends("module_ids")
    def _compute_module_count(self):
        fill_count(self, "module_count", "support.instance.module", "instance_id")

    @api.depends("count_error", "billed", "date_end", "count_ids.state")
    def _compute_status(self):
        waiting = dict(
            self.env["support.count"]._read_group(
                [("instance_id", "in", self.ids), ("state", "=", "to_review")],
                ["instance_id"],
                ["__count"],
            )
        )
        for instance in self:
            today = (
                instance.company_id._support_today() if instance.company_id else None
            )
            if today and instance._is_closed_on(today):
                instance.status = "closed"
            elif instance.count_error:
                instance.status = "failed"
            elif waiting.get(instance._origin):
                instance.status = "to_review"
            elif not instance.last_count_id:
                instance.status = "uncounted"
            else:
                instance.status = "ok"

    @api.depends(
        *("date_count_asked", "count_done", "count_todo"),
        *("date_counted", "count_ids.read_at"),
    )
    @api.depends_context("lang")
    def _compute_count_news(self):
        for instance in self:
            latest = instance._origin.count_ids.sorted("id")[-1:]
            if instance.date_count_asked:
                instance.count_news = instance._describe_progress()
            elif latest and (instance.date_counted or latest.read_at) > latest.read_at:
                instance.count_news = self.env._(
                    "Nothing has changed since the count of %s.",
                    format_date(self.env, latest.date),
                )
            else:
                instance.count_news = False

    @api.depends("role")
    def _compute_billed(self):
        for instance in self:
            contract = instance.contract_id
            agreed = contract.state not in (False, "draft", "cancelled")
            if agreed and (instance._origin or not instance._has_permission()):
                # What is billed is agreed by now: nothing changes that by itself, and a
                # new instance is billed from the day of an amendment.
                instance.billed = instance._origin.billed
                continue
            instance.billed = bool(
                contract and contract._get_agreed(f"bill_{instance.role}").value
            )

    @api.depends("billed", "active", "contract_id.state")
    def _compute_is_agreed(self):
        for instance in self:
            # sudo: the state counts also where the user may not see the contract.
            state = instance.contract_id.sudo().state
            instance.is_agreed = bool(
                instance._is_counted_for_fee() and state not in DRAFTS
            )

    @api.depends("count_ids.state", "count_ids.code_lines")
    def _compute_last_count(self):
        last = dict(
            self.env["support.count"]._read_group(
                [("instance_id", "in", self.ids), ("state", "=", "approved")],
                ["instance_id"],
                ["id:max"],
            )
        )
        counts = self.env["support.count"].browse(last.values())
        for instance in self:
            # Read together, not one by one.
            count = counts.browse(last.get(instance._origin, ()))
            count = count.with_prefetch(counts.ids)
            instance.last_count_id = count
            instance.code_lines = count.code_lines

    @api.depends("name", "role", "series", "contract_id.partner_id.name")
    def _compute_display_name(self):
        for instance in self:
            customer = instance.contract_id.partner_id.name or (
                instance.role == "standard_test" and instance.series
            )
            instance.display_name = " / ".join(filter(None, [customer, instance.name]))

    @api.constrains("company_id", "contract_id")
    def _check_contract_company(self):
        for instance in self.filtered("contract_id"):
            if instance.company_id != instance.contract_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(instance)s belongs to another company than its contract.",
                        instance=instance.name,
                    )
                )

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

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "write"}

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "contract_id",
            "role",
            "billed",
            "active",
            "date_end",
        }

    @api.model
    def _get_self_dated_fields(self):
        return super()._get_self_dated_fields() | {"date_end"}

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()

    def write(self, vals):
        # An instance takes its counts, upgrades and prices along: whether it is
        # billed or not, it stays with the contract that was signed.
        if "contract_id" in vals and not self._has_permission():
            self.filtered(
                lambda instance: instance.contract_id.id != vals["contract_id"]
            )._check_may_move()
        before = {}
        if {"hosted_by", "in_vm_pool"} & vals.keys() and "date_moved" not in vals:
            before = {instance: instance.in_vm_pool for instance in self}
        result = super().write(vals)
        for instance, in_pool in before.items():
            if instance.in_vm_pool != in_pool:
                instance._note_move()
        return result

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

    def action_count(self):
        """Count the lines of each instance now, from its sources' latest revision.

        What takes long is counted in the background.

        :raise UserError: when a source cannot be read; nothing is counted then
        :return: the action that shows the counts, or that nothing has changed
        """
        self.check_access("read")
        return CountNow(self).run()

    def action_view_modules(self):
        self.ensure_one()
        self.check_access("read")
        return get_list_action(
            self.env._("Modules"),
            "support.instance.module",
            [("instance_id", "=", self.id)],
            view_mode="list",
            context={"default_instance_id": self.id},
        )

    def action_view_counts(self):
        self.ensure_one()
        return self.count_ids._get_records_action(name=self.env._("Line Counts"))

    def action_amend(self):
        """Change what was agreed about this instance; a button."""
        self.ensure_one()
        action = self.contract_id.action_amend()
        action["context"] |= {
            "default_change": "instance",
            "default_instance_id": self.id,
        }
        return action

    @api.model
    def _cron_count(self):
        """Count the lines of all stale instances; see `_count_unattended`."""
        NightlyCount(self.env).run()

    @api.model
    def _cron_count_asked(self):
        """Count what takes longer than who asked for it would wait."""
        AskedCount(self.env).run()

    # === COUNTING === #

    @api.model
    def _get_count_cache_dir(self):
        """Folder of fetched repositories and of results by file; safe to delete."""
        return Path(config["data_dir"]) / "support_contract"

    def _get_readers(self):
        """How to read the instance's code: a reader for each source, in their order.

        :return: list of :class:`..cloc.Reader`
        :raise cloc.CountError: with a sentence that says what to do
        """
        self.ensure_one()
        if not self.source_ids:
            raise cloc.CountError(self.env._("Add a code source to it."))
        return [source._get_reader() for source in self.source_ids]

    def _read_sources(self, until=None):
        """Fetch and count each source of the instance; touches no record.

        :param until: of :func:`.cloc.monotonic`; None: as long as it may take
        :return: list of (source record, :class:`..cloc.Count`), in the sources' order
        :raise cloc.CountError: with a sentence that says what to do
        """
        counts = [
            reader.count(*([] if until is None else [max(until - cloc.monotonic(), 0)]))
            for reader in self._get_readers()
        ]
        return list(zip(self.source_ids, counts, strict=True))

    def _record_count(self, readings, again=False):
        """The count of `readings`: the latest one if it is the same, else a new one.

        What was rejected stays so until the code changes: nobody is asked about it
        anew every night.

        :param readings: as `_read_sources` returns it
        :param again: somebody asks for a new look at what was rejected
        :raise cloc.CountError: when that is more than can be written down
        :return: `support.count`
        """
        self.ensure_one()
        check_size(self.env, readings)
        readings = drop_overlaps(readings)
        # No counter may run between the look at the latest count and the new one.
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise LockError(
                self.env._(
                    "%s is being counted just now. Try again in a minute.",
                    self.display_name,
                )
            ) from error
        Count = self.env["support.count"]
        digest = get_digest(readings)
        for source, reading in readings:
            # sudo: a consultant may count, but not change where code comes from.
            source.sudo().revision = reading.revision
        # Why the readings tell nothing about today although they succeeded
        silent = (source._get_missing_report_warning() for source, __ in readings)
        # sudo: these fields are the system's own note, not the consultant's.
        self.sudo().write(
            {
                "date_counted": fields.Datetime.now(),
                "count_error": "\n".join(filter(None, silent)) or False,
            }
        )
        Readings(self.sudo(), readings).note_modules()
        latest = Count.search([("instance_id", "=", self.id)], order="id desc", limit=1)
        if (
            latest.content_digest == digest
            and latest.contract_id == self.contract_id
            and not (again and latest.state == "rejected")
            and latest._get_billed_keys() == Readings(self, readings).get_billed_keys()
        ):
            # sudo: as below; what the count says does not change.
            latest.sudo()._mark_confirmed(self._get_day_confirmed(readings))
            return latest
        # sudo: nobody may write a count by hand, it comes from the counter alone.
        count_sudo = Recording(Count.sudo(), self, readings).make_count(digest)
        count_sudo._approve_if_unquestioned()
        return count_sudo.sudo(False)

    def _describe_progress(self):
        """How far the count in the background is."""
        if self.count_todo:
            return self.env._(
                "Counting in the background: %(done)s of %(total)s files. You can "
                "leave this page.",
                done=formatLang(self.env, self.count_done, digits=0),
                total=formatLang(self.env, self.count_todo, digits=0),
            )
        return self.env._(
            "Counting in the background: the code is being fetched, or others are "
            "counted first. You can leave this page."
        )

    def _get_day_confirmed(self, readings):
        """The day on which all of these readings were so.

        :param readings: as `_read_sources` returns it
        """
        self.ensure_one()
        return min(source._get_day_confirmed() for source, __ in readings)

    @contextlib.contextmanager
    def _explaining_failure(self):
        """Say to a person which instance could not be counted, and why."""
        self.ensure_one()
        try:
            yield
        except cloc.CountError as error:
            raise UserError(
                self.env._(
                    "%(instance)s could not be counted. %(reason)s",
                    instance=self.display_name,
                    reason=error,
                )
            ) from error

    # === COUNTING UNATTENDED === #

    @api.model
    def _get_stale_domain(self):
        """Billed instances of running contracts whose lines were not counted lately.

        What was tried today and failed waits for tomorrow.
        """
        return get_stale_domain(self.env)

    def _count_unattended(self, on_done=None):
        """Count these instances; what fails is written on the instance, not raised.

        Ends the transaction before anything is read and commits each instance on its
        own: nothing is locked while the network answers, and what is counted stays
        counted when the process is killed. Sources are read many at once, those that
        several instances have in common once.

        Not all of them may be counted when it ends: the time of a scheduled action is
        limited. Who wants the rest calls again with those that `date_count_tried`
        says were not tried.

        :param on_done: function called with each instance that is done with, counted
            or not, after its transaction
        :return: the instances that were counted
        """
        return UnattendedCount(self).run(on_done)

    # === AGREEMENT === #

    def _note_move(self):
        """Note the day on which it moved, under a signed contract."""
        self.ensure_one()
        if self._get_amended_contract().state not in DRAFTS:
            today = self.company_id._support_today()
            # Back on the same day: it has not moved.
            self.date_moved = False if self.date_moved == today else today

    def _is_in_pool_on(self, day):
        """Whether it was in our pool of virtual machines on ``day``."""
        self.ensure_one()
        moved_later = self.date_moved and day < self.date_moved
        return self.in_vm_pool != bool(moved_later)

    def _get_series_on(self, day):
        """The version of Odoo that it ran on ``day``, as far as amendments tell.

        What somebody corrects by hand was never otherwise.
        """
        self.ensure_one()
        # sudo: see `_value_on`.
        amendments = self._get_amended_contract().sudo().amendment_ids
        later = amendments.line_ids.filtered(
            lambda line: line.field_name == "series"
            and line.res_id == self.id
            and line.model == self._name
            and line.amendment_id.date_effective > day
            and not line.amendment_id._is_void()
        ).sorted(lambda line: (line.amendment_id.date_effective, line.id))
        if not later:
            return self.series
        return self._decode_value("series", later[0].before)

    def _is_counted_for_fee(self):
        """Whether the fee depends on this instance."""
        self.ensure_one()
        return self.billed and self.active

    def _is_closed_on(self, day):
        """Whether its last day was before `day`."""
        self.ensure_one()
        return bool(self.date_end and self.date_end < day)

    def _filter_billed_on(self, day):
        """Those whose lines enter a fee that is computed from `day`. Clause R2."""
        billed = self.filtered(
            lambda instance: instance.billed and not instance._is_closed_on(day)
        )
        # What is read of them is read for those of other contracts as well.
        return billed.with_prefetch(self._prefetch_ids)

    def _filter_agreed_on(self, day):
        """Those that were billed and in use on ``day``, by what was agreed then.

        With archived ones among them, if they are among these.
        """
        agreed = self.filtered(
            lambda instance: not instance._is_closed_on(day)
            and instance._value_on("billed", day)
            and instance._value_on("active", day)
        )
        # What is read of them is read for those of other contracts as well.
        return agreed.with_prefetch(self._prefetch_ids)

    def _get_made_counts(self):
        """What matters of the line counts of this instance for a period's fee.

        Nothing was made on a day to come: a clock that was wrong has said so.

        :return: list of :class:`..count_day.CountInfo`
        """
        return remember(self.env, ("made counts", self), self._find_made_counts)

    def _find_made_counts(self):
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

    def _check_editable(self, operation):
        if operation == "create":
            return self._check_addable()
        agreed = self.filtered(lambda instance: instance._is_counted_for_fee())
        return super(SupportInstance, agreed)._check_editable(operation)

    def _check_may_move(self):
        """Refuse to take an instance out of a signed contract."""
        for instance in self:
            if instance._get_amended_contract().state not in DRAFTS:
                raise UserError(
                    self.env._(
                        "%(contract)s is signed, and %(instance)s stays with it. To "
                        "end it press Amend on the contract.",
                        contract=instance._get_amended_contract().name,
                        instance=instance.name,
                    )
                )

    def _check_addable(self):
        """One that is not billed may be added to a signed contract at any time."""
        for instance in self.filtered("is_agreed"):
            raise UserError(
                self.env._(
                    "%(contract)s is signed, and a billed instance changes its fee. "
                    "Save %(instance)s with “Billed” off; then press Amend on the "
                    "contract and bill it from a day on.",
                    contract=instance.contract_id.name,
                    instance=instance.name,
                )
            )

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

    # === PORTAL === #

    def _get_safe_url(self):
        """The address for a link on a customer's page; nothing that runs there."""
        self.ensure_one()
        url = (self.url or "").strip() if self.contract_id else ""
        return url if url.lower().startswith(("https://", "http://")) else ""

    def _get_portal_sources(self):
        """What the customer's page shows: addresses that the customer has entered.

        One that we have entered may tell of our own network and its folders.
        """
        self.ensure_one()
        return self.all_source_ids.filtered(
            lambda source: source.entered_by_id and (source.active or source.proposed)
        )
