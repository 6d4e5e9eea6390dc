# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.orm.models import NO_ACCESS

from .. import cloc, vault
from ..cloc.addresses import Sealed


class SupportCredential(models.Model):
    """What opens a customer's repository. Written once, read back by nobody.

    The secret is encrypted with a key outside the database, and bound to the host it is
    for and to how it travels: whoever may change an address cannot have it sent
    somewhere else, or in clear. No method returns it: a method of a record is within
    reach of templates and of scripted actions. It is opened by the code that sends it
    (see cloc/addresses.py).
    """

    _name = "support.credential"
    _description = "Credentials of a Code Source"
    _inherit = ["support.protected.mixin"]
    _order = "name, id"
    _check_company_auto = True

    name = fields.Char(required=True, help="Such as “Deploy token of Acme”.")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    kind = fields.Selection(
        [
            ("password", "Password or token"),
            ("ssh", "SSH key"),
        ],
        required=True,
        default="password",
    )
    host = fields.Char(
        required=True,
        help="The only server that is ever sent the secret, such as git.example.com, "
        "with its port if it has an unusual one. Another host asks for the secret "
        "again.",
    )
    scheme = fields.Selection(
        [("https", "Encrypted (https)"), ("http", "Not encrypted (http)")],
        string="Connection",
        default="https",
        required=True,
        help="Without encryption everybody on the way can read the secret: possible "
        "only to this server itself, and to hosts that the settings name. A change "
        "asks for the secret again.",
    )
    login = fields.Char(
        string="User Name",
        help="For a token most servers take any user name; leave it empty then.",
    )
    secret = fields.Text(
        compute="_compute_secret",
        inverse="_inverse_secret",
        help="The password, the token, the text of the private key or the API key. It "
        "is stored encrypted, and nobody can read it back.",
    )
    secret_encrypted = fields.Text(readonly=True, copy=False, groups=NO_ACCESS)
    known_hosts = fields.Text(
        string="Host Keys",
        help="Lines of known_hosts, as ssh-keyscan prints them and the server's owner "
        "confirms them: no other server is talked to. Empty: the key of the first "
        "visit is remembered, and insisted upon ever after.",
    )
    state = fields.Selection(
        [
            ("missing", "No secret"),
            ("stored", "Stored"),
            ("lost", "Enter again"),
        ],
        string="Secret Status",
        compute="_compute_state",
        help="“Enter again”: the server's key is missing or has changed, or the host "
        "or the connection has.",
    )
    source_ids = fields.One2many("support.source", "credential_id", string="Used By")

    def _compute_secret(self):
        self.secret = False

    def _inverse_secret(self):
        """Values of this field never get here: see `create` and `write`."""

    @api.depends("host", "kind", "scheme")
    def _compute_state(self):
        for credential in self:
            # sudo: whether there is a secret may be known; it is not read out.
            credential.state = credential._origin.sudo()._get_state()

    @api.constrains("host")
    def _check_host(self):
        for credential in self:
            address = f"ssh://{credential.host}/x"
            try:
                is_host = cloc.Source(address).url == address
            except cloc.SourceRefused:
                is_host = False
            if not is_host or {"@", "/"} & set(credential.host):
                raise ValidationError(
                    self.env._("Enter a host name, such as git.example.com.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        # The secret goes no further than here: not into the cache, not to the client.
        vals_list = [self._clean_vals(vals) for vals in vals_list]
        secrets = [vals.pop("secret", None) for vals in vals_list]
        credentials = super().create(vals_list)
        for credential, secret in zip(credentials, secrets, strict=True):
            credential._store_secret(secret)
        return credentials

    def write(self, vals):
        vals = self._clean_vals(vals)
        secret = vals.pop("secret", None)
        result = super().write(vals)
        for credential in self:
            credential._store_secret(secret)
        return result

    @api.model
    def _clean_vals(self, vals):
        vals = dict(vals)
        if vals.get("host"):
            vals["host"] = vals["host"].strip().lower()
        return vals

    def _store_secret(self, secret):
        self.ensure_one()
        if not secret:
            return
        try:
            text = vault.encrypt(secret, **self._get_binding())
        except vault.KeyMissing as error:
            raise UserError(self._explain_missing_key()) from error
        # sudo: nobody has access to the field.
        self.sudo().secret_encrypted = text

    def _get_binding(self):
        """What the secret is for; it cannot be decrypted for anything else."""
        self.ensure_one()
        return {
            "id": self.id,
            "host": self.host,
            "kind": self.kind,
            "scheme": self._get_scheme(),
        }

    def _get_scheme(self):
        return "ssh" if self.kind == "ssh" else self.scheme

    def _get_state(self):
        if not self.secret_encrypted:
            return "missing"
        try:
            vault.check(self.secret_encrypted, **self._get_binding())
        except (vault.KeyMissing, vault.SecretLost):
            return "lost"
        return "stored"

    def _get_sealed(self):
        """The secret as it is stored, for the process that fetches.

        :return: :class:`..cloc.addresses.Sealed`
        :raise cloc.AccessRefused: with a sentence that says what to do, if that process
            could not open it
        """
        self.ensure_one()
        if not self.secret_encrypted:
            raise cloc.AccessRefused(
                self.env._("Enter the secret of the credentials %s.", self.name)
            )
        try:
            vault.check(self.secret_encrypted, **self._get_binding())
        except vault.KeyMissing as error:
            raise cloc.AccessRefused(self._explain_missing_key()) from error
        except vault.SecretLost as error:
            raise cloc.AccessRefused(
                self.env._(
                    "The secret of the credentials %s cannot be read any more: the "
                    "server's key, the host or the connection has changed. Enter it "
                    "again.",
                    self.name,
                )
            ) from error
        return Sealed(self.id, self.secret_encrypted)

    @api.model
    def _explain_missing_key(self):
        return self.env._(
            "This server has no key to encrypt secrets with. Put one into the "
            "environment variable %(variable)s or, as %(option)s, into Odoo's "
            "configuration file, and restart Odoo. The handbook says how to make one.",
            variable=vault.VARIABLE,
            option=vault.OPTION,
        )

    def action_encrypt_anew(self):
        """After a change of the server's key: put the secrets under the first one."""
        self.check_access("write")
        for credential in self.sudo().filtered("secret_encrypted"):
            try:
                credential.secret_encrypted = vault.encrypt_anew(
                    credential.secret_encrypted
                )
            except vault.SecretLost:
                continue  # its status tells to enter it again
            except vault.KeyMissing as error:
                raise UserError(self._explain_missing_key()) from error
