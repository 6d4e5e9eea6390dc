# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Secrets are stored encrypted with a key that is not in the database.

Whoever gets hold of the database, or of a backup of it, has no password of a customer.
The key is in the environment variable ``SUPPORT_CONTRACT_KEY`` or, as
``support_contract_key``, in Odoo's configuration file. Several keys, separated by
commas, are for a change of key: the first one encrypts, all of them decrypt.

Nor is a secret in the log: see `secret_log.py` of support_contract.
"""

import json
import os

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from odoo.tools import config

from .cloc import AccessRefused, addresses

VARIABLE = "SUPPORT_CONTRACT_KEY"
OPTION = "support_contract_key"


class KeyMissing(Exception):
    """The server has no key, or one that is none."""


class SecretLost(Exception):
    """The key that the secret was encrypted with is gone, or it is another's."""


def encrypt(secret, **belongs_to):
    """The secret as text for the database.

    :param belongs_to: what the secret is for: it is decrypted for nothing else
    :raise KeyMissing: when the server has no usable key
    """
    payload = json.dumps([belongs_to, secret], sort_keys=True)
    return _fernet().encrypt(payload.encode()).decode()


def decrypt(text, **belongs_to):
    """
    :raise SecretLost: when it cannot be read, or belongs to something else
    :raise KeyMissing: when the server has no usable key
    """
    try:
        payload = _fernet().decrypt(text.encode())
    except InvalidToken as error:
        raise SecretLost from error
    found, secret = json.loads(payload)
    if found != belongs_to:
        raise SecretLost
    return secret


def check(text, **belongs_to):
    """Whether `decrypt` would succeed: raises what it raises, and returns nothing."""
    decrypt(text, **belongs_to)


def encrypt_anew(text):
    """The same secret under the first of the keys."""
    try:
        return _fernet().rotate(text.encode()).decode()
    except InvalidToken as error:
        raise SecretLost from error


def _fernet():
    text = os.environ.get(VARIABLE) or config.get(OPTION) or ""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    if not keys:
        raise KeyMissing
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise KeyMissing from error


def _open_for_sending(text, **belongs_to):
    """How the counter opens a secret: see cloc/addresses.py."""
    try:
        return decrypt(text, **belongs_to)
    except (KeyMissing, SecretLost) as error:
        raise AccessRefused(addresses.LOST) from error


addresses.set_opener(_open_for_sending)
