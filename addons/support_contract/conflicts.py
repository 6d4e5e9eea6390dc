# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which errors mean that another process works on the same record at this moment.

Odoo tries a request again by itself; scheduled actions have to know: such an error is
no failure of the record, somebody else does the same work or has done it.
"""

from psycopg2 import errors

from odoo.exceptions import LockError

CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, LockError)
# Two processes that note the same failure make the same person follow the record.
FOLLOWERS = "mail_followers_mail_followers_res_partner_res_model_id_uniq"


def is_conflict(error, unique=()):
    """Whether another process was there at the same time.

    :param error: the exception
    :param unique: names of the unique indexes that make doing the caller's work twice
        impossible; being the second at one of them is a conflict, at others a mistake
    """
    if isinstance(error, errors.UniqueViolation):
        return error.diag.constraint_name in {FOLLOWERS, *unique}
    return isinstance(error, CONFLICTS)
