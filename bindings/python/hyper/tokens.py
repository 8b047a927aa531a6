# SPDX-License-Identifier: MIT
"""Who may do what over HTTP."""
from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import List, Optional

from ._core import call, taken, utf8
from ._native import ffi, lib
from .collection import Collection
from .errors import InvalidError
from .records import Role, Token

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def _since_epoch(at: Optional[datetime]) -> int:
    """Milliseconds; 0: never."""
    if at is None:
        return 0
    if not isinstance(at, datetime):
        raise TypeError("expires_at must be a datetime, not "
                        f"{type(at).__name__}")
    if at.tzinfo is None:
        raise InvalidError(f"expires_at is {at}: it has no time zone",
                           field="expires_at")
    # 1970 is long ago, and not never: C refuses what is before it.
    return (at - _EPOCH) // timedelta(milliseconds=1) or -1


class Tokens(Collection):
    def add(self, name: str, role: Role, *,
            expires_at: Optional[datetime] = None) -> Token:
        """Make one. Its secret is told this once."""
        out = ffi.new("hyper_token **")
        with self._on() as conn:
            call(lib.hyper_token_add, conn, utf8(name, "name"),
                 lib.hyper_role_parse(utf8(role, "role")),
                 _since_epoch(expires_at), 0, out)
        return Token._of(taken(lib.hyper_token_to_json, out,
                               lib.hyper_token_free))

    def list(self) -> List[Token]:
        """All, also those that have expired; without their secrets."""
        out = ffi.new("hyper_tokens **")
        with self._handle as conn:
            call(lib.hyper_token_list, conn, 0, out)
        return [Token._of(token) for token in
                taken(lib.hyper_tokens_to_json, out, lib.hyper_tokens_free)]

    def remove(self, name: str) -> None:
        """Take one back: from the next request on nobody gets in with it."""
        with self._on() as conn:
            call(lib.hyper_token_remove, conn, utf8(name, "name"), 0)

    def check(self, secret: str) -> Token:
        """Whose secret is it? For servers; only on a state directory. One
        that is nobody's, or has expired, is AuthError."""
        out = ffi.new("hyper_token **")
        with self._handle as conn:
            call(lib.hyper_token_check, conn, utf8(secret, "secret"), 0, out)
        return Token._of(taken(lib.hyper_token_to_json, out,
                               lib.hyper_token_free))
