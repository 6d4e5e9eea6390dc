# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What the customer sees of a contract in the portal: pages of cards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One part of a page, and who of the customer sees it.

    :param roles: of `support.contract.contact`: administrator, key_user, finance
    :param page: the page that it stands on; so far there is one
    """

    roles: tuple[str, ...]
    page: str = "contract"
