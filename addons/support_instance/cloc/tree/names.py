# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""File names: Git and Linux know bytes, a database and a reader need text."""


def decode(name: bytes) -> str:
    """The text that Python itself sees for this name on Linux."""
    return name.decode("utf-8", "surrogateescape")


def printable(name: bytes) -> str:
    """A text for storage and display; different names have different texts.

    Line breaks, terminal and writing-direction controls and bytes that are not UTF-8
    are escaped as in Python, and so is the backslash.
    """
    return shown(decode(name))


def shown(text: str) -> str:
    """As printable, for a text from decode."""
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_escape(char) for char in text)


def _escape(char):
    if 0xDC80 <= ord(char) <= 0xDCFF:
        return f"\\x{ord(char) - 0xDC00:02x}"
    if char == "\\":
        return "\\\\"
    if char.isprintable():
        return char
    # A control below 0x80 as \x.., which no undecodable byte can be; the others as
    # \u.... so that they differ from raw bytes.
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
