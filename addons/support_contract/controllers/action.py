# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.web.controllers.action import Action

# The field of each type of action that names the model it is for.
MODELS = {"res_model", "model", "model_name"}


class SupportAction(Action):
    """Odoo tells everybody who is logged in what a window shows, by its number."""

    @http.route()
    def load(self, action_id, context=None):
        action = super().load(action_id, context)
        if action and request.env.user.share:
            self._check_shared(action)
        return action

    def _check_shared(self, action):
        """Refuse a customer a window on what is closed to them, or that is for others.

        :param action: what the caller would get
        """
        env = request.env
        # sudo: customers read no actions.
        record_sudo = env[action["type"]].sudo().browse(action.get("id") or [])
        for field in MODELS & record_sudo._fields.keys():
            if (name := record_sudo[field]) in env:
                env[name].check_access("read")
        groups = "group_ids" in record_sudo._fields and record_sudo.group_ids
        if groups and not groups & env.user.all_group_ids:
            raise AccessError(env._("This window is not for you."))
