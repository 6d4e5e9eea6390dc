# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count what is customized in the database of another Odoo.

By the rules of ``odoo.tools.cloc.Cloc.count_customization``, clause by clause, from
records that are read over HTTP instead of SQL. The texts are parsed by the workers that
parse files: they may be hostile (see cloc/parse/worker.py).
"""

import base64
import binascii
import hashlib
import os
import re
import tempfile
import time
from dataclasses import dataclass, replace
from operator import itemgetter

from odoo.addons.support_instance.cloc.errors import AccessRefused
from odoo.addons.support_instance.cloc.odoo_report import count_of
from odoo.addons.support_instance.cloc.parse.pool import Limits, Pool
from odoo.addons.support_instance.cloc.parse.rules import rules
from odoo.addons.support_instance.cloc.reader import TIMEOUT, Reader
from odoo.addons.support_instance.cloc.result import Count
from odoo.addons.support_instance.cloc.tree.folder import FolderReader
from odoo.addons.support_instance.cloc.tree.tree import shown

from .odoo_client import Client, Server

STUDIO = "odoo/studio"
# To the end: PostgreSQL's "$" is not before a line break at the end, as Python's is.
_ASSET = re.compile(r".*\.(js|xml|css|scss)\Z", re.DOTALL)


@dataclass(frozen=True)
class RemoteReader(Reader):
    """Counts the customizations of a running Odoo, and tells what it has installed."""

    server: Server

    @property
    def host(self):
        return self.server.host

    def count(self, timeout=TIMEOUT, shared=None) -> Count:
        deadline = time.monotonic() + timeout
        with Client(self.server, deadline) as client:
            return _Customization(client, deadline).count()


class _Customization:
    def __init__(self, client, deadline):
        self.client = client
        self.deadline = deadline
        self.items = []  # (module, item, text or error, extension, excluded)

    def count(self):
        self.read_modules()
        self.read_actions()
        self.read_fields()
        if self.knows_imported:
            # As in Odoo: without imported modules only the above is counted.
            self.read_views()
            self.read_assets()
        figures = rules().module.Cloc()
        texts = [
            (text, extension)
            for _module, _item, text, extension, _excluded in self.items
            if not isinstance(text, Exception)
        ]
        answers = iter(parse_texts(texts, self.deadline))
        dense = {}
        for module, item, text, _extension, excluded in self.items:
            code, total, *told = (
                (-1, str(text)) if isinstance(text, Exception) else next(answers)
            )
            figures.book(module, item, (code, total), excluded)
            if told and not excluded:
                dense.setdefault(module, []).append((item, *told))
        count = with_dense(count_of(figures, rules().ruleset, self.get_blobs()), dense)
        return replace(count, installed=self.installed, series=self.series)

    def get_blobs(self):
        """{(module, item): Git's id of its text}; of all texts, if several items have
        one name."""
        texts = {}
        for module, item, text, _extension, _excluded in self.items:
            if not isinstance(text, Exception):
                data = text.encode("utf-8", "surrogatepass")
                texts.setdefault((module, item), []).append(data)
        return {key: _blob(b"\0".join(found)) for key, found in texts.items()}

    def read_modules(self):
        known = self.client.call(
            "ir.module.module",
            "fields_get",
            allfields=["imported"],
            attributes=["type"],
        )
        self.knows_imported = isinstance(known, dict) and "imported" in known
        names = ["name", "state", "latest_version"]
        if self.knows_imported:
            names.append("imported")
        modules = list(self.client.fetch_records("ir.module.module", [], names))
        if not modules:
            raise AccessRefused(
                f"{self.client.server.url} shows no modules to the user of this key. "
                "It needs Settings rights there."
            )
        self.names = {str(module.get("name")) for module in modules}
        self.imported = {str(m.get("name")) for m in modules if m.get("imported")}
        self.imported_installed = {
            str(m.get("name"))
            for m in modules
            if m.get("imported") and m.get("state") == "installed"
        }
        # Imported modules are counted below; in a repository they are not in use.
        self.installed = {
            str(module["name"]): str(module.get("latest_version") or "")
            for module in modules
            if module.get("state") == "installed" and not module.get("imported")
        }
        base = self.installed.get("base", "")
        match = re.match(r"(saas[~-])?\d+\.\d+", base)
        self.series = match[0] if match else ""

    def read_xmlids(self, model):
        """{record id: [module of each external id]}"""
        found = {}
        rows = self.client.fetch_records(
            "ir.model.data", [["model", "=", model]], ["res_id", "module"]
        )
        for row in rows:
            found.setdefault(row.get("res_id"), []).append(str(row.get("module")))
        return found

    def read_actions(self):
        xmlids = self.read_xmlids("ir.actions.server")
        actions = self.client.fetch_records(
            "ir.actions.server", [["state", "=", "code"]], ["name", "code"]
        )
        for action in actions:
            # WHERE m.name IS NULL OR (m.imported AND m.state = 'installed')
            passing = [
                module
                for module in xmlids.get(action["id"], [None])
                if module not in self.names or module in self.imported_installed
            ]
            if not passing:
                continue
            modules = [module for module in passing if module in self.names]
            self.add(
                min(modules, default=STUDIO),
                f"ir.actions.server/{action['id']}: {action.get('name')}",
                action.get("code"),
                ".py",
                "__cloc_exclude__" in passing,
            )

    def read_fields(self):
        xmlids = self.read_xmlids("ir.model.fields")
        fields = self.client.fetch_records(
            "ir.model.fields", [["state", "=", "manual"]], ["name", "compute"]
        )
        for field in fields:
            if field.get("compute") is False or field.get("compute") is None:
                continue
            modules, name = xmlids.get(field["id"], []), str(field.get("name"))
            if "studio_customization" in modules and not name.startswith("x_studio"):
                continue
            self.add(
                min(self.imported_installed.intersection(modules), default=STUDIO),
                f"ir.model.fields/{field['id']}: {name}",
                field["compute"],
                ".py",
                "__cloc_exclude__" in modules,
            )

    def read_views(self):
        wanted = self.read_imported("ir.ui.view", but_not="studio_customization")
        for ids in _portions(wanted):
            views = self.client.fetch_records(
                "ir.ui.view",
                [["id", "in", ids], ["type", "=", "qweb"]],
                ["name", "arch_base"],
            )
            for view in views:
                module, excluded = wanted[view["id"]]
                item = f"/{module}/views/{view.get('name')}.xml"
                self.add(module, item, view.get("arch_base"), ".xml", excluded)

    def read_assets(self):
        wanted = self.read_imported("ir.attachment")
        names = ["name", "url", "datas"]
        for ids in _portions(wanted, 20):
            attachments = list(
                self.client.fetch_records("ir.attachment", [["id", "in", ids]], names)
            )
            hidden = set(ids) - {attachment["id"] for attachment in attachments}
            if hidden:
                attachments += self.client.read_records(
                    "ir.attachment", sorted(hidden), names
                )
            for attachment in sorted(attachments, key=itemgetter("id")):
                name, url = attachment.get("name"), attachment.get("url")
                if not isinstance(name, str) or not _ASSET.match(name):
                    continue
                if not isinstance(url, str):
                    continue
                extension = os.path.splitext(url)[1].lower()
                if extension not in rules().extensions:
                    continue
                module, excluded = wanted[attachment["id"]]
                datas = attachment.get("datas") or ""
                if len(datas) > rules().max_file_size:
                    text = ValueError("Max file size exceeded")
                else:
                    text = _decode(datas)
                self.add(module, url, text, extension, excluded)

    def read_imported(self, model, but_not=None):
        """{record id: (module, whether excluded)} of what imported modules brought."""
        found = {}
        for record, modules in self.read_xmlids(model).items():
            modules = [module for module in modules if module != but_not]
            imported = self.imported.intersection(modules)
            if imported:
                found[record] = min(imported), "__cloc_exclude__" in modules
        return found

    def add(self, module, item, text, extension, excluded):
        if not isinstance(text, str | Exception):
            # As Odoo's parser, which does not expect an empty one.
            text = ValueError("Syntax Error") if extension == ".py" else ""
        self.items.append((module, item, text, extension, excluded))


def _blob(data):
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def _decode(datas):
    try:
        return base64.b64decode(datas).decode("latin1")
    except (binascii.Error, ValueError):
        return ValueError("The file cannot be read")


def _portions(found, size=200):
    ids = sorted(record for record in found if isinstance(record, int))
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def with_dense(count, dense) -> Count:
    """The count, with what has more code than lines.

    :param dense: {module: [(item, why, lines)]}, see cloc/parse/density.py
    """
    found = {
        shown(name): tuple(sorted((shown(item), *told) for item, *told in items))
        for name, items in dense.items()
    }
    modules = (
        replace(module, dense=found.get(module.name, ())) for module in count.modules
    )
    return replace(count, modules=tuple(modules))


def parse_texts(texts, deadline) -> list:
    """``odoo cloc``'s verdict on each text: [code, total], and perhaps why it has more
    code than that and how much, or [-1, why not].

    They are as hostile as files, so the same workers parse them, from a folder of their
    own that is gone afterwards.

    :param texts: list of (text, extension with its dot)
    :param deadline: monotonic time at which it must be done
    """
    if not texts:
        return []
    with tempfile.TemporaryDirectory(prefix="cloc-") as folder:
        jobs = []
        for number, (text, extension) in enumerate(texts):
            path = os.path.join(folder, str(number))
            with open(path, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
            # A text is not in latin-1, as files are for odoo cloc: see
            # cloc/parse/worker.py.
            jobs.append((os.fsencode(path).hex(), f"text{extension}"))
        limits = Limits(seconds=max(deadline - time.monotonic(), 0))
        with Pool(FolderReader(folder).feeder, limits) as pool:
            answers = dict(pool.parse(jobs))
        return [answers[job] for job in jobs]
