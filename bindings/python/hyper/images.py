# SPDX-License-Identifier: MIT
"""Images: `h.images`."""
from __future__ import annotations

from typing import Any, List, Literal, Optional, overload

from ._core import call, taken, utf8
from ._native import ffi, lib
from .collection import Collection
from .records import Image, Operation


def _image() -> Any:
    return (Image, lib.hyper_image_to_json, ffi.new("hyper_image **"),
            lib.hyper_image_free)


class Images(Collection):
    """type is the driver's name; wait, dry_run and key are as with
    machines."""

    def list(self, type: Optional[str] = None) -> List[Image]:
        out = ffi.new("hyper_images **")
        with self._handle as conn:
            call(lib.hyper_image_list, conn, utf8(type, "type"), 0, out)
        return [Image._of(image) for image in
                taken(lib.hyper_images_to_json, out, lib.hyper_images_free)]

    def get(self, type: str, name: str) -> Image:
        out = ffi.new("hyper_image **")
        with self._handle as conn:
            call(lib.hyper_image_get, conn, utf8(type, "type"),
                 utf8(name, "name"), 0, out)
        return Image._of(taken(lib.hyper_image_to_json, out,
                               lib.hyper_image_free))

    @overload
    def pull(self, type: str, name: str, *,
             key: Optional[str] = None,
             wait: Literal[True] = True,
             dry_run: Literal[False] = False) -> Image: ...

    @overload
    def pull(self, type: str, name: str, *,
             key: Optional[str] = None,
             wait: Literal[False],
             dry_run: bool = False) -> Operation: ...

    @overload
    def pull(self, type: str, name: str, *,
             key: Optional[str] = None,
             wait: bool = True,
             dry_run: Literal[True]) -> Operation: ...

    def pull(self, type: str, name: str, *, key: Optional[str] = None,
             wait: bool = True, dry_run: bool = False) -> Any:
        """Fetch an image from a registry."""
        return self._change(lib.hyper_image_pull, utf8(type, "type"),
                            utf8(name, "name"), flags=0,
                            wait=wait, dry_run=dry_run, gives=_image, key=key)

    @overload
    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None,
                wait: Literal[True] = True,
                dry_run: Literal[False] = False) -> Image: ...

    @overload
    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None,
                wait: Literal[False],
                dry_run: bool = False) -> Operation: ...

    @overload
    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None,
                wait: bool = True,
                dry_run: Literal[True]) -> Operation: ...

    def import_(self, type: str, name: str, path: str, *,
                key: Optional[str] = None, wait: bool = True,
                dry_run: bool = False) -> Any:
        """Copy an image in from a file on the host of the driver."""
        return self._change(lib.hyper_image_import, utf8(type, "type"),
                            utf8(name, "name"), utf8(path, "path"), flags=0,
                            wait=wait, dry_run=dry_run, gives=_image, key=key)

    @overload
    def remove(self, type: str, name: str, *,
               key: Optional[str] = None,
               wait: Literal[True] = True,
               dry_run: Literal[False] = False) -> None: ...

    @overload
    def remove(self, type: str, name: str, *,
               key: Optional[str] = None,
               wait: Literal[False],
               dry_run: bool = False) -> Operation: ...

    @overload
    def remove(self, type: str, name: str, *,
               key: Optional[str] = None,
               wait: bool = True,
               dry_run: Literal[True]) -> Operation: ...

    def remove(self, type: str, name: str, *,
               key: Optional[str] = None, wait: bool = True,
               dry_run: bool = False) -> Any:
        """Refused with BusyError while machines use it."""
        return self._change(lib.hyper_image_remove, utf8(type, "type"),
                            utf8(name, "name"), flags=0,
                            wait=wait, dry_run=dry_run, gives=None, key=key)
