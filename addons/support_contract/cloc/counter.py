# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the modules of a revision or a folder."""

import json
import os
from itertools import islice

from .cache import MemoryCache
from .digest import count_digest
from .errors import RevisionMissing
from .excludes import BadPattern, Excludes
from .folder import FolderReader
from .modules import find_modules
from .names import decode, printable
from .objects import ObjectReader
from .pool import Limits, Pool
from .result import Count, FileCount, make_module, pack_module, unpack_module
from .rules import rules
from .tree import MISSING, OUTSIDE, Tree

# odoo cloc of Odoo 19 looks for this one only; a module that has __openerp__.py alone
# is counted without any exclusion.
_MANIFEST = b"__manifest__.py"

_LINK_ERRORS = {
    MISSING: "Link leads nowhere (odoo cloc stops here)",
    OUTSIDE: "Link leads out of the repository",
}


def count_revision(
    repo_path, commit, subdirectories=(), *, cache=None, limits=None, root_name=""
) -> Count:
    """Count the modules of one commit of a local repository, without a checkout.

    :param repo_path: bare repository, or a checkout's folder (its files are not read)
    :param commit: id, branch or tag
    :param subdirectories: look for modules at and below these folders only
    :param cache: see cache.py; None: nothing is remembered
    :param limits: see pool.Limits
    :param root_name: name of the module if the repository itself is one
    """
    with ObjectReader(repo_path) as reader:
        found = reader.commit(commit)
        name = root_name or _stem(repo_path)
        with Pool(reader.feeder, limits or Limits()) as pool:
            job = _Job(reader, found.tree, pool, cache, name)
            return job.run(subdirectories, found.oid, found.date)


def count_folder(path, subdirectories=(), *, cache=None, limits=None) -> Count:
    """Count the modules of a folder on disk (which may be a module itself)."""
    with FolderReader(path) as reader:
        name = os.path.basename(os.path.abspath(path))
        with Pool(reader.feeder, limits or Limits()) as pool:
            job = _Job(reader, reader.root.hex(), pool, cache, name)
            return job.run(subdirectories)


def _stem(repo_path):
    return os.path.basename(os.path.abspath(repo_path)).removesuffix(".git")


class _Draft:
    """A module whose files are known but not yet counted."""

    def __init__(self, module):
        self.module = module
        self.manifest = {}
        self.rows = []  # of (FileCount, key; None: nothing to count)
        self.error = ""
        self.self_contained = True


