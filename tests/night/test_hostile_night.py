# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A hostile customer and an honest one are counted by the same scheduled action."""

import json
import os
import subprocess
import time
import zlib
from pathlib import Path

import cloc
import pytest
from repositories import Repository
from test_hostile import write_zeros

LINES = "".join(f"line_{number} = {number}\n" for number in range(40))

PREPARE = """
from datetime import date
terms = env.ref("support_contract.terms_default")
if terms.state == "draft":
    terms.action_publish()
kind = env["support.service.type"].search([("code", "=", "maintenance")])
for customer, urls in {customers!r}.items():
    contract = env["support.contract"].create({{
        "partner_id": env["res.partner"].create({{"name": customer}}).id,
        "terms_id": terms.id,
        "date_signed": date(2026, 8, 20),
        "billed_through": date(2026, 8, 31),
        "service_ids": [(0, 0, {{"type_id": kind.id, "date_start": date(2026, 9, 1)}})],
        "instance_ids": [
            (0, 0, {{
                "name": name,
                "source_ids": [(0, 0, {{"url": url, "branch": "main"}})],
            }})
            for name, url in urls.items()
        ],
    }})
    contract.action_activate()
# What no form lets in, as if somebody had written it into the table.
planted = {planted!r}
for name, (column, value) in planted.items():
    env.flush_all()
    env.cr.execute(
        f"UPDATE support_source SET {{column}} = %s WHERE instance_id IN "
        "(SELECT id FROM support_instance WHERE name = %s)",
        [value, name],
    )
env.cr.commit()
"""

RUN = """
import json
env.ref("support_instance.ir_cron_count").method_direct_trigger()
env.cr.commit()
instances = env["support.instance"].search([("contract_id", "!=", False)])
print("RESULT", json.dumps({
    i.name: {
        "lines": i.code_lines,
        "states": i.count_ids.mapped("state"),
        "counted": sum(i.count_ids.mapped("code_lines")),
        "digest": i.count_ids[:1].content_digest or "",
        "error": i.count_error or "",
        "modules": {m.name: m.code_lines for m in i.count_ids[:1].module_ids},
    }
    for i in instances
}))
"""


def traps(folder, mark):
    """Everything at once that a work tree can hold."""
    repository = Repository(folder)
    shared = {"a_py": LINES}
    repository.module("acme", **shared)  # the same files as the honest customer's
    repository.module(
        "bad",
        f"{{'name': __import__('os').system('touch {mark}')}}",
        evil_py=f"__import__('os').system('touch {mark}')\n",
        nested_py="(" * 10_000 + ")" * 10_000 + "\n",
        blow_up_js=("'" + "\\'" * 45_000 + "\n") * 20,
        line_css="x" * 10_000_000,
        nul_py=b"a = 1\0\n",
        pointer_py="version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
        Case_py="a = 1\n",
        case_py="a = 1\n",
    )
    for name in (b"new\nline.py", b"\xff\xfe.py", b"--upload-pack=x.py", b"\x1b[2J.py"):
        repository.write(b"bad/" + name, "a = 1\n")
    repository.link("bad/passwd.py", "/etc/passwd")
    repository.link("bad/root", "/")
    repository.link("bad/loop.py", "loop.py")
    repository.write(
        ".gitmodules",
        f'[submodule "x"]\n\tpath = bad/x\n\turl = ext::sh -c "touch {mark}"\n',
    )
    repository.write(".gitattributes", "* filter=x diff=x\n")
    repository.commit()
    commit = repository.git("rev-parse", "HEAD")
    cacheinfo = f"160000,{commit},bad/x"
    repository.git("update-index", "--add", "--cacheinfo", cacheinfo)
    huge = write_zeros(repository, 2**30)
    repository.git("update-index", "--add", "--cacheinfo", f"100644,{huge},bad/huge.py")
    repository.git("commit", "-q", "-m", "Submodule and a gigabyte")
    hook = Path(repository.path, ".git", "hooks", "post-checkout")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
    hook.chmod(0o755)
    return repository


def liar(folder):
    """Other content under the id of the file that the honest customer has."""
    repository = Repository(folder)
    repository.module("acme", a_py=LINES)
    repository.commit()
    oid = repository.git("rev-parse", "HEAD:acme/a.py")
    path = Path(repository.path, ".git", "objects", oid[:2], oid[2:])
    path.unlink()
    path.write_bytes(zlib.compress(b"blob 6\0a = 1\n"))
    return repository


