# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can go wrong with a count as a whole.

Each class has a stable ``code`` so that a caller can translate it; the message is
plain English, says what to do, and never contains a credential. What is wrong with
one *file* or *module* is no exception: it is an error text in the result.
"""


class CountError(Exception):
    """The count could not be made."""

    code = "error"
    # Whether its server gave no answer: after some of these others are not asked there
    is_silence = False


class SourceRefused(CountError):
    """The address, branch or folder is not one we hand to git."""

    code = "refused"


class SourceUnreachable(CountError):
    code = "unreachable"
    is_silence = True


class SourceElsewhere(SourceUnreachable):
    """The server answers that what is asked for is not there."""

    is_silence = False


class AccessRefused(CountError):
    """Wrong, missing or expired credentials."""

    code = "access"


class RevisionMissing(CountError):
    """No such branch, tag, commit or folder in the source."""

    code = "missing"


class SourceTooLarge(CountError):
    code = "too_large"


class SourceTimeout(CountError):
    code = "timeout"
    is_silence = True


class CountTimeout(SourceTimeout):
    """The source was read, and we were too slow to count it."""

    is_silence = False


class ServerBusy(CountTimeout):
    """Others were being counted all the while: nothing is known about this source."""

    code = "busy"


class AllowanceSpent(CountError):
    """The customer's code has had its time of this night."""

    code = "allowance"


class SourceBroken(CountError):
    """The repository's data is damaged or malformed."""

    code = "broken"


class CounterUnavailable(CountError):
    """Something on our own machine is missing: git, Odoo's counter, Python."""

    code = "unavailable"
