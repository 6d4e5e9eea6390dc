# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hmac
import os
import secrets
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS
from odoo.tools import config, format_date

from .. import cloc
from ..cloc.addresses import Policy, check_private, endpoint, parse_allowed, parse_hosts
from ..cloc.odoo_report import ReportReader
from ..uploads import Uploads, token_hash
from .res_config_settings import PARAMETER, PLAIN_PARAMETER

# What of a source is agreed, and told of a day.
SOURCE_FIELDS = ("kind", "url", "branch", "subdirectory", "active")
REPORT_KINDS = ("report", "upload")
# A report that nobody has sent for so long says nothing about today: the count fails,
# the last approved one is billed, and somebody looks why.
REPORT_DAYS = 45
# A server reports every night. One night may fail; after these days somebody looks.
SILENT_DAYS = 3
MAX_ID = 2**31 - 1
FOLDERS_VARIABLE = "SUPPORT_CONTRACT_FOLDERS"
FOLDERS_OPTION = "support_contract_folders"


class SupportSource(models.Model):
    """Where the code of an instance is read from: the lines that are billed. Clause R2.

    A source that is not counted (archived) can be prepared and changed freely; an
    amendment puts it to use.

    The customer can enter addresses in the portal. Nothing is read from one before
    staff have put it to use, and then from the internet only: an address of our own
    network stays refused as long as nobody of ours has entered it.
    """

    _name = "support.source"
    _description = "Code Source"
    _inherit = ["support.amendable.mixin"]
    _order = "instance_id, sequence, id"
    _check_company_auto = True

    active = fields.Boolean(
        string="Counted",
        default=lambda self: self._default_active(),
        help="Lines are counted from it. One that is not counted can be prepared "
        "freely; on a signed contract an amendment puts it to use.",
    )
    sequence = fields.Integer(default=10)
    instance_id = fields.Many2one(
        "support.instance",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("git", "Git repository"),
            ("report", "Report of odoo cloc"),
            ("upload", "Upload by the server"),
        ],
        default="git",
        required=True,
        help="A repository is fetched and counted here. A report is what the "
        "instance's own `odoo cloc -v` prints: pasted by staff, or sent by the "
        "customer's server.",
    )
    url = fields.Char(
        string="URL",
        help="Address of the repository, such as https://git.example.com/acme/odoo.git",
    )
    branch = fields.Char(
        default="main",
        help="The branch or tag that the instance runs.",
    )
    subdirectory = fields.Char(
        string="Folders",
        help="Only modules below these folders are counted, separated by commas. "
        "Empty means the whole repository.",
    )
    credential_id = fields.Many2one(
        "support.credential",
        string="Credentials",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="For a repository that is not public.",
    )
    revision = fields.Char(
        readonly=True, copy=False, help="The commit that was counted last."
    )
    is_agreed = fields.Boolean(related="instance_id.is_agreed")
    is_readable = fields.Boolean(
        compute="_compute_is_readable",
        help="An installed add-on reads sources of this kind.",
    )
    is_locked = fields.Boolean(
        compute="_compute_is_locked",
        help="What it reads is billed: it changes through an amendment.",
    )
    proposed = fields.Boolean(
        readonly=True,
        copy=False,
        help="Entered by the customer, and nobody of ours has put it to use yet.",
    )
    entered_by_id = fields.Many2one(
        "res.partner",
        readonly=True,
        ondelete="restrict",
        help="The person of the customer who entered the address in the portal. It is "
        "read from the internet only, never from our own network.",
        check_company=True,
    )
    date_entered = fields.Datetime(string="Entered On", readonly=True)
    status = fields.Selection(
        [
            ("ok", "Read"),
            ("waiting", "Not read yet"),
            ("failed", "Count failed"),
            ("off", "Not counted"),
        ],
        compute="_compute_status",
        help="A failure is shown on the instance: it counts all its sources together.",
    )
    date_read = fields.Datetime(
        string="Last Read",
        compute="_compute_status",
        help="When its code was counted last, or its report received.",
    )
    report_ids = fields.One2many("support.cloc.report", "source_id", string="Reports")
    report_date = fields.Datetime(
        string="Last Report", compute="_compute_report_date", compute_sudo=True
    )
    token_hash = fields.Char(readonly=True, copy=False, groups=NO_ACCESS)
    token_date = fields.Date(
        string="Token Made On",
        readonly=True,
        copy=False,
        help="A new token makes the one before useless.",
    )
    upload_hour = fields.Datetime(readonly=True, copy=False, groups=NO_ACCESS)
    upload_number = fields.Integer(readonly=True, copy=False, groups=NO_ACCESS)

    @api.model
    def _default_active(self):
        """A new source of what is agreed waits for its amendment."""
        instance_id = self.env.context.get("default_instance_id")
        instance = self.env["support.instance"].browse(instance_id or [])
        return not instance.is_agreed

    @api.depends("kind", "url", "branch")
    def _compute_display_name(self):
        for source in self:
            if source.kind == "git":
                source.display_name = f"{source.url} ({source.branch})"
            else:
                kind = self._get_kind_label(source.kind)
                source.display_name = f"{kind} {source.url or ''}".strip()

    @api.depends("kind")
    def _compute_is_readable(self):
        for source in self:
            source.is_readable = bool(self._find_reader(source.kind))

    @api.depends("active", "instance_id.is_agreed")
    def _compute_is_locked(self):
        for source in self:
            source.is_locked = bool(
                source._origin and source.active and source.is_agreed
            )

    @api.depends("report_ids.date_received")
    def _compute_report_date(self):
        for source in self:
            report = source._origin._get_report_sudo() if source._origin else None
            source.report_date = report and report.date_received

    @api.depends(
        "kind",
        "active",
        "revision",
        "report_date",
        "instance_id.date_counted",
        "instance_id.count_error",
    )
    def _compute_status(self):
        for source in self:
            if source.kind in REPORT_KINDS:
                source.date_read = source.report_date
            else:
                source.date_read = source.revision and source.instance_id.date_counted
            if not source.active:
                source.status = "off"
            elif source.instance_id.count_error:
                source.status = "failed"
            else:
                source.status = "ok" if source.date_read else "waiting"

    @api.constrains("kind", "url", "branch", "subdirectory")
    def _check_source(self):
        for source in self.filtered(lambda source: source.kind == "git"):
            # Here too: what an amendment is to write is tried on a record in memory.
            self._check_no_password(source.url)
            if not source.url or not source.branch:
                raise ValidationError(
                    self.env._("Enter the repository's address and its branch.")
                )
            try:
                cloc.Source(source.url or "", source.branch or "")
            except cloc.CountError as error:
                raise ValidationError(str(error)) from error

    @api.constrains("credential_id", "kind", "url")
    def _check_credential(self):
        for source in self.filtered("credential_id"):
            # sudo: the consultant's own company decides who may use them.
            credential = source.credential_id.sudo()
            try:
                kind, url = source._get_credential_fit()
            except cloc.CountError as error:
                raise ValidationError(str(error)) from error
            scheme, host = endpoint(url or "")
            if kind != credential.kind:
                raise ValidationError(
                    self.env._(
                        "%(credential)s are of another kind than %(url)s needs.",
                        credential=credential.name,
                        url=source.display_name,
                    )
                )
            if host != credential.host:
                raise ValidationError(
                    self.env._(
                        "%(credential)s are for %(host)s only, not for %(url)s.",
                        credential=credential.name,
                        host=credential.host,
                        url=source.display_name,
                    )
                )
            if scheme != credential._get_scheme():
                raise ValidationError(
                    self.env._(
                        "%(credential)s are for another kind of connection than "
                        "%(url)s: what was entered for https:// is not sent without "
                        "encryption.",
                        credential=credential.name,
                        url=source.display_name,
                    )
                )
            try:
                check_private(scheme, host, self._get_address_policy())
            except cloc.SourceRefused as error:
                raise ValidationError(str(error)) from error

    @api.constrains("kind", "instance_id", "active")
    def _check_counted_once(self):
        for instance in self.instance_id:
            active = instance.source_ids.filtered("active")
            if len(active) > 1 and active.filtered(lambda s: s.kind in REPORT_KINDS):
                raise ValidationError(
                    self.env._(
                        "%s: a report tells all code of an instance. Beside it, "
                        "another source would count the same lines again.",
                        instance.display_name,
                    )
                )

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"instance_id": "write"}

    @api.model
    def _get_guarded_fields(self):
        """What decides which lines are counted.

        A kind of source with fields of its own that do so adds them.
        """
        return super()._get_guarded_fields() | {
            "instance_id",
            "kind",
            "url",
            "branch",
            "subdirectory",
            "active",
        }

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | self._get_readonly_fields()

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            kind = vals.get("kind")
            # No more sources of a kind whose add-on was uninstalled.
            if kind and not self._find_reader(kind):
                raise UserError(self._explain_unreadable(kind))
            self._check_no_password(vals.get("url"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_password(vals.get("url"))
        other, before = self.browse(), set()
        if "url" in vals:
            before = self._get_repository_keys()
            if "entered_by_id" not in vals:
                other = self.filtered(lambda source: source.url != vals["url"])
        result = super().write(vals)
        # sudo: notes of the system, which follow from what was written.
        if vals.get("active"):
            self.sudo().filtered("proposed").proposed = False
        if other:
            # Who writes another address answers for it (sudo: as above).
            other.sudo().write({"entered_by_id": False, "date_entered": False})
        self._delete_repositories_later(before)
        return result

    def unlink(self):
        before = self._get_repository_keys()
        result = super().unlink()
        self._delete_repositories_later(before)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_reported(self):
        # sudo: whoever deletes need not see all that hinders it.
        for source_sudo in self.sudo():
            if source_sudo.report_ids:
                raise UserError(
                    self.env._(
                        "%s has reports. They are evidence and stay: switch “Counted” "
                        "off instead of deleting it.",
                        source_sudo.display_name,
                    )
                )

    def action_new_token(self):
        """Make the token that the instance's own server sends its report with.

        It is shown now and never again: only its fingerprint is stored.
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "upload":
            raise UserError(self.env._("Only a source of kind “Upload” has a token."))
        return Uploads(self).make_token()

    @api.autovacuum
    def _gc_repositories(self):
        cloc.sweep(self._get_git_dir())
        cloc.limit_results(self.env["support.instance"]._get_count_cache_dir())

    # === READING === #

    @api.model
    def _check_no_password(self, url):
        """What is stored in an address is readable by every colleague.

        Not only a constraint: those look when the database, and its log, have it.
        """
        try:
            parts = urlsplit(url or "")
        except ValueError:
            return  # the constraints say what is wrong with it
        # https://TOKEN@host/…: what stands before the @ is the secret.
        if parts.password or (parts.scheme in ("https", "http") and parts.username):
            raise ValidationError(
                self.env._(
                    "The address contains a password or token. Leave it out: an "
                    "address is visible to everybody who sees the instance."
                )
            )

    def _get_git_source(self):
        """The repository and branch as the counter takes it, with what opens it.

        :raise cloc.SourceRefused: for an address that git must not see
        """
        self.ensure_one()
        source = cloc.Source(self.url or "", self.branch or "")
        # sudo: who may count need not be able to see credentials.
        if credential := self.credential_id.sudo():
            source = replace(
                source,
                user=credential.login or "",
                secret=credential._get_sealed(),
                known_hosts=credential.known_hosts or "",
            )
        return replace(source, policy=self._get_address_policy())

    def _get_address(self):
        """What makes two sources the same code."""
        self.ensure_one()
        return (self.kind, self.url, self.branch, self.subdirectory or "")

    def _get_reader(self):
        """What reads this source, without any record: for use in another thread.

        Readers of sources that say the same are equal (see cloc/reader.py). An add-on
        that adds a kind of source adds ``_get_reader_<kind>``.

        :return: :class:`..cloc.Reader`
        :raise cloc.CountError: for a source that cannot be read as it stands
        """
        self.ensure_one()
        reader = self._find_reader(self.kind)
        if not reader:
            raise cloc.CountError(self._explain_unreadable(self.kind))
        return reader()

    def _find_reader(self, kind):
        """The method that reads sources of this kind; None if no add-on has it."""
        return getattr(self, f"_get_reader_{kind}", None)

    @api.model
    def _explain_unreadable(self, kind):
        return self.env._(
            "No installed add-on reads code sources of the kind “%s”. Have the one "
            "that does installed again, or choose other code to count.",
            self._get_kind_label(kind),
        )

    @api.model
    def _get_kind_label(self, kind):
        """The name of a kind; its code, if its add-on was uninstalled."""
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return kinds.get(kind, kind or "")

    def _get_reader_git(self):
        folders = map(str.strip, (self.subdirectory or "").split(","))
        return cloc.GitReader(
            source=self._get_git_source(),
            subdirectories=tuple(folder.strip("/") for folder in folders if folder),
            cache_dir=str(self.instance_id._get_count_cache_dir()),
        )

    def _get_reader_upload(self):
        return self._get_reader_report()

    def _get_reader_report(self):
        # sudo: reports are read here to be counted; who may see them is another thing.
        report = self._get_report_sudo()
        if not report:
            raise cloc.CountError(
                self.env._("No report of odoo cloc has been received yet.")
            )
        if report.date_received < fields.Datetime.now() - timedelta(days=REPORT_DAYS):
            day = self.company_id._support_date(report.date_received)
            raise cloc.CountError(
                self.env._(
                    "The last report of odoo cloc came on %s. Ask for a new one.",
                    format_date(self.env, day),
                )
            )
        return ReportReader(
            text=report.text, version=report.odoo_version or "", digest=report.digest
        )

    def _get_report_sudo(self):
        """The report that was received last."""
        self.ensure_one()
        # sudo: when a report came, and whether, is known to whoever sees the source.
        Report = self.env["support.cloc.report"].sudo()
        return Report.search([("source_id", "=", self.id)], limit=1)

    def _get_day_confirmed(self):
        """The last day, the company's, on which what it tells was so."""
        self.ensure_one()
        today = self.company_id._support_today()
        if self.kind != "upload":
            return today
        received = self._get_report_sudo().date_received
        # A day to come, by a clock that was wrong, is no day on which it was seen.
        return min(self.company_id._support_date(received), today)

    def _get_missing_report_warning(self):
        """A sentence that says since when nothing came, or False."""
        self.ensure_one()
        day = self._get_day_confirmed()
        if self.company_id._support_today() - day <= timedelta(days=SILENT_DAYS):
            return False
        return self.env._(
            "The server has sent no report since %s. Look why it does not report.",
            format_date(self.env, day),
        )

    def _get_address_policy(self):
        """Which servers our server may be sent to for code (see cloc/addresses.py).

        What staff have entered has a wider policy than a customer's address.
        """
        # sudo: every consultant may count, only administrators read parameters.
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return Policy(
            internal=not self.entered_by_id,
            allowed=parse_allowed(get_param(PARAMETER)),
            plain=parse_hosts(get_param(PLAIN_PARAMETER)),
            folders=self._get_folders(),
            # What was fetched for others, and the files of all databases.
            private=config["data_dir"],
        )

    @api.model
    def _get_folders(self):
        """Folders of this server that addresses may lead to: who runs it names them, in
        the configuration or the environment. A folder may be full of others' code.
        """
        text = os.environ.get(FOLDERS_VARIABLE) or config.get(FOLDERS_OPTION) or ""
        folders = [folder.strip() for folder in text.split(",")]
        return tuple(folder for folder in folders if folder.startswith("/"))

    def _get_credential_fit(self):
        """(kind, clean address) of the credentials that this source can use.

        A kind of source with credentials of its own extends it.

        :raise cloc.CountError: for an address that is none
        """
        self.ensure_one()
        if self.kind != "git":
            return None, None
        source = cloc.Source(self.url or "")
        kinds = {"ssh": "ssh", "https": "password", "http": "password"}
        return kinds.get(source.protocol), source.url

    def _prepare_next_version_vals(self):
        """What a source of the next version opens its code with; extend to add more."""
        self.ensure_one()
        return {
            "credential_id": self.credential_id.id,
            "entered_by_id": self.entered_by_id.id,
            "date_entered": self.date_entered,
        }

    # === AGREEMENT === #

    def _get_amended_contract(self):
        # sudo: the state counts also where the user may not see the contract.
        return self.instance_id.sudo().contract_id

    def _check_editable(self, operation):
        if operation == "create":
            return self._check_addable()
        # sudo: what is signed holds also where the user may not see the contract.
        agreed = self.filtered(
            lambda source: source.active
            and source.instance_id.sudo()._is_counted_for_fee()
        )
        return super(SupportSource, agreed)._check_editable(operation)

    def _check_addable(self):
        # sudo: what is signed holds also where the user may not see the contract.
        for source in self.filtered(
            lambda source: source.active and source.instance_id.sudo().is_agreed
        ):
            raise UserError(
                self.env._(
                    "%(contract)s is signed, and another source changes what is "
                    "billed. Enter it with “Counted” off; then press Amend on "
                    "%(instance)s and choose it.",
                    contract=source._get_amended_contract().name,
                    instance=source.instance_id.name,
                )
            )

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in SOURCE_FIELDS}

    def _describe_on(self, values):
        """What was counted, with the ``values`` of a day."""
        self.ensure_one()
        if values["kind"] != "git":
            kind = self._get_kind_label(values["kind"])
            return f"{kind} {values['url'] or ''}".strip()
        where = f"{values['url']} ({values['branch']})"
        if values["subdirectory"]:
            where = f"{where}: {values['subdirectory']}"
        return where

    # === UPLOAD === #

    @api.model
    def _get_by_token(self, source_id, token):
        """The source that this token opens, as the system; empty for every other.

        Takes the same way, time and statements for a wrong token and a source that is
        not there.
        """
        # sudo: the caller is a server that has no user here.
        sources_sudo = self.sudo().with_context(active_test=False)
        source = sources_sudo.search_fetch(
            [("id", "=", min(source_id, MAX_ID))], ["token_hash"]
        )
        known = source.token_hash or token_hash(secrets.token_urlsafe(32))
        is_right = hmac.compare_digest(known, token_hash(token))
        return source if is_right and source._is_upload_open() else source.browse()

    def _is_upload_open(self):
        """Whether the agreement still has a use for what is sent here."""
        self.ensure_one()
        instance = self.instance_id
        today = instance.company_id._support_today()
        return (
            self.kind == "upload"
            and self.active
            and instance.active
            and not instance._is_closed_on(today)
            and instance.contract_id.state not in ("ended", "cancelled")
        )

    # === FETCHED CODE === #

    @api.model
    def _get_git_dir(self):
        return str(self.env["support.instance"]._get_count_cache_dir() / "git")

    def _get_repository_keys(self):
        """Names of the fetched repositories that these sources have, as a set."""
        keys = set()
        for source in self.filtered(lambda source: source.kind == "git"):
            try:
                # By its address alone: credentials may be lost by now.
                keys.add(cloc.Source(source.url or "").key)
            except cloc.CountError:
                continue  # nothing was ever fetched for it
        return keys

    @api.model
    def _get_unused_keys(self, keys):
        """Those that no source needs, in no company; ended contracts need none."""
        if not keys:
            return keys
        # sudo: customers of other companies may have the same repository.
        sources_sudo = self.sudo().with_context(active_test=False).search([])
        return (
            keys
            - sources_sudo.filtered(
                lambda source: source.instance_id.contract_id.state != "ended"
            )._get_repository_keys()
        )

    @api.model
    def _delete_repositories_later(self, keys):
        unused = self._get_unused_keys(keys)
        if not unused:
            return
        git_dir = self._get_git_dir()

        @self.env.cr.postcommit.add
        def delete():
            for key in unused:
                # One in use goes when it has not been used for a while.
                cloc.delete_repository(git_dir, key)