def explosion(folder):
    """Ten levels of a hundred names for the same folder: 10^20 files in 2 kB."""
    repository = Repository(folder)
    tree = repository.tree([("100644", b"a.py", repository.blob(b"a = 1\n"))])
    for _level in range(10):
        names = (b"%02d" % number for number in range(100))
        tree = repository.tree([("40000", name, tree) for name in names])
    repository.commit_tree(tree)
    return repository


def many(folder):
    """A hundred thousand files."""
    repository = Repository(folder)
    blob, manifest = repository.blob(b"a = 1\n"), repository.blob(b"{}")
    files = [("100644", b"%05d.py" % number, blob) for number in range(1000)]
    folders = [("40000", b"f%02d" % n, repository.tree(files)) for n in range(100)]
    entries = [("100644", b"__manifest__.py", manifest), *folders]
    module = repository.tree(entries)
    repository.commit_tree(repository.tree([("40000", b"many", module)]))
    return repository


def outside(names):
    """A repository whose tree names places outside of it."""

    def make(folder):
        repository = Repository(folder)
        blob = repository.blob(LINES.encode())
        entries = [("100644", name, blob) for name in names]
        module = repository.tree([*entries, ("100644", b"__manifest__.py", blob)])
        repository.commit_tree(repository.tree([("40000", b"bad", module)]))
        return repository

    return make


def files_below(folder, but):
    return {
        path: os.lstat(path).st_mtime_ns
        for where, _folders, names in os.walk(folder)
        for path in (os.path.join(where, name) for name in names)
        if not path.startswith(str(but))
    }


@pytest.fixture
def honest(tmp_path):
    repository = Repository(tmp_path / "srv" / "honest")
    repository.module("acme", a_py=LINES)
    repository.module("acme_sale", models__b_py="b = 1\n" * 7)
    repository.commit()
    return repository


def test_a_hostile_customer_changes_nothing_for_another(
    database, odoo_shell, odoo_env, honest, tmp_path
):
    mark, data = tmp_path / "mark", tmp_path / "data"
    srv = tmp_path / "srv"
    hostile = {
        "traps": traps(srv / "traps", mark),
        "liar": liar(srv / "liar"),
        "explosion": explosion(srv / "explosion"),
        "many": many(srv / "many"),
        "outside": outside([b"../../x.py"])(srv / "outside"),
        "planted transport": honest,
        "planted option": honest,
        "planted branch": honest,
    }
    planted = {
        "planted transport": ("url", f"ext::sh -c touch% {mark}"),
        "planted option": ("url", f"--upload-pack=touch {mark}"),
        "planted branch": ("branch", f"--upload-pack=touch {mark}"),
    }
    customers = {
        "Hostile AB": {name: made.url for name, made in hostile.items()},
        "Honest AB": {"honest": honest.url},
        # Begun last, so that everything hostile is at work before.
        "Same code AB": {"same": honest.url},
    }
    alone = cloc.count_revision(honest.path, "main")
    name = database("support_instance")
    folder = f"--data-dir={data}"
    odoo_shell(name, PREPARE.format(customers=customers, planted=planted), folder)
    before = files_below(tmp_path, data)

    started = time.monotonic()
    # Time enough for a machine that is busy; one file may take its whole minute.
    patience = "--limit-time-real-cron=900"
    printed = odoo_shell(name, RUN, folder, patience).splitlines()
    took = time.monotonic() - started
    result = json.loads(next(ln for ln in printed if ln.startswith("RESULT"))[7:])

    for good in ("honest", "same"):
        assert result[good] == {
            "lines": 47,
            "states": ["approved"],
            "counted": 47,
            "digest": result["honest"]["digest"],
            "error": "",
            "modules": {"acme": 40, "acme_sale": 7},
        }
    assert alone.code == 47

    # Of the hostile ones, what can be counted is, and waits; the rest says why not.
    assert result["traps"]["states"] == ["to_review"], result["traps"]["error"]
    assert result["traps"]["modules"]["acme"] == 40
    assert result["traps"]["lines"] == 0  # nothing of it is billed yet
    assert result["many"]["counted"] == 100_000
    for refused in hostile.keys() - {"traps", "many"}:
        assert result[refused]["error"], refused
        assert not result[refused]["states"], refused

    # Nothing was executed, nothing written elsewhere, and nobody is left at work.
    assert not mark.exists()
    assert files_below(tmp_path, data) == before
    size = sum(f.stat().st_size for f in data.rglob("*") if f.is_file())
    assert size < 200 * 2**20, "a gigabyte was unpacked"
    done = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True)
    assert str(data) not in done.stdout and str(srv) not in done.stdout
    assert took < 600
