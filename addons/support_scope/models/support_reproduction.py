# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import is_html_empty


class SupportReproduction(models.Model):
    """A suspected program bug, tried on a standard test instance. Clause R15.

    It is a program bug when the program does something other than its specification
    says **and** the error shows on standard test data. Both halves are on record here
    before the fix is free. One reproduction serves all work about the same bug.
    """

    _name = "support.reproduction"
    _description = "Reproduction of a Bug"
    _inherit = ["mail.thread", "mail.activity.mixin", "support.protected.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="Summary", required=True, tracking=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    module_name = fields.Char(
        string="Module",
        required=True,
        help='Technical name of the module with the error, such as "sale_stock".',
    )
    series = fields.Char(
        string="Odoo Version", required=True, help='Such as "19.0".', tracking=True
    )
    dataset_version = fields.Char(
        string="Standard Data Set",
        help="The version of the standardised test data that it was tried on.",
    )
    instance_id = fields.Many2one(
        "support.instance",
        string="Standard Test Instance",
        domain=[("role", "=", "standard_test")],
        help="Where it was tried. Its version and its data set are taken over.",
        check_company=True,
    )
    steps = fields.Html(help="How anybody can see it again.")
    expected = fields.Html(help="What the specification says.")
    seen = fields.Html(help="What the program does instead.")
    specification = fields.Char(
        help="Where it says so: a page of Odoo's documentation, or the customer's own "
        "specification."
    )
    state = fields.Selection(
        [
            ("open", "To Try"),
            ("reproduced", "Reproduced"),
            ("not_reproducible", "Not Reproducible"),
        ],
        string="Result",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", string="Tried By", readonly=True, copy=False)
    date_tried = fields.Datetime(string="Tried On", readonly=True, copy=False)

    @api.onchange("instance_id")
    def _onchange_instance_id(self):
        if self.instance_id:
            self.series = self.instance_id.series
            self.dataset_version = self.instance_id.dataset_version

    @api.constrains("instance_id")
    def _check_standard_test(self):
        # sudo: whoever tries a bug need not see instances.
        for instance in self.sudo().instance_id:
            if instance.role != "standard_test":
                raise ValidationError(
                    self.env._("%s is no standard test instance.", instance.name)
                )

    def action_reproduced(self):
        """The error shows on standard data; a button."""
        for reproduction in self:
            if missing := reproduction._get_missing():
                raise ValidationError(
                    self.env._(
                        "Both halves have to be on record before the fix is free. "
                        "Missing: %s.",
                        ", ".join(missing),
                    )
                )
        self._check_tried_there()
        self._set_state("reproduced")

    def action_not_reproducible(self):
        """The error does not show on standard data; a button."""
        for reproduction in self:
            if missing := reproduction._get_missing(("steps", "dataset_version")):
                raise ValidationError(
                    self.env._(
                        "Say what was tried, and on which data. Missing: %s.",
                        ", ".join(missing),
                    )
                )
        self._check_tried_there()
        self._set_state("not_reproducible")

    def action_reopen(self):
        """Try it again; a button."""
        self._set_state("open")

    def _get_missing(self, names=()):
        """Labels of what is not on record yet."""
        self.ensure_one()
        names = names or (
            "steps",
            "expected",
            "seen",
            "specification",
            "dataset_version",
        )
        return [
            self._fields[name]._description_string(self.env)
            for name in names
            if is_html_empty(self[name]) or not str(self[name]).strip()
        ]

    def _check_tried_there(self):
        """Refuse a result on another version or data set than the instance has."""
        for reproduction in self:
            # sudo: see above.
            instance = reproduction.sudo().instance_id
            said = (reproduction.series, reproduction.dataset_version)
            if instance and said != (instance.series, instance.dataset_version):
                raise ValidationError(
                    self.env._(
                        "%(instance)s has Odoo %(series)s and the standard data set "
                        "%(version)s. Try it on these, or name no instance.",
                        instance=instance.name,
                        series=instance.series or "–",
                        version=instance.dataset_version or "–",
                    )
                )

    def _set_state(self, state):
        vals = {"state": state, "user_id": False, "date_tried": False}
        if state != "open":
            vals |= {"user_id": self.env.uid, "date_tried": fields.Datetime.now()}
        self._with_permission().write(vals)
        self._evaluate_works()

    def _check_editable(self, operation):
        if operation != "create" and any(one.state != "open" for one in self):
            raise UserError(
                self.env._("What was tried stays as it is. Reopen it to try again.")
            )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"state", "user_id", "date_tried"}

    @api.model
    def _get_guarded_fields(self):
        """What a result rests on; extend."""
        return frozenset(
            {
                "module_name",
                "series",
                "dataset_version",
                "instance_id",
                "steps",
                "expected",
                "seen",
                "specification",
            }
        )

    def _get_result(self):
        """``open``, ``reproduced`` or ``not_reproducible``; ``open`` again when a half
        is missing.
        """
        self.ensure_one()
        if self.state == "reproduced" and self._get_missing():
            return "open"
        return self.state

    def _get_last_free_day(self, linked=None):
        """The last day of the analysis of an error that is not reproducible.

        :param linked: the day on which work was linked with it: until then nobody knew
            of the result there
        """
        self.ensure_one()
        told = self.company_id._support_date(self.date_tried)
        return max(told, linked or told)

    def _is_about(self, module_name, series):
        """Whether it is the trial of a bug in that module and version.

        :param module_name: technical name, or nothing where none is named
        :param series: the versions that it could be, such as ``{"19.0"}``; those that
            are not known are empty
        """
        self.ensure_one()
        versions = {(one or "").strip() for one in series}
        # What is not known is not another one.
        known = versions and "" not in versions
        return (not module_name or module_name == self.module_name.strip()) and (
            not known or self.series.strip() in versions
        )

    def _evaluate_works(self):
        """Judge all work that is linked with it anew, archived work too."""
        for name in self.env["support.work.verdict"]._get_work_models():
            # sudo: its result counts for all work, whoever may read it.
            works_sudo = self.env[name].sudo().with_context(active_test=False)
            works_sudo.search([("reproduction_id", "in", self.ids)])._evaluate()
