# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Every add-on that is here, of Odoo Community and of OCA, counts as with `odoo cloc`.

What the command says of Community takes it half a minute and never changes for one
version of Odoo: it is kept in the environment's folder, by the rules and the content.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cloc
import pytest
import reference
from repositories import Repository

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tooling import bench_count, paths  # noqa: E402


def modules_of(folder):
    return sorted(
        path for path in Path(folder).iterdir() if (path / "__manifest__.py").is_file()
    )


def figures(count):
    """{module: (code, total)}, {file: (code, total)}, {file: error}, in one value."""
    modules = {m.name: [m.code, m.total] for m in count.modules}
    files, errors = {}, {}
    for module in count.modules:
        for file in module.files:
            path = f"{module.path}/{file.path}"
            if file.error:
                errors[path] = file.error
            elif not file.excluded:
                files[path] = [file.code, file.total]
    return {"modules": modules, "files": files, "errors": errors}


def reference_figures(folder):
    """The same from the real command, run on a checkout."""
    modules, files, errors = reference.odoo_cloc(modules_of(folder))
    modules.pop("")
    return {
        "modules": {name: list(pair) for name, pair in modules.items()},
        "files": {os.path.relpath(p, folder): list(f) for p, f in files.items()},
        "errors": {os.path.relpath(p, folder): e for p, e in errors.items()},
    }


def check_equal(ours, theirs, at_least):
    for kind in ("modules", "errors", "files"):
        differing = {
            name: (ours[kind].get(name), theirs[kind].get(name))
            for name in ours[kind].keys() | theirs[kind].keys()
            if ours[kind].get(name) != theirs[kind].get(name)
        }
        assert not differing, dict(list(differing.items())[:5])
    assert len(ours["modules"]) >= at_least


def test_every_addon_of_community_counts_as_with_odoo_cloc(tmp_path):
    tree = bench_count.prepare()
    head = bench_count.git(tree, "rev-parse", "main^{tree}").strip()
    ours = figures(cloc.count_revision(str(tree), "main"))
    kept = bench_count.FOLDER / f"reference-{head}.json"
    known = json.loads(kept.read_text()) if kept.exists() else {}
    if known.get("rules") != cloc.ruleset():
        # Not in the tree itself: a bench may have checked out something else there.
        folder = tmp_path / "community"
        folder.mkdir()
        archive = subprocess.Popen(
            ["git", "-C", tree, "archive", "main"], stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x"], cwd=folder, stdin=archive.stdout, check=True)
        assert archive.wait() == 0
        known = {"rules": cloc.ruleset(), "figures": reference_figures(folder)}
        shutil.rmtree(folder)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(known))
        draft.replace(kept)
    check_equal(ours, known["figures"], 600)
    assert sum(code for code, _total in ours["modules"].values()) > 1_000_000


@pytest.fixture
def oca(tmp_path):
    """All add-ons that were installed as packages, in a Git repository."""
    repository = Repository(tmp_path / "oca")
    for addons in paths.VENV.glob("lib/python3*/site-packages/odoo/addons"):
        for module in modules_of(addons):
            ignore = shutil.ignore_patterns("__pycache__")
            target = os.path.join(repository.path, module.name)
            shutil.copytree(module, target, ignore=ignore)
    repository.commit()
    return repository


def test_every_addon_of_oca_counts_as_with_odoo_cloc(oca, tmp_path):
    revision = cloc.fetch(cloc.Source(oca.url), str(tmp_path / "cache"))
    ours = figures(cloc.count_revision(revision.repo_path, revision.commit))
    # All that requirements.txt names, and none left out.
    names = re.findall(
        r"^odoo-addon-([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )
    assert ours["modules"].keys() == {name.replace("-", "_") for name in names}
    check_equal(ours, reference_figures(oca.path), 20)
