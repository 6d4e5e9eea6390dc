# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How git is started: without a shell, a user's settings, hooks or questions."""

import os
import shutil

from ..errors import CounterUnavailable

# What a git process may know of ours. Notably absent: HOME (.netrc, .gitconfig),
# database settings, GIT_* of a surrounding repository.
_PASSED_ON = (
    "PATH",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
)

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "protocol.version": "2",
    # A redirect would take our credentials, or the request, to another host.
    "http.followRedirects": "false",
    # Whatever a repository's own settings say: nothing goes to a server that cannot
    # prove who it is.
    "http.sslVerify": "true",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "transfer.bundleURI": "false",
    "fetch.fsckObjects": "true",
    # Harmless blemishes of old, honest repositories; nothing is ever checked out.
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.fsck.badTimezone": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.missingSpaceBeforeEmail": "ignore",
    "fetch.fsck.missingEmail": "ignore",
    "fetch.fsck.missingNameBeforeEmail": "ignore",
    # Submodules are not fetched, whatever is said about them.
    "fetch.fsck.gitmodulesUrl": "ignore",
    "fetch.fsck.gitmodulesName": "ignore",
    "fetch.fsck.gitmodulesPath": "ignore",
    "fetch.fsck.gitmodulesUpdate": "ignore",
    # A path that leads upwards is refused, not only frowned upon.
    "fetch.fsck.hasDot": "error",
    "fetch.fsck.hasDotdot": "error",
    "fetch.fsck.fullPathname": "error",
    "fetch.fsck.emptyName": "error",
    # Memory: large files are streamed, packs mapped in small windows.
    "core.bigFileThreshold": "32m",
    "core.packedGitWindowSize": "1m",
    "core.packedGitLimit": "32m",
    "core.deltaBaseCacheLimit": "16m",
    "pack.threads": "1",
    # Keep what comes as one pack; unpacking it would need more memory and files.
    "fetch.unpackLimit": "1",
}


def git_environment(home: str, settings=None, **extra) -> dict:
    """The whole environment of a git process.

    Settings travel in the environment: unlike arguments, other users of the machine
    cannot see it.
    """
    env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    env.update(
        HOME=home,
        LC_ALL="C",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_ATTR_NOSYSTEM="1",
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="true",
        SSH_ASKPASS="true",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_NO_LAZY_FETCH="1",
        GIT_OPTIONAL_LOCKS="0",
        GIT_ALLOW_PROTOCOL="file:http:https:ssh",
    )
    env.update(extra)
    settings = {**_SETTINGS, **(settings or {})}
    env["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (name, value) in enumerate(settings.items()):
        env[f"GIT_CONFIG_KEY_{number}"] = name
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def git_command(*arguments: str) -> list:
    git = shutil.which("git")
    if not git:
        raise CounterUnavailable("git is not installed on this server.")
    return [git, *arguments]
