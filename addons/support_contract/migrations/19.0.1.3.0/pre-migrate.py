# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The contract's form, its list and the portal have other pages: what this suite added
to the old ones is made anew, or the first new one would not fit the others.
"""


def migrate(cr, version):
    cr.execute(
        r"""
        WITH old AS (
            DELETE FROM ir_model_data data
             USING ir_ui_view view
             WHERE data.model = 'ir.ui.view' AND data.res_id = view.id
               AND view.inherit_id IS NOT NULL
               AND (data.module LIKE 'support\_%' OR data.module = 'l10n_se_support')
         RETURNING view.id
        )
        DELETE FROM ir_ui_view WHERE id IN (SELECT id FROM old)
        """
    )
