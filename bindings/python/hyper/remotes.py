# SPDX-License-Identifier: MIT
"""Servers that have names: hyper.open("remote:NAME") opens one.

They belong to the user, and are kept with what it takes to reach them below
$XDG_CONFIG_HOME/hyper/remotes, or ~/.config/hyper/remotes.
"""
from typing import List, Optional

from ._core import as_text, call, heard, taken, utf8
from ._native import ffi, lib
from .records import Remote

__all__ = ["add", "certificate_fingerprint", "fingerprint", "list", "remove",
           "use"]


def add(name: str, uri: str, *, token: Optional[str] = None,
        client_cert: Optional[str] = None) -> None:
    """Give a server a name. It is not asked.

    uri          of a hyperd; with "#" and its fingerprint behind, that key is
                 trusted and no other
    token        what it wants to have: sent to it only, and never told again
    client_cert  the absolute path of a PEM file with the certificate that we
                 show, and its key
    """
    call(lib.hyper_remote_add, utf8(name, "name"), utf8(uri, "uri"),
         utf8(token, "token"), utf8(client_cert, "client_cert"), 0)


def list() -> List[Remote]:
    """All that have a name, by name."""
    out = ffi.new("hyper_remotes **")
    call(lib.hyper_remote_list, 0, out)
    return [Remote._of(remote) for remote in
            taken(lib.hyper_remotes_to_json, out, lib.hyper_remotes_free)]


def use(name: str) -> None:
    """Choose what "remote:" means, which is what hyperctl opens when it is
    told nothing else; "local": this machine."""
    call(lib.hyper_remote_use, utf8(name, "name"), 0)


def remove(name: str) -> None:
    """Forget one, with its token; not the one in use (StateError)."""
    call(lib.hyper_remote_remove, utf8(name, "name"), 0)


def fingerprint(uri: str) -> Optional[str]:
    """Ask an https server for the fingerprint of its certificate, for its
    user to compare; None: an authority that is trusted anyway vouches for
    it."""
    return heard(lambda: as_text(lib.hyper_remote_fingerprint,
                                 utf8(uri, "uri")))


def certificate_fingerprint(pem: str) -> str:
    """The fingerprint of the first certificate in a text."""
    return as_text(lib.hyper_certificate_fingerprint, utf8(pem, "pem")) or ""
