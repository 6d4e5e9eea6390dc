# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .. import cloc


class SupportSource(models.Model):
    """Fetched code goes when nobody counts it any more.

    Only code: what is remembered of its lines is known by content alone, and is
    needed for whoever else has the same file.
    """

    _inherit = "support.source"

    def write(self, vals):
        before = self._get_repository_keys() if "url" in vals else set()
        result = super().write(vals)
        self._delete_repositories_later(before)
        return result

    def unlink(self):
        before = self._get_repository_keys()
        result = super().unlink()
        self._delete_repositories_later(before)
        return result

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

    @api.autovacuum
    def _gc_repositories(self):
        cloc.sweep(self._get_git_dir())
        cloc.limit_results(self.env["support.instance"]._get_count_cache_dir())
