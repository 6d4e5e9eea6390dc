# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The table of invoices that bin/demo prints."""

from calendar import month_abbr, monthrange
from datetime import date

WIDTH = 120
HEADERS = (
    "Customer",
    "Instance",
    "Lines",
    "Months",
    "Invoice",
    "OCR",
    "Net",
    "VAT",
    "Total",
)
RIGHT = ("Lines", "OCR", "Net", "VAT", "Total")
# What is cut when a row would not fit, first come first cut.
ELASTIC = ("Customer", "Instance")


def table(invoices):
    """Lines of text, aligned and at most WIDTH wide; the last row adds up."""
    body = [_cells(invoice) for invoice in invoices]
    sums = [
        sum(invoice[key] for invoice in invoices) for key in ("net", "vat", "total")
    ]
    total = ["Total", *[""] * 5, *map(money, sums)]
    rows = [list(HEADERS), *body, total]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADERS))]
    for name in ELASTIC:
        excess = sum(widths) + 2 * (len(widths) - 1) - WIDTH
        column = HEADERS.index(name)
        widths[column] -= max(0, min(excess, widths[column] - 10))
    rule = "-" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [_line(row, widths) for row in rows]
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _cells(invoice):
    return [
        invoice["customer"],
        " + ".join(invoice["instances"]),
        "" if invoice["lines"] is None else f"{invoice['lines']:,}",
        months(*map(date.fromisoformat, invoice["period"])),
        invoice["number"],
        invoice["reference"],
        money(invoice["net"]),
        money(invoice["vat"]),
        money(invoice["total"]),
    ]


def _line(row, widths):
    cells = []
    for name, text, width in zip(HEADERS, row, widths, strict=True):
        if len(text) > width:
            text = text[: width - 1] + "…"
        cells.append(text.rjust(width) if name in RIGHT else text.ljust(width))
    return "  ".join(cells).rstrip()


def money(amount):
    return f"{amount:,.2f}"


def months(start, end):
    """A whole month as "Sep 2026", a part of one as "12–30 Sep 2026"."""
    first = f"{month_abbr[start.month]} {start.year}"
    last = f"{month_abbr[end.month]} {end.year}"
    whole = start.day == 1 and end.day == monthrange(end.year, end.month)[1]
    if first == last:
        return first if whole else f"{start.day}–{end.day} {first}"
    if whole:
        return f"{first} – {last}"
    return f"{start.day} {first} – {end.day} {last}"
