# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/bench count: line counts from Git beside `odoo cloc` on a checkout.

All add-ons of Odoo Community are put into a Git repository. `odoo cloc` counts them on
its work tree with one `-p` per module, we count them from the repository; the figures
of every module must be equal. Both are repeated in turns and the best time of each is
taken, so that what else the machine does weighs on neither.

- cold: nothing is known yet; from the start of the process to the result
- unchanged, one_percent: the same again, and with 1 % of the files changed, in a
  process that runs already, as in the scheduled action
- peak_mb: memory of all our processes together while counting cold (the limit is for
  the value)
"""

import argparse
import json
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from . import manifests, odoo, odoo_home, paths, setup
from .bench import figure, progress
from .console import Failure

FOLDER = paths.BUILD / "bench"
OURS = Path(__file__).with_name("timed_count.py")
IDENTITY = ("-c", "user.name=Bench", "-c", "user.email=bench@example.com")
# How a line is added to a file of each kind.
LINES = {
    ".py": "added = 1\n",
    ".js": "let added;\n",
    ".xml": "<!-- added -->\n",
    ".css": "a {}\n",
    ".scss": "a {}\n",
}


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/bench count",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--repeat", type=int, default=3, help="rounds (default: 3)")
    options = parser.parse_args(arguments)
    setup.ensure()
    tree = prepare()
    git(tree, "checkout", "-q", "--force", "main")
    reference, ours = [], []
    for number in range(1, options.repeat + 1):
        progress(f"Round {number} of {options.repeat}: odoo cloc ...")
        reference.append(run_odoo_cloc(tree))
        progress(f"  {reference[-1]['seconds']:.2f} s. Ours ...")
        ours.append(run_ours(tree))
        progress(
            "  {cold:.2f} s, {unchanged:.4f} s, {one_percent:.4f} s".format_map(
                ours[-1]
            )
        )
    compare(reference[0]["modules"], ours[0]["modules"], "main")
    progress("odoo cloc with 1 % of the files changed, to compare ...")
    git(tree, "checkout", "-q", "--force", "changed")
    compare(run_odoo_cloc(tree)["modules"], ours[0]["changed_modules"], "changed")
    git(tree, "checkout", "-q", "--force", "main")
    progress(
        f"{len(ours[0]['modules'])} modules, {ours[0]['files']} files counted, all "
        f"equal to odoo cloc; {ours[0]['changed_files']} files changed"
    )

    def best(runs, key):
        return min(run[key] for run in runs)

    seconds = best(reference, "seconds")
    peak = max(run["peak"] for run in ours)
    within = [
        figure("cold", best(ours, "cold"), "s", seconds, 0.6),
        figure("unchanged", best(ours, "unchanged"), "s", seconds, 0.01),
        figure("one_percent", best(ours, "one_percent"), "s", seconds, 0.03),
        figure("peak_mb", peak, "MB", best(reference, "peak"), 300, limited="value"),
    ]
    return 0 if all(within) else 1


def prepare():
    """A repository with all Community add-ons and a branch with 1 % of them changed."""
    tree = FOLDER / "community"
    done = tree / ".git" / "bench-done"
    stamp = odoo_home.version()
    if done.exists() and done.read_text(encoding="utf-8") == stamp:
        return tree
    progress("Putting all Community add-ons into a Git repository ...")
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    for module in community_addons():
        # Links of the distribution's packages lead elsewhere: take what they mean.
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(module, tree / module.name, ignore=ignored)
    git(tree, "init", "-q", "-b", "main")
    git(tree, "add", "--all", "--force", ".")
    git(tree, *IDENTITY, "commit", "-q", "-m", "Community")
    git(tree, "checkout", "-q", "-b", "changed")
    names = git(tree, "ls-files", "-z").split("\0")
    code = [
        name
        for name in names
        if Path(name).suffix in LINES and "/static/lib/" not in name
    ]
    for name in code[::100]:
        with open(tree / name, "a", encoding="utf-8") as file:
            file.write("\n" + LINES[Path(name).suffix])
    git(tree, *IDENTITY, "commit", "-q", "-a", "-m", "One percent")
    git(tree, "checkout", "-q", "main")
    git(tree, "repack", "-q", "-a", "-d")
    done.write_text(stamp, encoding="utf-8")
    return tree


def community_addons():
    """The folders of Odoo's own add-ons; a clone has them in two places."""
    found = {}
    for place in odoo_home.addons():
        for manifest in place.glob("*/__manifest__.py"):
            found.setdefault(manifest.parent.name, manifest.parent)
    return [found[name] for name in sorted(found)]


def git(tree, *arguments):
    done = subprocess.run(
        ["git", "-C", tree, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failure(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout


def run_odoo_cloc(tree):
    """The command a customer would run, from its start to its end."""
    arguments = []
    for module in sorted(tree.iterdir()):
        if (module / "__manifest__.py").is_file():
            arguments += ["-p", str(module)]
    start, output, peak = run_watched(odoo.command("cloc", *arguments))
    modules = {}
    for line in output.splitlines():
        name, numbers = line[:-24].strip(), line[-24:].split()
        if name and len(numbers) == 3 and numbers[0].isdigit():
            modules[name] = [int(numbers[2]), int(numbers[0])]
    return {"seconds": time.monotonic() - start, "modules": modules, "peak": peak}


def run_ours(tree):
    """Ours in a fresh process with an empty cache; it tells when it had what."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        # From the standard input, or the modules beside the script would be found
        # before packages of the same name ("odoo").
        command = [paths.PYTHON, "-", tree, Path(folder) / "cache"]
        with open(OURS, "rb") as script:
            start, output, peak = run_watched(command, script)
    times = json.loads(output)
    times["cold"] -= start
    times["peak"] = peak
    return times


def run_watched(command, stdin=subprocess.DEVNULL):
    """Run; return (start, output, peak memory in MB of it and all it has started)."""
    env = odoo.environment()
    env["PYTHONPATH"] = str(manifests.counter())
    env["COLUMNS"] = "300"
    start = time.monotonic()
    # Not in a folder of add-ons, where "calendar" would hide Python's.
    process = subprocess.Popen(
        list(map(str, command)),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        cwd="/",
    )
    peak, over = [0.0], threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peak, over))
    watcher.start()
    output, errors = process.communicate()
    over.set()
    watcher.join()
    if process.returncode:
        raise Failure(f"Counting failed:\n{errors[-3000:]}")
    return start, output, peak[0]


def watch(pid, peak, over):
    while not over.wait(0.05):
        memory = sum(memory_of(each) for each in family(pid))
        peak[0] = max(peak[0], memory / 1024)


def family(pid):
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))


def memory_of(pid):
    """kB, pages shared between processes divided among them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def compare(reference, ours, what):
    differing = {
        name: (reference.get(name), ours.get(name))
        for name in reference.keys() | ours.keys()
        if reference.get(name) != ours.get(name)
    }
    if differing or not ours:
        raise Failure(
            f"On {what}, {len(differing)} of {len(reference)} modules differ from odoo "
            f"cloc (theirs, ours): {dict(list(differing.items())[:5])}"
        )
