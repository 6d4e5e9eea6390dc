# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ...rows import insert_rows
from ...sent import Sent, defaults_from_outside


class SupportWindowMixin(models.AbstractModel):
    """A window that belongs to who opened it; every wizard of the suite is one.

    A wizard shows names and figures of what it leads to, and its buttons change it. So
    whoever has one lead somewhere needs read access there; what the wizard itself
    computes is not checked. Besides, each wizard has a rule on ``create_uid``: Odoo
    lets everybody with the same rights read and write the windows of others.
    """

    _name = "support.window.mixin"
    _description = "Window That Belongs to Who Opened It"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            defaults = defaults_from_outside(self)
            sent = [{**defaults, **vals} for vals in vals_list]
            Sent(self.browse(), *sent).check_access()
        return super().create(vals_list)

    @api.model
    def _create_rows(self, vals_list):
        """Create what the window itself computed, many rows in a few statements.

        :param vals_list: see :func:`..rows.insert_rows`
        :return: the rows, in this order
        """
        self.check_access("create")
        return insert_rows(self, vals_list)

    def write(self, vals):
        if not self.env.su:
            Sent(self, vals).check_access()
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        if not self.env.su:
            if not field_names:
                Sent(self, defaults_from_outside(self)).check_access()
            Sent(self, values).drop_computed().check_access()
        return super().onchange(values, field_names, fields_spec)
