"""A PDF that opens only with a password: AES-256, as every reader of today knows it (ISO 32000-2, revision 6)."""

import secrets
from io import BytesIO


def locked(pdf: bytes, password: str) -> bytes:
    """The PDF encrypted, its description too. Who has the password may do all with it: read it aloud, print it, have it translated."""
    import pikepdf

    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(out, encryption=pikepdf.Encryption(owner=secrets.token_urlsafe(24), user=password, R=6))
    return out.getvalue()