class _Job:
    def __init__(self, reader, root, pool, cache, root_name):
        self.reader = reader
        self.tree = Tree(reader, root)
        self.pool = pool
        self.cache = MemoryCache() if cache is None else cache
        self.root_name = root_name
        self.rules = rules()

    def run(self, subdirectories, revision="", date=None):
        roots = self.find_roots(subdirectories)
        files = self.pool.limits.files
        found = find_modules(self.reader, roots, self.known, files)
        drafts = [_Draft(module) for module in found.modules if not module.known]
        self.read_manifests(drafts)
        for draft in drafts:
            self.list_files(draft)
        results = self.count_files(drafts)
        modules = [self.recall(m) for m in found.modules if m.known]
        modules += self.finish(drafts, results)
        modules.sort(key=lambda module: module.path)
        outside = (self.outside(path, entry) for path, entry in found.outside)
        return Count(
            modules=tuple(modules),
            ruleset=self.rules.ruleset,
            digest=count_digest(self.rules.ruleset, modules),
            code=sum(module.code for module in modules),
            total=sum(module.total for module in modules),
            revision=revision,
            date=date,
            outside=tuple(sorted(filter(None, outside))),
            submodules=tuple(sorted(map(_text, found.submodules))),
        )

    def find_roots(self, subdirectories):
        roots = {}
        for subdirectory in subdirectories or ("",):
            parts = os.fsencode(subdirectory).split(b"/")
            place = self.tree.find([] if b".." in parts else parts)
            if b".." in parts or place.kind != "tree":
                raise RevisionMissing(
                    f"The source has no folder {subdirectory[:200]!a}. Check its name."
                )
            roots[place.path] = place.key
        # A folder below another one of the list is found there.
        return [
            (path, key)
            for path, key in roots.items()
            if not any(path[:n] in roots for n in range(len(path)))
        ]

    # Modules whose very content was counted before
    def key(self, oid, kind):
        return (oid, kind, self.rules.ruleset)

    def known(self, keys):
        oids = {key: self.reader.tree_id(key) for key in keys}
        wanted = {self.key(oid, "module") for oid in oids.values() if oid}
        found = self.cache.get_many(wanted) if wanted else {}
        values = {key: found.get(self.key(oid, "module")) for key, oid in oids.items()}
        return {key: value for key, value in values.items() if value}

    def recall(self, module):
        return unpack_module(module.known, *self.identity(module))

    def identity(self, module):
        name = _text(module.path[-1:]) or self.root_name
        return name, _text(module.path), self.reader.tree_id(module.key)

    # The others
    def read_manifests(self, drafts):
        waiting = {}
        for draft in drafts:
            place = None
            for path, entry in draft.module.files:
                if path == (_MANIFEST,):
                    place = self.place(draft, path, entry)
            if place and place[0] == "file":
                waiting.setdefault(place[1], []).append(draft)
            # Without one that can be opened, odoo cloc excludes nothing at all.
        sizes = self.reader.sizes(list(waiting)) if waiting else {}
        for key, size in sizes.items():
            if size > self.rules.max_file_size:
                # Far too large for Odoo to evaluate, too
                for draft in waiting.pop(key):
                    draft.manifest = {"exclude": self.rules.default_exclude}
        jobs = [(key, "manifest") for key in waiting]
        for (key, _kind), answer in self.pool.parse(jobs):
            for draft in waiting[key]:
                if isinstance(answer, dict):
                    draft.manifest = answer
                else:
                    draft.error = f"{decode(_MANIFEST)}: {answer[1]}"

    def place(self, draft, path, entry):
        """Follow a link; return (kind, key)."""
        if entry.kind != "link":
            return entry.kind, entry.key
        home = draft.module.path
        place = self.tree.find(path[-1:], (*home, *path[:-1]))
        if place.path[: len(home)] != home or place.kind in (MISSING, OUTSIDE):
            # What it leads to is no part of the module's own tree.
            draft.self_contained = False
        return place.kind, place.key

    def list_files(self, draft):
        excludes = Excludes(())
        try:
            excludes = Excludes(draft.manifest.get("exclude", ()))
        except BadPattern as error:
            # odoo cloc stops at such a pattern; nobody knows what was meant.
            draft.error = f"Pattern to exclude: {error} (odoo cloc stops here)"
        for path, entry in draft.module.files:
            extension = self.extension(path[-1])
            if extension:
                # A thousand patterns for a thousand folders take their time.
                self.pool.check_time()
                draft.rows.extend(
                    self.list_file(draft, excludes, path, entry, extension)
                )
        # No longer needed, and many
        draft.module.files = []

    def list_file(self, draft, excludes, path, entry, extension):
        text = decode(b"/".join(path))
        shown = _text(path)
        if excludes.match(text, exists=False):
            # Left out whatever it is: a link need not be followed.
            blob = self.reader.blob_id(entry.key) if entry.kind == "file" else ""
            yield FileCount(shown, extension, 0, 0, blob, excluded=True), None
            return
        kind, key = self.place(draft, path, entry)
        if kind in (MISSING, OUTSIDE):
            error = _LINK_ERRORS[kind]
            yield FileCount(shown, extension, 0, 0, "", error=error), None
        elif kind == "file":
            blob = self.reader.blob_id(key)
            excluded = excludes.match(text)
            row = FileCount(shown, extension, 0, 0, blob, excluded)
            yield row, None if excluded or draft.error else key

    def extension(self, name):
        extension = os.path.splitext(decode(name))[1].lower()
        return extension if extension in self.rules.extensions else ""

    def count_files(self, drafts):
        """Return {(blob id, extension): [code, total or error]}, cached or counted."""
        keys = {}
        for draft in drafts:
            for row, key in draft.rows:
                if key is not None:
                    keys.setdefault((row.blob, row.extension), key)
        results = {}
        wanted = [self.key(*pair) for pair in keys]
        if wanted:
            found = self.cache.get_many(wanted)
            results = {key[:2]: json.loads(value) for key, value in found.items()}
        missing = [(key, pair) for pair, key in keys.items() if pair not in results]
        counted = self.count_new(missing)
        while batch := dict(islice(counted, 500)):
            results.update(batch)
            values = {self.key(*p): json.dumps(r) for p, r in batch.items()}
            # At once, so that a count that is given up has not been in vain
            self.cache.put_many(values)
        return results

    def count_new(self, missing):
        sizes = self.reader.sizes({key for key, _pair in missing}) if missing else {}
        jobs = {}
        for key, pair in missing:
            if sizes[key] > self.rules.max_file_size:
                yield pair, [-1, "Max file size exceeded"]
            else:
                jobs[key, pair[1]] = pair
        # Large ones first, so that no worker is left alone with one at the end
        order = sorted(jobs, key=lambda job: -sizes[job[0]])
        for job, answer in self.pool.parse(order):
            yield jobs[job], answer

    def finish(self, drafts, results):
        values = {}
        for draft in drafts:
            files = [self.fill(row, key, results) for row, key in draft.rows]
            name, path, tree = self.identity(draft.module)
            module = make_module(name, path, tree, files, draft.error, draft.manifest)
            if tree and draft.self_contained:
                values[self.key(tree, "module")] = pack_module(module)
            yield module
        if values:
            self.cache.put_many(values)

    def fill(self, row, key, results):
        if key is None:
            return row
        code, total = results[row.blob, row.extension]
        if code == -1:
            return row._replace(error=total)
        return row._replace(code=code, total=total)

    def outside(self, path, entry):
        extension = self.extension(path[-1])
        if extension and entry.kind == "file":
            blob = self.reader.blob_id(entry.key)
            return FileCount(_text(path), extension, 0, 0, blob, excluded=True)


def _text(path):
    return printable(b"/".join(path))
