# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from bisect import bisect_left

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Domain

from odoo.addons.support_contract.proposed import PROPOSED
from odoo.addons.support_contract.windows import fill_count, get_dialog

from ..comparison import Comparison
from ..evidence import Verification
from ..recording import find_flags
from ..review import ACTIVITY, APPROVERS, ask_for_review
from .support_evidence_mixin import DECIDED, evidence_digest


class SupportCount(models.Model):
    """A snapshot of an instance's lines of code: the evidence behind a fee.

    Approved counts never change. Clause R2.
    """

    _name = "support.count"
    _description = "Line Count"
    _inherit = ["support.evidence.mixin", "support.thread.mixin", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    contract_id = fields.Many2one(
        "support.contract", required=True, index=True, check_company=True
    )
    instance_id = fields.Many2one(
        "support.instance", required=True, index=True, check_company=True
    )
    # Not related: a stored related field would let a later change rewrite evidence.
    company_id = fields.Many2one("res.company", required=True)
    date = fields.Date(required=True)
    date_confirmed = fields.Date(
        string="Last Seen",
        compute="_compute_date_confirmed",
        help="The last day on which the code was read, or the customer's server sent "
        "its report, and was still the same. A fee that is computed on a count day "
        "later than the count needs that.",
        **PROPOSED,
    )
    read_at = fields.Datetime(
        string="Counted At", default=fields.Datetime.now, required=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_review", "To Review"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        default="draft",
        required=True,
        tracking=True,
    )
    decided_by_id = fields.Many2one(
        "res.users",
        ondelete="restrict",
        help="Empty: there was nothing new to see, and nobody had to.",
    )
    decided_on = fields.Datetime()
    decision_reason = fields.Text(string="Reason")
    code_lines = fields.Integer(
        string="Lines of Code", help="Lines that `odoo cloc` counts as code."
    )
    billed_lines = fields.Integer(
        string="Covered Lines",
        help="Lines of the modules that the contract covers. They enter the fee if the "
        "instance is billed.",
    )
    total_lines = fields.Integer(
        help="All lines of the counted files, comments included."
    )
    error_count = fields.Integer(
        string="Errors",
        help="Files that could not be counted and are in the total with no line.",
    )
    hold_count = fields.Integer(
        string="Holds", compute="_compute_hold_count", help="What is new to see."
    )
    revision = fields.Char(help="The commit of each source that was counted.")
    ruleset = fields.Char(
        help="The counter's rules: Odoo series, versions of the parsers."
    )
    content_digest = fields.Char(
        string="Fingerprint of the Code",
        help="Of what was counted: the same code gives the same one.",
    )
    digest = fields.Char(
        string="Fingerprint",
        help="Of everything that this count says, down to the single file.",
    )
    module_ids = fields.One2many("support.count.module", "count_id")
    line_ids = fields.One2many("support.count.line", "count_id", string="Files")
    flag_ids = fields.One2many("support.count.flag", "count_id")
    growth_ids = fields.One2many("support.count.growth", "count_id")
    previous_id = fields.Many2one(
        "support.count",
        string="Compared With",
        compute="_compute_previous_id",
        help="The latest count of the instance that was approved before this one.",
    )
    difference = fields.Integer(
        compute="_compute_previous_id", help="Lines more than in the count before."
    )
    changes = fields.Html(compute="_compute_changes", sanitize=False)

    @api.depends("instance_id.display_name", "date", "read_at")
    @api.depends_context("tz")
    def _compute_name(self):
        """Two of one day are told apart by their time, as the reader's clock has it."""
        days = self._read_group(
            [
                ("instance_id", "in", self.instance_id.ids),
                ("date", "in", [day for day in self.mapped("date") if day]),
            ],
            ["instance_id", "date:day"],
            ["__count"],
        )
        several = {(instance, day) for instance, day, number in days if number > 1}
        for count in self:
            count.name = f"{count.instance_id.display_name}, {count.date or ''}"
            if (count.instance_id, count.date) in several and count.read_at:
                time = fields.Datetime.context_timestamp(count, count.read_at)
                count.name += f" {time:%H:%M}"

    @api.depends("date")
    def _compute_date_confirmed(self):
        for count in self:
            count.date_confirmed = count.date

    @api.depends("flag_ids.level", "flag_ids.accepted")
    def _compute_hold_count(self):
        fill_count(
            self,
            "hold_count",
            "support.count.flag",
            "count_id",
            [("level", "=", "hold"), ("accepted", "=", False)],
        )

    @api.depends("instance_id", "state", "code_lines")
    def _compute_previous_id(self):
        found = self._origin._find_previous()
        for count in self:
            previous = found[count._origin] if count._origin else count
            count.previous_id = previous
            count.difference = count.code_lines - previous.code_lines

    @api.depends("previous_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        for count in self:
            count.changes = Comparison(count.previous_id, count).render()

    @api.model
    def _get_free_fields(self):
        return super()._get_free_fields() | {"date_confirmed"}

    @api.model
    def _get_decision_fields(self):
        """They say what became of the count, not what it says."""
        return super()._get_decision_fields() | {
            "state",
            "decided_by_id",
            "decided_on",
            "decision_reason",
        }

    def action_approve(self):
        """Approve with all that is to see in it; a button."""
        self._check_undecided_for(self.env._("approved"))
        self._decide("approved")

    def action_ask_to_approve(self):
        """Approve; what has holds, or lowers the fee, asks for a reason; a button."""
        self.ensure_one()
        self._check_undecided_for(self.env._("approved"))
        self._check_may_decide()
        if not self._needs_reason_to_approve():
            return self.action_approve()
        return get_dialog(
            self.env._("Approve the Count"), "support.count.approve", count_id=self.id
        )

    def _needs_reason_to_approve(self):
        """Whether an approval wants to be thought over; extend."""
        self.ensure_one()
        return bool(self.flag_ids.filtered("waits"))

    def action_reject(self):
        """Ask for the reason; a button."""
        self._check_undecided_for(self.env._("rejected"))
        self._check_may_decide()
        return get_dialog(
            self.env._("Reject the Count"),
            "support.count.reject",
            count_ids=[fields.Command.set(self.ids)],
        )

    def action_compare(self):
        """Show two counts side by side: the two chosen ones, or this one and the one
        that was approved before it; a button.
        """
        if len(self) > 2:
            raise UserError(self.env._("Choose two counts to compare."))
        after = self.sorted("id")[-1:]
        before = (self - after) or after._get_previous()
        compare = self.env["support.count.compare"].create(
            {"before_id": before.id, "after_id": after.id}
        )
        return compare._get_records_action(
            name=self.env._("Compare Counts"),
            target="new",
            context={"dialog_size": "extra-large"},
        )

    def action_verify(self):
        """Compute the digest anew and add everything up again; a button."""
        self.check_access("read")
        found = {count: count._get_contradictions() for count in self}
        wrong = [
            f"{count.display_name}: {' '.join(said)}"
            for count, said in found.items()
            if said
        ]
        if wrong:
            title, message = self.env._("The evidence has changed"), "\n".join(wrong)
        else:
            title = self.env._("The evidence is intact")
            message = self.env._(
                "The fingerprint was computed anew from all modules and files and is "
                "the one that was noted when they were counted. All lines add up."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if wrong else "success",
                "title": title,
                "message": message,
                "sticky": bool(wrong),
            },
        }

    # === CREATION === #

    def _seal(self):
        """Note the fingerprint of all that was written down."""
        for count in self:
            count.digest = count._compute_evidence_digest()

    @api.model
    def _prepare_count_vals(self, instance, readings, digest):
        """Values of a count without its modules."""
        return {
            "contract_id": instance.contract_id.id,
            "instance_id": instance.id,
            "company_id": instance.company_id.id,
            "date": instance.company_id._support_today(),
            "date_confirmed": instance._get_day_confirmed(readings),
            "code_lines": sum(reading.code for __, reading in readings),
            "total_lines": sum(reading.total for __, reading in readings),
            "error_count": sum(
                len(module.errors)
                for __, reading in readings
                for module in reading.modules
            ),
            "revision": ", ".join(reading.revision for __, reading in readings),
            "ruleset": readings[0][1].ruleset,
            "content_digest": digest,
        }

    def _prepare_module_vals(self, source, module, revision):
        """Values of one module's line.

        :param module: :class:`..cloc.ModuleCount`
        """
        return {
            "count_id": self.id,
            "instance_id": self.instance_id.id,
            "date": self.date,
            "source_id": source.id,
            "source_name": source.display_name,
            "name": module.name,
            "path": module.path,
            "revision": revision,
            "code_lines": module.code,
            "total_lines": module.total,
            "cloc_exclude": "\n".join(module.cloc_exclude) or False,
            "excluded_count": module.excluded,
            "error_count": len(module.errors),
            "error": module.error,
            "digest": module.digest,
        }

    @api.model
    def _prepare_line_vals(self, file):
        """Values of one file's line.

        :param file: :class:`..cloc.FileCount`
        """
        return {
            "path": file.path,
            "code_lines": file.code,
            "total_lines": file.total,
            "blob": file.blob,
            "excluded": file.excluded,
            "error": file.error,
        }

    def _find_flags(self, readings):
        """What somebody should see of this new count before a fee is computed from it.

        An add-on with another reason to hold a count adds its flags, of a kind that it
        adds to `support.count.flag`. What an approver has accepted once does not hold
        the next count.

        :param readings: list of (``support.source``, :class:`..cloc.Count`), what the
            count was made from
        :return: list of :class:`..count_flags.Flag`
        """
        return find_flags(self, readings)

    def _mark_confirmed(self, day):
        """The code was seen on ``day``, and was still what this count says."""
        for count in self:
            # A later day stays, unless it comes from a clock that was wrong.
            today = count.company_id._support_today()
            seen = count.date_confirmed
            if not (seen and day <= seen <= today):
                count.date_confirmed = day

    # === WHAT IT SAYS === #

    def _get_short_revision(self):
        """The revisions as people quote them: ten characters of each commit."""
        self.ensure_one()
        return ", ".join(commit[:10] for commit in (self.revision or "").split(", "))

    def _get_billed_keys(self):
        """The modules that are billed, as :meth:`.recording.Readings.get_billed_keys`
        names them."""
        return {
            (module.source_id.id, module.name)
            for module in self.module_ids.filtered("billed")
        }

    def _get_billed_lines(self):
        """Lines of these counts together; the same module twice counts once.

        Lines are added up before anything is rounded. Clause R2.
        """
        modules = {}
        for module in self.module_ids.filtered("billed"):
            modules.setdefault(module._get_code_key(), module.code_lines)
        return sum(modules.values())

    # === COMPARISON === #

    def _get_previous(self):
        """The approved count that this one is compared with: the latest before it."""
        self.ensure_one()
        return self._find_previous()[self]

    def _find_previous(self):
        """The same for each of these: {count: its previous one, or none}."""
        approved = self._read_group(
            [
                ("instance_id", "in", self.instance_id.ids),
                ("state", "=", "approved"),
                ("id", "<", max(self.ids, default=0)),
            ],
            ["instance_id"],
            ["id:array_agg"],
        )
        ids = {instance: sorted(found) for instance, found in approved}
        before = {}
        for count in self:
            known = ids.get(count.instance_id, [])
            index = bisect_left(known, count.id)
            before[count] = known[index - 1 : index] if index else []
        # Read together, not one by one.
        every = [one for found in before.values() for one in found]
        return {
            count: self.browse(found).with_prefetch(every)
            for count, found in before.items()
        }

    def _get_reference(self):
        """The count whose lines somebody has last looked at, before this one.

        It is the latest that a person approved, or whose code a customer accepted
        otherwise, else the instance's first. Many small changes since then are
        one large one.
        """
        self.ensure_one()
        domain = Domain(
            [
                ("instance_id", "=", self.instance_id.id),
                ("state", "=", "approved"),
                ("id", "<", self.id),
            ]
        )
        seen = Domain("decided_by_id", "!=", False) | Domain(
            "content_digest", "in", self._get_accepted_digests()
        )
        return self.search(domain & seen, order="id desc", limit=1) or self.search(
            domain, order="id", limit=1
        )

    def _get_accepted_digests(self):
        """Digests of code of the instance that the customer has accepted otherwise
        than by an approved count, such as with a version upgrade; a hook.
        """
        return []

    def _get_accepted_with(self):
        """The record with which the customer accepted this very code; a hook.

        :return: a record of one of the growth's `_selection_origin_ref`, or None
        """
        return None

    # === DECISION === #

    def _check_undecided_for(self, what):
        if self.filtered(lambda count: count.state in DECIDED):
            raise UserError(
                self.env._("Only an undecided count can be %s.", what),
            )

    def _check_may_decide(self):
        self.check_access("read")
        if not self.env.user.has_group(APPROVERS):
            raise AccessError(
                self.env._("Only a count approver can decide on a count.")
            )

    def _decide(self, state, reason=""):
        """Decide as the current user, who must be an approver."""
        self._check_may_decide()
        # sudo: nobody has write access to counts, the decision is all that changes.
        for count in self.sudo():
            count._lock_to_decide()
            count._check_undecided_for(self.env._("decided"))
            if state == "approved":
                count._check_sound()
            count._note_decision(state, reason, self.env.user)
            if state == "approved":
                count._close_older()
            count.contract_id.with_user(self.env.user)._log_event(
                "count",
                reason,
                record=count.with_user(self.env.user),
                field_name="state",
                before=count._label("to_review"),
                after=count._label(state),
            )

    def _lock_to_decide(self):
        """Somebody else may be deciding at this moment.

        :raise LockError: with what to do
        """
        self.ensure_one()
        try:
            self.lock_for_update()
        except LockError as error:
            raise LockError(
                self.env._(
                    "Somebody else is at %s just now. Look at it again in a minute.",
                    self.display_name,
                )
            ) from error

    def _check_sound(self):
        """Nobody approves what somebody has changed since it was counted: from then on
        it could not be put right.

        :raise UserError: with what contradicts
        """
        self.ensure_one()
        if found := self._get_contradictions():
            raise UserError(
                self.env._(
                    "%(count)s cannot be approved: it was changed after it was made. "
                    "Reject it and count again.\n%(found)s",
                    count=self.display_name,
                    found="\n".join(found),
                )
            )

    def _label(self, state):
        return dict(self._fields["state"]._description_selection(self.env))[state]

    def _note_decision(self, state, reason="", user=None):
        """From here on the count never changes."""
        self.ensure_one()
        if state == "approved":
            self._record_growth()
            holds = self.flag_ids.filtered("waits")
            holds.accepted = True
            # The database refuses flags of a decided count: they come first.
            holds.flush_recordset()
        self._with_permission().write(
            {
                "state": state,
                "decided_by_id": user.id if user else False,
                "decided_on": fields.Datetime.now(),
                "decision_reason": reason or False,
            }
        )
        self.flush_recordset()
        self.activity_unlink([ACTIVITY])

    def _close_older(self):
        """Nobody needs to decide on what a newer approved count has replaced."""
        self.ensure_one()
        older = self.search(
            [
                ("instance_id", "=", self.instance_id.id),
                ("id", "<", self.id),
                ("state", "in", ("draft", "to_review")),
            ]
        )
        for count in older:
            count._note_decision(
                "rejected",
                self.env._("A newer count of the instance was approved."),
            )

    def _approve_if_unquestioned(self):
        """Approve what needs nobody's eyes; the rest waits for an approver.

        Only a hold that is new or has grown since the latest approved count waits.
        """
        for count in self:
            if count.flag_ids.filtered("waits"):
                count.state = "to_review"
                ask_for_review(count)
            else:
                count._note_decision("approved")
                count._close_older()

    # === GROWTH === #

    def _record_growth(self):
        """Note how each module differs from the count that was approved before."""
        self.ensure_one()
        origin = self._get_accepted_with()
        reference = f"{origin._name},{origin.id}" if origin else False
        # sudo: noted by the system, whoever counts or decides.
        growth = (
            self.env["support.count.growth"]
            .sudo()
            .create(
                [
                    vals | {"origin_ref": reference}
                    for vals in self._prepare_growth_vals(self._get_previous())
                ]
            )
        )
        # The database refuses growth of a decided count: it comes first.
        growth.flush_recordset()

    def _prepare_growth_vals(self, previous):
        """A list of values, for each module that has more or fewer lines than in the
        count before."""
        self.ensure_one()
        old = previous.module_ids.grouped("name")
        new = self.module_ids.grouped("name")
        vals_list, nothing = [], self.module_ids.browse()
        for name in sorted(old.keys() | new.keys()):
            was, now = old.get(name, nothing), new.get(name, nothing)
            before, after = sum(was.mapped("code_lines")), sum(now.mapped("code_lines"))
            if before == after:
                continue
            if not was:
                kind = "new" if previous else "first"
            elif not now:
                kind = "gone"
            else:
                kind = "grown" if after > before else "shrunk"
            vals_list.append(
                {
                    "count_id": self.id,
                    "previous_id": previous.id,
                    "instance_id": self.instance_id.id,
                    "contract_id": self.contract_id.id,
                    "company_id": self.company_id.id,
                    "date": self.date,
                    "module": name,
                    "billed": any((now or was).mapped("billed")),
                    "kind": kind,
                    "lines_before": before,
                    "lines_after": after,
                    "change": after - before,
                }
            )
        return sorted(vals_list, key=lambda vals: -abs(vals["change"]))

    # === VERIFICATION === #

    def _compute_evidence_digest(self):
        """The digest of what the database says now. See `evidence.py`.

        :return: SHA-256 in hexadecimal
        """
        self.ensure_one()
        # What the database has, not what this process remembers.
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        own, *_others = self._get_statements()
        own.pop("digest", None)
        return evidence_digest(
            own,
            self.module_ids._get_statements(),
            self.line_ids._get_statements(),
            self.flag_ids._get_statements(),
        )

    def _get_contradictions(self):
        """Sentences about what does not add up; none for a count that is sound."""
        return Verification(self).get_contradictions()
