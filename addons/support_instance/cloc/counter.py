# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the modules of a revision or a folder: find them, decide which of their files
count and whose content each has, and have read what is not known yet."""

import json
import os
from itertools import chain, islice

from .cache import MemoryCache
from .errors import RevisionMissing
from .git.repository import ObjectReader, reading
from .parse.pool import Limits, Pool
from .parse.rules import rules
from .result import (
    KIND,
    Count,
    FileCount,
    Known,
    Link,
    Manifest,
    Submodule,
    count_digest,
    pack,
    repack,
)
from .tree.folder import FolderReader
from .tree.tree import (
    MANIFESTS,
    MISSING,
    OUTSIDE,
    SPECIAL,
    BadPattern,
    Excludes,
    Tree,
    decode,
    extension_of,
    find_changes,
    find_modules,
    printable,
    shown,
)

# odoo cloc of Odoo 19 looks for this one only; a module that has __openerp__.py alone
# is counted without any exclusion.
MANIFEST = b"__manifest__.py"

ATTRIBUTES = b".gitattributes"

TABLE = ".csv"  # never counted; looked through for code
# Every module has one, and it holds names only.
_PLAIN_TABLE = b"ir.model.access.csv"

_LINK_ERRORS = {
    MISSING: "Link leads nowhere (odoo cloc stops here)",
    OUTSIDE: "Link leads out of the repository",
    SPECIAL: "No regular file (odoo cloc waits for it)",
}
_LARGE = 20_000  # bytes
_WORTH_A_WORKER = 2**20  # bytes; parsing less takes no longer than starting another


def count_revision(
    repo_path,
    commit,
    subdirectories=(),
    *,
    cache=None,
    previous=None,
    limits=None,
    root_name="",
    tell=None,
) -> Count:
    """Count the modules of one commit of a local repository, without a checkout.

    :param repo_path: bare repository, or a checkout's folder (its files are not read)
    :param commit: id, branch or tag
    :param subdirectories: look for modules at and below these folders only
    :param cache: see cache.py; None: nothing is remembered
    :param previous: {module.path: module.tree} of an earlier count with this cache:
        of a module that has changed since, only what has changed is looked at. A
        matter of speed, never of the result.
    :param limits: see pool.Limits
    :param root_name: name of the module if the repository itself is one
    :param tell: function that is called now and then with how many files are counted,
        and of how many
    """
    with reading(repo_path), ObjectReader(repo_path) as reader:
        found = reader.commit(commit)
        name = root_name or _stem(repo_path)
        with Pool(reader.feeder, limits or Limits()) as pool:
            job = _Job(reader, found.tree, pool, cache, previous or {}, name)
            job.tell = tell or job.tell
            return job.run(subdirectories, found.oid, found.date)


def count_folder(path, subdirectories=(), *, cache=None, limits=None) -> Count:
    """Count the modules of a folder on disk (which may be a module itself)."""
    with FolderReader(path) as reader:
        name = os.path.basename(os.path.abspath(path))
        with Pool(reader.feeder, limits or Limits()) as pool:
            job = _Job(reader, reader.root.hex(), pool, cache, {}, name)
            return job.run(subdirectories)


def _stem(repo_path):
    return os.path.basename(os.path.abspath(repo_path)).removesuffix(".git")


class _Job:
    def __init__(self, reader, root, pool, cache, previous, root_name):
        self.reader = reader
        self.tree = Tree(reader, root)
        self.pool = pool
        self.cache = MemoryCache() if cache is None else cache
        self.previous = previous
        self.root_name = root_name
        self.rules = rules()
        self.to_count = 0

    def tell(self, done, total):
        """Nobody asks how far it is."""

    def run(self, subdirectories, revision="", date=None):
        roots = self.find_roots(subdirectories)
        found = self.find_modules(roots, self.recall)
        drafts = self.compare([module for module in found.modules if module.base])
        compared = {id(draft.module) for draft in drafts}
        fresh = []
        for module in found.modules:
            if not module.known and id(module) not in compared:
                fresh.append(
                    self.draft(self.in_full(module) if module.base else module)
                )
        manifests = self.ask_manifests(fresh)
        self.list_files(drafts)  # while the worker reads
        for draft, answer in manifests:
            draft.use_manifest(answer)
        self.list_files(fresh)
        drafts += fresh
        results, counting = self.count_files(drafts)
        modules = [self.result(m, m.known) for m in found.modules if m.known]
        self.collect(counting, results)
        modules += self.finish(drafts, results)
        modules.sort(key=lambda module: module.path)
        outside = (self.outside(path, entry) for path, entry in found.outside)
        submodules = [Submodule(text(path), key) for path, key in found.submodules]
        reencoded = self.find_reencoding(roots, found.outside)
        for module in modules:
            prefix = f"{module.path}/" if module.path else ""
            submodules += [
                each._replace(path=f"{prefix}{each.path}") for each in module.submodules
            ]
            reencoded |= {(f"{prefix}{path}", key) for path, key in module.reencoded}
        return Count(
            modules=tuple(modules),
            ruleset=self.rules.ruleset,
            digest=count_digest(self.rules.ruleset, modules),
            code=sum(module.code for module in modules),
            total=sum(module.total for module in modules),
            revision=revision,
            date=date,
            outside=tuple(sorted(filter(None, outside))),
            submodules=tuple(sorted(submodules)),
            reencoded=tuple(sorted(reencoded)),
            links=tuple(
                sorted(
                    Link(text(path), printable(target)[:200], why)
                    for path, target, why in found.links
                )
            ),
            repeated=tuple(sorted({text(path) for path in found.repeated})),
        )

    # Find modules
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

    def find_modules(self, roots, recall):
        files = self.pool.limits.files
        return find_modules(self.reader, roots, recall, files, self.tree)

    def key(self, oid, kind):
        return (oid, kind, self.rules.ruleset)

    def recall(self, folders):
        """What is known of folders; see modules.find_modules."""
        trees = {key: self.reader.tree_id(key) for _path, key in folders}
        earlier = {
            path: tree
            for path, key in folders
            if (tree := self.previous.get(text(path))) not in (None, trees[key])
        }
        if earlier:
            # There will be something to do: let the workers start meanwhile.
            self.pool.warm_up()
        found = self.get_modules(trees.values())
        known = {key: found[tree] for key, tree in trees.items() if tree in found}
        unknown = {path for path, key in folders if key not in known}
        if len(unknown - earlier.keys()) > 8:
            self.pool.warm_up(self.pool.limits.processes)
        earlier = {path: tree for path, tree in earlier.items() if path in unknown}
        found = self.get_modules(earlier.values())
        bases = {path: found[tree] for path, tree in earlier.items() if tree in found}
        return known, {path: Known.unpack(value) for path, value in bases.items()}

    def get_modules(self, trees):
        # Sorted, as they lie in a file
        keys = [self.key(tree, KIND) for tree in sorted(set(trees)) if tree]
        found = self.cache.get_many(keys) if keys else {}
        return {key[0]: value for key, value in found.items()}

    def draft(self, module):
        return Draft(module, self.reader, self.tree, self.rules.extensions)

    def in_full(self, module):
        """The module with all its files, for want of something to compare with."""
        root = [(module.path, module.key)]
        found = self.find_modules(root, lambda _folders: ({}, {})).modules[0]
        found.folder = module.folder
        return found

    def compare(self, modules):
        """Drafts of those modules of which only changes need to be looked at."""
        pairs = [(self.previous[text(m.path)], m.key) for m in modules]
        changes = find_changes(self.reader, pairs, self.pool.limits.files)
        drafts = map(self.draft, modules)
        pairs = zip(drafts, changes, strict=True)
        return [draft for draft, changed in pairs if draft.use_changes(changed)]

    # Read what counts
    def ask_manifests(self, drafts):
        """Begin to read them; return an iterator of (draft, answer)."""
        waiting = {}
        for draft in drafts:
            key = draft.manifest_key()
            if key is not None:
                waiting.setdefault(key, []).append(draft)
        sizes = self.reader.sizes(list(waiting)) if waiting else {}
        for key, size in sizes.items():
            if size > self.rules.max_file_size:
                # Far too large for Odoo to evaluate, too
                for draft in waiting.pop(key):
                    draft.manifest = Manifest(self.rules.default_exclude)
        jobs = [(key, "manifest") for key in waiting]
        answers = self.pool.parse(jobs)
        return (
            (draft, answer) for (key, _), answer in answers for draft in waiting[key]
        )

    def list_files(self, drafts):
        for draft in drafts:
            draft.list_files(self.pool.check_time)

    def count_files(self, drafts):
        """Begin to count; return what is known, {(blob id, extension): [code, total or
        error, and perhaps what density.py tells]}, and an iterator of what is not."""
        keys = {}
        for draft in drafts:
            for row, key in chain(draft.rows, draft.tables):
                if key is not None:
                    keys.setdefault((row.blob, row.extension), key)
        results = {}
        wanted = [self.key(*pair) for pair in keys]
        if wanted:
            found = self.cache.get_many(wanted)
            results = {key[:2]: json.loads(value) for key, value in found.items()}
        missing = [(key, pair) for pair, key in keys.items() if pair not in results]
        self.to_count = len(missing)
        return results, self.count_new(missing)

    def collect(self, counting, results):
        """Add what was counted to the results, and remember it."""
        done = 0
        self.tell(done, self.to_count)
        while batch := dict(islice(counting, 500)):
            results.update(batch)
            done += len(batch)
            self.tell(done, self.to_count)
            values = {self.key(*p): json.dumps(r) for p, r in batch.items()}
            # At once, so that a count that is given up has not been in vain
            self.cache.put_many(values)

    def count_new(self, missing):
        """Begin to count; return an iterator of (pair, [code, total or error])."""
        sizes = self.reader.sizes([key for key, _pair in missing]) if missing else {}
        jobs, too_large = {}, []
        for key, pair in missing:
            if sizes[key] > self.rules.max_file_size:
                too_large.append((pair, [-1, "Max file size exceeded"]))
            else:
                jobs[key, pair[1]] = pair
        if jobs:
            size = sum(sizes[key] for key, _extension in jobs)
            self.pool.warm_up(1 + size // _WORTH_A_WORKER)
        # Large ones first, so that no worker is left alone with one at the end; the
        # others in the order of their paths, in which a pack is read fastest.
        order = sorted(jobs, key=lambda job: -max(sizes[job[0]], _LARGE))
        answers = self.pool.parse(order)
        return chain(too_large, ((jobs[job], answer) for job, answer in answers))

    def finish(self, drafts, results):
        """Sum up each module, and remember it."""
        values = {}
        for draft in drafts:
            name, _path, tree, _folder = self.identity(draft.module)
            value = draft.pack(
                name,
                [_fill(row, key, results) for row, key in draft.rows],
                list(_find_dense(draft, results)),
            )
            if tree and draft.self_contained:
                values[self.key(tree, KIND)] = value
            yield self.result(draft.module, value)
        if values:
            self.cache.put_many(values)

    def result(self, module, value):
        return Known.unpack(value).module(*self.identity(module))

    def identity(self, module):
        name = text(module.path[-1:]) or self.root_name
        tree = self.reader.tree_id(module.key)
        return name, text(module.path), tree, text(module.folder)

    def find_reencoding(self, roots, outside):
        """.gitattributes with an encoding, outside modules and above the roots."""
        found = [(p, entry) for p, entry in outside if p[-1] == ATTRIBUTES]
        for path, _key in roots:
            for length in range(len(path)):
                folder = self.tree.find(path[:length])
                if entry := self.tree.children(folder.key).get(ATTRIBUTES):
                    found.append(((*path[:length], ATTRIBUTES), entry))
        return {
            (text(path), entry.key)
            for path, entry in found
            if is_reencoding(self.reader, entry)
        }

    def outside(self, path, entry):
        extension = extension_of(path[-1])
        if extension in self.rules.extensions and entry.kind == "file":
            blob = self.reader.blob_id(entry.key)
            return FileCount(text(path), extension, 0, 0, blob, excluded=True)


def _fill(row, key, results):
    if key is None:
        return row
    code, total = results[row.blob, row.extension][:2]
    if code == -1:
        return row._replace(error=total)
    return row._replace(code=code, total=total)


def _find_dense(draft, results):
    """(path, why, lines) of files that have more code than lines, or may have."""
    for row, key in chain(draft.rows, draft.tables):
        if key is not None:
            code, _total, *found = results[row.blob, row.extension]
            if found:
                yield (row.path, *found)
            elif code == -1 and row.extension == TABLE:
                yield row.path, "unread", 0


def text(path) -> str:
    """A path of byte strings for people and storage."""
    return printable(b"/".join(path))


class Draft:
    """A module whose files are known but not yet counted."""

    def __init__(self, module, reader, tree, extensions):
        self.module = module
        self.reader = reader
        self.tree = tree
        self.extensions = extensions
        self.manifest = Manifest()
        self.error = ""  # why nothing in the module counts
        self.rows = []  # of (FileCount, key of the content to count or None)
        self.tables = []  # the same of data tables
        self.gone = None  # of a module that is compared: paths that no longer hold
        self.has_links = False
        self.reencoded = []  # of (path, id) of such .gitattributes in it
        self.self_contained = True  # no link leads elsewhere

    def manifest_key(self):
        """The content of the manifest as ``open`` finds it, or None."""
        for path, entry in self.module.files:
            if path == (MANIFEST,):
                kind, key = self._follow(path, entry)
                return key if kind == "file" else None
        # Without one that can be opened, odoo cloc excludes nothing at all.
        return None

    def use_manifest(self, answer):
        """:param answer: of worker.py"""
        if isinstance(answer, dict):
            self.manifest = Manifest(**answer)
        else:
            self.error = f"{MANIFEST.decode()}: {answer[1]}"

    def use_changes(self, changes) -> bool:
        """Take over what was counted of an earlier content; False if all of it has to
        be looked at again."""
        base = self.module.base
        if changes is None or base.head["has_links"] or "" in base.head["errors"]:
            return False
        for path, *entries in changes:
            kinds = {entry.kind for entry in entries if entry}
            if kinds != {"file"} or path[-1] == ATTRIBUTES:
                return False
            if len(path) == 1 and path[0] in MANIFESTS:
                return False
        self.manifest = base.manifest()
        self.gone = {text(path) for path, was, _now in changes if was}
        self.module.files = [(path, now) for path, _was, now in changes if now]
        return True

    def pack(self, name, files, dense) -> str:
        """The module's result, with the FileCounts of ``rows`` as counted.

        :param dense: of (path, why, lines), see result.ModuleCount
        """
        if self.gone is not None:
            return repack(self.module.base, name, self.gone, files, dense)
        submodules = [(text(path), key) for path, key in self.module.submodules]
        return pack(
            name,
            files,
            self.error,
            self.manifest,
            submodules,
            self.has_links,
            self.reencoded,
            dense,
        )

    def list_files(self, check_time):
        excludes = Excludes(())
        try:
            excludes = Excludes(self.manifest.exclude)
        except BadPattern as error:
            # odoo cloc stops at such a pattern; nobody knows what was meant.
            self.error = f"Pattern to exclude: {error} (odoo cloc stops here)"
        for path, entry in self.module.files:
            extension = extension_of(path[-1])
            if path[-1] == ATTRIBUTES and is_reencoding(self.reader, entry):
                self.reencoded.append((text(path), entry.key))
            if extension in self.extensions:
                # A thousand patterns for a thousand folders take their time.
                check_time()
                self.rows.extend(self._list_file(excludes, path, entry, extension))
            elif extension == TABLE and path[-1] != _PLAIN_TABLE:
                check_time()
                self.tables += [
                    (row, key)
                    for row, key in self._list_file(excludes, path, entry, extension)
                    if key is not None
                ]
        # No longer needed, and many
        self.module.files = []

    def _list_file(self, excludes, path, entry, extension):
        name = decode(b"/".join(path))
        row = (shown(name), extension, 0, 0)
        kind, key = entry.kind, entry.key
        if excludes.match(name, exists=kind != "link"):
            # For a link: left out wherever it leads, so it need not be followed.
            self.has_links = self.has_links or kind == "link"
            blob = self.reader.blob_id(key) if kind == "file" else ""
            yield FileCount(*row, blob, excluded=True), None
            return
        excluded = False
        if kind == "link":
            kind, key = self._follow(path, entry)
            excluded = kind == "file" and excludes.match(name)
        if kind == "file":
            blob = self.reader.blob_id(key)
            yield (
                FileCount(*row, blob, excluded),
                (None if excluded or self.error else key),
            )
        elif kind in _LINK_ERRORS:
            yield FileCount(*row, "", error=_LINK_ERRORS[kind]), None

    def _follow(self, path, entry):
        """Return (kind, key) of what a name leads to."""
        if entry.kind != "link":
            return entry.kind, entry.key
        self.has_links = True
        home = self.module.folder
        place = self.tree.find(path[-1:], (*home, *path[:-1]))
        if place.path[: len(home)] != home or place.kind in (MISSING, OUTSIDE):
            # What it leads to is no part of the module's own tree.
            self.self_contained = False
        return place.kind, place.key


def is_reencoding(reader, entry):
    """Whether a .gitattributes makes git write files in another encoding than they are
    stored in. Then ``odoo cloc``, which sees a checkout, may count other lines."""
    return entry.kind == "file" and b"working-tree-encoding" in reader.start_of(
        entry.key
    )
