# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import cloc
from ..cloc.odoo_client import Server
from ..cloc.sealed import check_private, endpoint


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

    def _prepare_next_version_vals(self):
        """What a source of the next version opens its code with; extend to add more."""
        self.ensure_one()
        return {"credential_id": self.credential_id.id}

    def _get_credential_fit(self):
        """(kind, clean address) of the credentials that this source can use.

        :raise cloc.CountError: for an address that is none
        """
        self.ensure_one()
        if self.kind == "remote":
            return "api", Server(self.url or "", self.protocol or "json2").url
        if self.kind != "git":
            return None, None
        source = cloc.Source(self.url or "")
        kinds = {"ssh": "ssh", "https": "password", "http": "password"}
        return kinds.get(source.protocol), source.url

    def _get_git_source(self):
        source = super()._get_git_source()
        # sudo: who may count need not be able to see credentials.
        credential = self.credential_id.sudo()
        if not credential:
            return source
        return replace(
            source,
            user=credential.login or "",
            secret=credential._get_sealed(),
            known_hosts=credential.known_hosts or "",
        )
