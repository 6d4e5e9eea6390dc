# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import cloc


class SupportSource(models.Model):
    """The credentials that open a source."""

    _inherit = "support.source"
    _check_company_auto = True

    credential_id = fields.Many2one(
        "support.credential",
        string="Credentials",
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        help="For a repository that is not public.",
    )

    @api.constrains("credential_id", "kind", "url")
    def _check_credential(self):
        for source in self.filtered("credential_id"):
            # sudo: the consultant's own company decides who may use them.
            credential = source.credential_id.sudo()
            kind, host = source._get_credential_fit()
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

    def _prepare_next_version_vals(self):
        """What a source of the next version opens its code with; extend to add more."""
        self.ensure_one()
        return {"credential_id": self.credential_id.id}

    def _get_credential_fit(self):
        """(kind, host) of the credentials that this source can use."""
        self.ensure_one()
        if self.kind == "remote":
            return "api", urlsplit(self.url or "").netloc.lower()
        if self.kind != "git":
            return None, None
        source = cloc.Source(self.url or "")
        if source.is_ssh and "://" not in source.url:
            host = source.url.partition("@")[2].partition(":")[0]
        else:
            host = urlsplit(source.url).netloc.rpartition("@")[2]
        kinds = {"ssh": "ssh", "https": "password", "http": "password"}
        return kinds.get(source.protocol), host.lower()

    def _get_git_source(self):
        source = super()._get_git_source()
        # sudo: who may count need not be able to see credentials.
        credential = self.credential_id.sudo()
        if not credential:
            return source
        return replace(
            source,
            user=credential.login or "",
            secret=credential._get_secret(),
            known_hosts=credential.known_hosts or "",
        )
