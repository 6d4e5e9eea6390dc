# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import new_test_user


class OurRegistry:
    """For tests that go through all models of the suite that are installed.

    With one add-on installed they see its models, and `tests/test_registry.py` runs
    them with all add-ons installed.
    """

    @classmethod
    def _find_our_addons(cls):
        Module = cls.env["ir.module.module"]
        author = Module.search([("name", "=", "support_contract")]).author
        domain = [("author", "=", author), ("state", "=", "installed")]
        return set(Module.search(domain).mapped("name"))

    @classmethod
    def _find_our_models(cls):
        addons = cls._find_our_addons()
        return [
            cls.env[name]
            for name, model in sorted(cls.env.registry.items())
            if not model._abstract and model._original_module in addons
        ]

    @classmethod
    def _create_user_with_everything(cls):
        """A user whom no rights of models hold up, for what rules and checks do."""
        access = cls.env["ir.model.access"].search(
            [
                (
                    "model_id.model",
                    "in",
                    [model._name for model in cls._find_our_models()],
                )
            ]
        )
        user = new_test_user(cls.env, "everything", groups="base.group_user")
        portal = cls.env.ref("base.group_portal") | cls.env.ref("base.group_public")
        user.group_ids += access.group_id - portal
        return user
