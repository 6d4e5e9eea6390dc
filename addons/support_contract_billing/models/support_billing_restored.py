# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .. import stamp

_logger = logging.getLogger(__name__)


class SupportBillingRun(models.Model):
    """A restored or copied database asks before it goes on billing."""

    _inherit = "support.billing.run"

    note = fields.Text(readonly=True, help="What somebody decided before this run.")

    @api.model
    def _get_last_finished(self):
        # sudo: the number counts, whichever companies the run was for.
        return self.sudo().search([("state", "=", "done")], order="id desc", limit=1)

    @api.model
    def _get_database_uuid(self):
        # sudo: parameters are readable with Settings rights only.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _get_stop_reason(self):
        """Why this database must not bill before a person has compared; or nothing.

        The number of the last finished run lies in the data folder as well.
        """
        known = stamp.read(self.env.cr.dbname)
        last = self._get_last_finished()
        uuid = self._get_database_uuid()
        if not known:
            if not last:
                return ""
            return self.env._(
                "This database has billed before, but not on this server under this "
                "name: it was copied, moved or renamed. Make sure that no other copy "
                "of it goes on billing."
            )
        if known["uuid"] != uuid:
            if not last:
                return ""  # a new database under the name of an earlier one
            return self.env._(
                "Another database billed under this name before. Make sure that it no "
                "longer does, and that this one has all of its invoices."
            )
        if last.id < known["run"]:
            return self.env._(
                "This database was restored from a backup: run %(run)s was finished on "
                "%(date)s (UTC), and it knows of runs up to %(last)s only. Compare the "
                "invoices that customers got after the backup, in the sales journal's "
                "numbers, in sent e-mails and in what was paid, with the ones that are "
                "here, and enter what is missing. Under “Billed Through” say on each "
                "contract up to which day it was billed.",
                run=known["run"],
                date=known["date"],
                last=last.id or 0,
            )
        return ""

    @api.model
    def _run_all(self):
        if reason := self._get_stop_reason():
            _logger.error("Nothing is billed. %s", reason)
            return
        known = stamp.read(self.env.cr.dbname)
        if not known or known["uuid"] != self._get_database_uuid():
            # Before the first run, so that being killed right after it says nothing.
            self._write_stamp(self._get_last_finished())
            self.env.cr.commit()  # pylint: disable=invalid-commit
        super()._run_all()

    def _on_finished(self):
        result = super()._on_finished()
        self._write_stamp(self)
        self.env.cr.commit()  # pylint: disable=invalid-commit
        return result

    @api.model
    def _write_stamp(self, run):
        database, uuid = self.env.cr.dbname, self._get_database_uuid()
        number, date = run.id or 0, fields.Datetime.to_string(fields.Datetime.now())

        def remember():
            try:
                stamp.write(database, uuid, number, date)
            except OSError:
                # The invoices are there all the same; the next run tries again.
                _logger.exception("Run %s is not remembered in the data folder", number)

        # Only what is committed has happened.
        self.env.cr.postcommit.add(remember)

    @api.model
    def action_go_on(self):
        """A manager has compared, and billing goes on; a button."""
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(
                self.env._("Only a manager can decide that billing goes on.")
            )
        reason = self._get_stop_reason()
        if not reason:
            raise UserError(self.env._("Nothing holds billing back."))
        _logger.warning("User %s lets billing go on. %s", self.env.uid, reason)
        run = self._request(self.env.companies)
        run.sudo().note = self.env._(
            "%(user)s decided that billing goes on, after this was said: %(reason)s",
            user=self.env.user.name,
            reason=reason,
        )
        self._write_stamp(self._get_last_finished())
        return run._get_records_action(name=self.env._("Billing Run"))
