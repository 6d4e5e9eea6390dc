# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import hmac
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS
from odoo.tools import format_date

from .. import cloc
from ..cloc.report_reader import ReportReader
from ..cloc.sealed import is_loopback

REPORT_KINDS = ("report", "upload")
# A report that nobody has sent for so long says nothing about today: the count fails,
# the last approved one is billed, and somebody looks why.
REPORT_DAYS = 45
# Calls with a right token; a server that reports every night needs one.
UPLOADS_PER_HOUR = 20


class SupportSource(models.Model):
    """Code that is counted where it runs, by the instance's own `odoo cloc`."""

    _inherit = "support.source"

    report_ids = fields.One2many("support.report", "source_id", string="Reports")
    report_date = fields.Datetime(
        string="Last Report", compute="_compute_report_date", compute_sudo=True
    )
    date_read = fields.Datetime(
        string="Last Read",
        compute="_compute_status",
        help="When its code was counted last, or its report received.",
    )
    status = fields.Selection(
        [
            ("ok", "Read"),
            ("waiting", "Not read yet"),
            ("failed", "Count failed"),
            ("off", "Not counted"),
        ],
        compute="_compute_status",
        help="A failure is told on the instance: it counts all its sources together.",
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

    def _get_reader(self):
        if self.kind not in REPORT_KINDS:
            return super()._get_reader()
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
        Report = self.env["support.report"].sudo()
        return Report.search([("source_id", "=", self.id)], limit=1)

    def action_new_token(self):
        """Make the token that the instance's own server sends its report with.

        It is shown now and never again: only its fingerprint is stored.
        """
        self.ensure_one()
        self.check_access("write")
        if self.kind != "upload":
            raise UserError(self.env._("Only a source of kind “Upload” has a token."))
        token = secrets.token_urlsafe(32)
        # sudo: nobody has access to the field.
        self.sudo().write(
            {"token_hash": _fingerprint(token), "token_date": fields.Date.today()}
        )
        url = f"{self.instance_id.get_base_url()}/support/count/{self.id}"
        # In a file, not in the line that runs every night: processes are listed with
        # their arguments, and cron notes its lines in the system's log.
        file = f'"$HOME/support_token_{self.id}"'
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Upload Token"),
            "res_model": "support.upload.token",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_token": token,
                "default_unencrypted": _is_unencrypted(url),
                "default_preparation": (
                    f"(umask 077; echo 'Authorization: Bearer {token}' > {file})"
                ),
                "default_command": (
                    f"odoo cloc -d DATABASE -v | curl --data-binary @- -H @{file} "
                    '-H "Content-Type: text/plain" '
                    f'-H "Odoo-Version: $(odoo --version)" {url}'
                ),
            },
        }

    @api.model
    def _get_by_token(self, source_id, token):
        """The source that this token opens, as the system; empty for every other.

        Takes the same way and time for a wrong token and a source that is not there.
        """
        # sudo: the caller is a server that has no user here.
        source = self.sudo().browse(source_id).exists()
        known = source.token_hash or _fingerprint(secrets.token_urlsafe(32))
        is_right = hmac.compare_digest(known, _fingerprint(token))
        if is_right and source._is_upload_open():
            return source
        return self.sudo().browse()

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

    def _is_upload_allowed(self):
        """Note one call and tell whether it is within the limit; waits for others."""
        self.ensure_one()
        self._wait_for_uploads()
        now = fields.Datetime.now()
        number = self.upload_number + 1
        hour = self.upload_hour
        if not hour or hour < now - timedelta(hours=1):
            number, hour = 1, now
        self.write({"upload_number": number, "upload_hour": hour})
        return number <= UPLOADS_PER_HOUR

    def _wait_for_uploads(self):
        """One at a time: who waited fails to serialize, and is tried anew by Odoo."""
        self.env.cr.execute(
            "SELECT id FROM support_source WHERE id = %s FOR UPDATE", [self.id]
        )

    def _wait_for_counts(self):
        """As above, for whoever is counting the instance. Before the source: who counts
        takes them in this order."""
        self.env.cr.execute(
            "SELECT id FROM support_instance WHERE id = %s FOR NO KEY UPDATE",
            [self.instance_id.id],
        )


def _is_unencrypted(url):
    """Whether everybody on the way can read what is sent there."""
    parts = urlsplit(url)
    return parts.scheme == "http" and not is_loopback(parts.hostname or "")


def _fingerprint(token):
    """Tokens are long and random: one round is enough, and salt adds nothing."""
    return hashlib.sha256(token.encode()).hexdigest()
