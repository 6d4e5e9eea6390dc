# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def migrate(cr, version):
    """Give drafts of terms a version of their own, where another has the same one.

    From now on name and version are one of a kind in a company. What was published
    stays: customers may have signed on it.
    """
    cr.execute(
        """
        UPDATE support_terms draft
           SET version = draft.version || ' (' || draft.id || ')'
         WHERE draft.state = 'draft'
           AND EXISTS (
                SELECT FROM support_terms other
                 WHERE other.id != draft.id
                   AND (other.state != 'draft' OR other.id < draft.id)
                   AND other.version = draft.version
                   AND other.name->>'en_US' = draft.name->>'en_US'
                   AND other.company_id IS NOT DISTINCT FROM draft.company_id
               )
        """
    )
