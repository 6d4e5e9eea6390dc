# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .. import cloc


class SupportSource(models.Model):
    """Where the code of an instance is read from."""

    _name = "support.source"
    _description = "Code Source"
    _order = "instance_id, sequence, id"

    sequence = fields.Integer(default=10)
    instance_id = fields.Many2one(
        "support.instance", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="instance_id.company_id", store=True)
    kind = fields.Selection(
        [
            ("git", "Git repository"),
            ("report", "Report of odoo cloc"),
            ("upload", "Upload by the server"),
            ("remote", "Running Odoo"),
        ],
        default="git",
        required=True,
        help="A repository is fetched and counted here. A report is what the "
        "instance's own `odoo cloc -v` prints: pasted by staff, or sent by the "
        "customer's server. A running Odoo tells which modules are installed, and "
        "what is customized in its database.",
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
    revision = fields.Char(
        readonly=True, copy=False, help="The commit that was counted last."
    )

    @api.depends("kind", "url", "branch")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for source in self:
            if source.kind == "git":
                source.display_name = f"{source.url} ({source.branch})"
            else:
                kind = kinds.get(source.kind, "")
                source.display_name = f"{kind} {source.url or ''}".strip()

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

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_no_password(vals.get("url"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_no_password(vals.get("url"))
        return super().write(vals)

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
        """The repository and branch as the counter takes it.

        :raise cloc.SourceRefused: for an address that git must not see
        """
        self.ensure_one()
        return cloc.Source(self.url or "", self.branch or "")

    def _get_subdirectories(self):
        """Folders of the repository to look for modules in, as a tuple."""
        self.ensure_one()
        folders = (folder.strip() for folder in (self.subdirectory or "").split(","))
        return tuple(folder.strip("/") for folder in folders if folder)

    def _get_reader(self):
        """What reads this source, without any record: for use in another thread.

        Readers of sources that say the same are equal (see cloc/reader.py). A kind of
        source of its own returns a reader of its own.

        :return: :class:`..cloc.Reader`
        :raise cloc.CountError: for a source that cannot be read as it stands
        """
        self.ensure_one()
        return cloc.GitReader(
            source=self._get_git_source(),
            subdirectories=self._get_subdirectories(),
            cache_dir=str(self.instance_id._get_count_cache_dir()),
        )

    def _get_address(self):
        """What makes two sources the same code."""
        self.ensure_one()
        return (self.kind, self.url, self.branch, self.subdirectory or "")
