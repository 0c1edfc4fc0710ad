"""Whether a compressed body came whole: httpx hands on what it has of one that was cut."""

from __future__ import annotations

from typing import Any

import httpx


def require_whole(answer: httpx.Response) -> None:
    """To be called once the body of ``answer`` was read by ``aiter_bytes``.

    Raises ``httpx.DecodingError`` if its gzip, deflate or br data (RFC 9110 section 8.4) has no
    end, or goes on behind it; zstd is checked by httpx.
    """
    if not answer.num_bytes_downloaded:
        return
    decoder = answer._get_content_decoder()
    for one in getattr(decoder, "children", [decoder]):
        decompressor: Any = getattr(one, "decompressor", None)
        if decompressor is None:
            continue
        finished = getattr(decompressor, "is_finished", None)
        ended = finished() if finished else decompressor.eof and not decompressor.unused_data
        if not ended:
            raise httpx.DecodingError("the compressed data does not end where the body does")
