# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Everything behind an invoice in one file, readable without Odoo."""

import base64
import hashlib
import io
import re
import zipfile
from urllib.parse import quote

from markupsafe import Markup

from odoo.fields import Datetime

from .tables import describe_records, make_csv

SPECIFICATION = "support_specification_file"

CHARGE_FIELDS = (
    "id", "name", "contract_id", "partner_id", "move_id", "former_line_ids", "kind",
    "key", "date", "period_start", "period_end", "quantity", "price_unit", "amount",
    "currency_id", "units", "rate", "calculation", "count_ids", "state", "corrects_id",
    "correction_origin", "amendment_id", "decision_reason", "decision_user_id",
    "decision_date", "create_uid", "create_date",
)  # fmt: skip
COUNT_FIELDS = (
    "id", "instance_id", "contract_id", "date", "read_at", "date_confirmed", "state",
    "decided_by_id", "decided_on", "decision_reason", "code_lines", "billed_lines",
    "total_lines", "error_count", "revision", "ruleset", "content_digest", "digest",
)  # fmt: skip
MODULE_FIELDS = (
    "count_id", "name", "path", "source_name", "revision", "code_lines", "total_lines",
    "billed", "excluded_count", "error_count", "error", "digest",
)  # fmt: skip
FILE_FIELDS = (
    "count_id", "module_id", "path", "code_lines", "total_lines", "excluded", "error"
)  # fmt: skip
AMENDMENT_FIELDS = (
    "amendment_id", "record_name", "operation", "field_label", "before_text",
    "after_text", "held",
)  # fmt: skip
EVENT_FIELDS = (
    "date", "user_id", "kind", "record_name", "field_name", "before", "after", "note"
)  # fmt: skip
PRICE_FIELDS = (
    "terms_id", "type_id", "price_unit", "step", "minimum", "min_months"
)  # fmt: skip

PAGE = Markup(
    "<!DOCTYPE html><html><head><meta charset='utf-8'/><title>{title}</title><style>"
    "body{{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}}"
    "table{{border-collapse:collapse;margin:1em 0}}"
    "td,th{{border:1px solid #ccc;padding:.3em .6em;text-align:left;"
    "vertical-align:top}}td.n{{text-align:right}}code{{font-size:.75em}}"
    "</style></head><body><h1>{title}</h1>{body}</body></html>"
)


class EvidencePackage:
    """What is behind an invoice and its credit notes.

    :param invoice: `account.move`, in superuser mode
    """

    def __init__(self, invoice):
        self.invoice, self.env = invoice, invoice.env
        root = invoice.reversed_entry_id or invoice
        self.moves = root | root.reversal_move_ids
        charges = self.moves.line_ids.support_charge_ids
        charges |= charges.search(
            [("former_line_ids", "in", self.moves.line_ids.ids)], order="id"
        )
        for charge in charges:
            charges |= charge._get_corrected_charges()
        self.charges = charges.sorted("id")
        self.counts = self.charges.count_ids.sorted("id")
        self.contracts = self.charges.contract_id | root.support_contract_ids
        self._files = []
        self._notes = []

    def add(self, path, content, title):
        """Add a file.

        :param path: with folders; letters that a file system refuses are replaced
        :param content: bytes
        :param title: what it is, a few words
        """
        path = "/".join(
            re.sub(r"[^\w.,()+ -]", "_", part).strip(". ") or "_"
            for part in path.split("/")
        )
        known = {each[0] for each in self._files}
        stem, dot, suffix = path.rpartition(".")
        number = 2
        while path in known:
            path = f"{stem or suffix} ({number}){dot}{suffix if stem else ''}"
            number += 1
        self._files.append((path, content, title))

    def add_records(self, path, records, names, title):
        """Add records as a table, if there are any; times are in UTC."""
        if records:
            self.add(path, make_csv(*describe_records(records, names)), title)

    def add_attachments(self, folder, attachments, title):
        for attachment in attachments:
            self.add(f"{folder}/{attachment.name}", attachment.raw or b"", title)

    def note(self, text):
        """Say something on the first page, such as what is missing."""
        self._notes.append(text)

    def make(self):
        """The bytes of the ZIP file."""
        self.invoice._add_support_evidence(self)
        self._files.insert(0, ("index.html", self._make_page().encode(), ""))
        self._files.insert(1, ("index.csv", self._make_index(), ""))
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
            for path, content, _title in self._files:
                file.writestr(path, content)
        return buffer.getvalue()

    # === PARTS === #

    def add_documents(self):
        """PDF and XML as they were sent, earlier ones too."""
        for move in self.moves:
            name = move.name or "draft"
            documents = self.env["ir.attachment"].search(
                [
                    ("res_model", "=", move._name),
                    ("res_id", "=", move.id),
                    "|",
                    ("res_field", "!=", False),
                    ("support_detached", "=", True),
                ],
                order="id",
            )
            self.add_attachments(
                f"invoices/{name}",
                documents,
                self.env._("%s, as it was sent", name),
            )
            if not documents.filtered(lambda one: one.res_field != SPECIFICATION):
                self.note(
                    self.env._("%s: no document is kept, it was not sent yet.", name)
                )

    def add_charges(self):
        self.add_records(
            "charges.csv",
            self.charges,
            CHARGE_FIELDS,
            self.env._("Charges, with how each amount came about"),
        )

    def add_counts(self):
        titles = {
            "counts.csv": self.env._("Line counts, with fingerprints"),
            "count_modules.csv": self.env._("Their modules"),
            "count_files.csv": self.env._("Their files"),
        }
        counts = self.counts
        self.add_records("counts.csv", counts, COUNT_FIELDS, titles["counts.csv"])
        for path, records, names in (
            ("count_modules.csv", counts.module_ids, MODULE_FIELDS),
            ("count_files.csv", counts.line_ids, FILE_FIELDS),
        ):
            self.add_records(path, records, names, titles[path])

    def add_agreements(self):
        """Terms, agreement and signature, amendments and events of each contract."""
        for contract in self.contracts:
            folder = f"agreements/{contract.name}"
            self._add_agreement(contract, folder)
            if contract.signature:
                self.add(
                    f"{folder}/signature.png",
                    base64.b64decode(contract.signature),
                    self.env._(
                        "Signature of %(name)s on %(date)s (UTC), fingerprint "
                        "%(digest)s",
                        name=contract.signed_by,
                        date=Datetime.to_string(contract.signed_on),
                        digest=contract.signed_digest,
                    ),
                )
            self.add_records(
                f"{folder}/prices.csv",
                self._get_terms(contract).price_ids,
                PRICE_FIELDS,
                self.env._("Prices of the terms"),
            )
            self.add_records(
                f"{folder}/price_steps.csv",
                self._get_terms(contract).price_ids.tier_ids,
                ("price_id", "above", "price_unit"),
                self.env._("Steps of the prices"),
            )
            self.add_records(
                f"{folder}/amendments.csv",
                contract.amendment_ids,
                ("id", "date_effective", "date_decided", "user_id", "reason", "state"),
                self.env._("Amendments"),
            )
            self.add_records(
                f"{folder}/amended_fields.csv",
                contract.amendment_ids.line_ids,
                AMENDMENT_FIELDS,
                self.env._("What the amendments changed"),
            )
            self.add_records(
                f"{folder}/events.csv",
                contract.event_ids,
                EVENT_FIELDS,
                self.env._("Events"),
            )

    def _get_terms(self, contract):
        """The terms of today and those of the days that were charged."""
        days = self.charges.filtered(lambda one: one.contract_id == contract)
        terms = contract.terms_id
        for charge in days:
            for day in {charge.period_start, charge.period_end} - {False}:
                terms |= contract._value_on("terms_id", day) or terms
        return terms

    def _add_agreement(self, contract, folder):
        """What was signed; else the agreement with its terms as it is today."""
        if contract.signed_document_id:
            self.add_attachments(
                folder, contract.signed_document_id, self.env._("Agreement as signed")
            )
        report = self.env["ir.actions.report"]
        content, kind = report._render_qweb_pdf(
            "support_contract.action_report_agreement", contract.ids
        )
        self.add(
            f"{folder}/agreement.{kind}",
            content,
            self.env._("Agreement with its terms, as it is today"),
        )

    # === INDEX === #

    def _make_index(self):
        rows = [
            (path, title, hashlib.sha256(content).hexdigest(), len(content))
            for path, content, title in self._files
            if title
        ]
        titles = (
            self.env._("File"),
            self.env._("Content"),
            "SHA-256",
            self.env._("Bytes"),
        )
        return make_csv(titles, rows)

    def _make_page(self):
        env = self.env
        notes = Markup().join(Markup("<p>%s</p>") % note for note in self._notes)
        made = env._(
            "Made on %(date)s (UTC) by %(user)s. Times in the tables are in UTC.",
            date=Datetime.to_string(Datetime.now()),
            user=env.user.name,
        )
        return PAGE.format(
            title=env._("Evidence behind %s", self.invoice.name or env._("a draft")),
            body=Markup("<p>%s</p>%s%s%s%s")
            % (
                made,
                notes,
                self._make_table(
                    (
                        env._("Document"),
                        env._("Date"),
                        env._("Customer then"),
                        env._("Untaxed"),
                        env._("Total"),
                        env._("Kept until before"),
                    ),
                    map(self._describe_move, self.moves),
                ),
                self._make_table(
                    (env._("Charge"), env._("Amount"), env._("Calculation")),
                    (
                        (
                            charge.name,
                            charge.currency_id.format(charge.amount),
                            charge.calculation or "",
                        )
                        for charge in self.charges
                    ),
                ),
                self._make_table(
                    (env._("File"), env._("Content")),
                    (
                        (Markup("<a href='%s'>%s</a>") % (quote(path), path), title)
                        for path, _content, title in self._files
                    ),
                ),
            ),
        )

    def _describe_move(self, move):
        names = self.env["support.former.name"]
        until = move._get_support_until()
        return (
            move.name or "",
            move.invoice_date or "",
            names._get_name_on(move.commercial_partner_id, move.create_date),
            move.currency_id.format(move.amount_untaxed),
            move.currency_id.format(move.amount_total),
            until or "",
        )

    def _make_table(self, titles, rows):
        head = Markup().join(Markup("<th>%s</th>") % title for title in titles)
        body = Markup().join(
            Markup("<tr>%s</tr>")
            % Markup().join(
                Markup("<td>%s</td>")
                % Markup("<br/>").join(
                    [value] if isinstance(value, Markup) else str(value).splitlines()
                )
                for value in row
            )
            for row in rows
        )
        return Markup("<table><tr>%s</tr>%s</table>") % (head, body)
