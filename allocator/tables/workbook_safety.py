"""Is a workbook safe to open: told from its first bytes and its zip directory, before any parser sees it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from posixpath import join, normpath

# A workbook that unpacks to more than this, and by more than this factor, is made to exhaust memory.
UNPACKED_BYTES = 50_000_000
UNPACKED_RATIO = 100
# No honest workbook is larger unpacked than this, nor has so many parts.
MOST_BYTES = 4_000_000_000
MOST_PARTS = 2_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENTITY = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PACKAGE_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"

Refuse = Callable[[str, str, str], None]


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook.

    Parameters
    ----------
    name : str
        As its tab shows it.
    hidden : bool
        Whether the tab is hidden.
    xml : bytes
        The sheet's own part.
    """

    name: str
    hidden: bool
    xml: bytes


def open_parts(data: bytes, refuse: Refuse) -> list[SheetPart] | None:
    """Unpack a workbook's sheets, or say why it is refused.

    Parameters
    ----------
    data : bytes
        The file.
    refuse : callable
        Called with code, rule and mend.

    Returns
    -------
    list of SheetPart or None
        In the order of the tabs; None where the file was refused.
    """
    if not _is_workbook(data, refuse):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if not _is_small(archive, len(data), refuse) or not _is_plain(archive, refuse):
                return None
            return _sheets(archive, refuse)
    # Whatever a spoilt archive makes the library raise, the answer is the same.
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        LookupError,
        RuntimeError,
        ArithmeticError,
    ):
        refuse("file_form", "is damaged", "open it in Excel, save it again and retry")
    except (ET.ParseError, MemoryError, RecursionError, TypeError):
        refuse("file_form", "is damaged", "open it in Excel, save it again and retry")
    return None


def _is_workbook(data: bytes, refuse: Refuse) -> bool:
    if not data:
        refuse("file_empty", "is empty", "was the export finished?")
    elif data.startswith(_OLE) and _ENCRYPTED in data:
        refuse("workbook_password", "is protected by a password", "save it without one")
    elif data.startswith(_OLE):
        refuse("workbook_kind", "is an old .xls workbook", "save it as .xlsx or as CSV")
    elif not data.startswith(b"PK\x03\x04"):
        refuse("file_kind", "is no Excel workbook", "save it as .xlsx; text files end in .csv")
    else:
        return True
    return False


def _is_small(archive: zipfile.ZipFile, packed: int, refuse: Refuse) -> bool:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    bomb = unpacked > UNPACKED_BYTES and unpacked > UNPACKED_RATIO * packed
    if len(parts) > MOST_PARTS or unpacked > MOST_BYTES or bomb:
        rule = f"unpacks to {unpacked:,} bytes in {len(parts):,} parts from {packed:,}"
        refuse("workbook_bomb", rule, "make it again from a clean workbook, or use CSV")
        return False
    if len({part.filename for part in parts}) < len(parts):
        refuse("file_form", "holds two parts of one name", "open it in Excel and save it again")
        return False
    if any(part.flag_bits & 1 for part in parts):
        refuse("workbook_password", "is protected by a password", "save it without one")
        return False
    return True


def _is_plain(archive: zipfile.ZipFile, refuse: Refuse) -> bool:
    names = archive.namelist()
    if "xl/workbook.bin" in names:
        refuse("workbook_kind", "is an .xlsb workbook", "save it as .xlsx or as CSV")
    elif any(name.casefold().endswith("vbaproject.bin") for name in names):
        refuse("workbook_kind", "holds macros", "save it as .xlsx, without macros")
    elif "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
        refuse("workbook_kind", "is an .ods workbook", "save it as .xlsx or as CSV")
    elif "xl/workbook.xml" not in names:
        refuse("file_kind", "is a zip archive, but no Excel workbook", "save it as .xlsx")
    else:
        return True
    return False


def _sheets(archive: zipfile.ZipFile, refuse: Refuse) -> list[SheetPart] | None:
    """Read the parts once: that counts their bytes, checks their sums and looks for entities."""
    texts: dict[str, bytes] = {}
    for part in archive.infolist():
        content = archive.read(part)
        if not part.filename.casefold().endswith((".xml", ".rels")):
            continue
        encoding = _ENCODING.search(content[:200])
        utf8 = encoding is None or encoding[1].lower() in (b"utf-8", b"us-ascii")
        if content.startswith((b"\xff\xfe", b"\xfe\xff")) or not utf8:
            refuse("workbook_xml", f"holds {part.filename} in another encoding than UTF-8", "save it again")
            return None
        if _ENTITY.search(content) is not None:
            refuse(
                "workbook_xml", f"declares entities in {part.filename}", "make it again from a clean workbook"
            )
            return None
        texts[part.filename] = content
    paths = _paths(texts)
    found = []
    for sheet in ET.fromstring(texts["xl/workbook.xml"]).iter(f"{_MAIN}sheet"):
        path = paths.get(sheet.get(f"{_REL}id", ""), "")
        hidden = sheet.get("state", "visible") != "visible"
        found.append(SheetPart(sheet.get("name", ""), hidden, texts.get(path, b"")))
    return found


def _paths(texts: dict[str, bytes]) -> dict[str, str]:
    """Return the part that each relation of the workbook leads to."""
    found = {}
    root = ET.fromstring(texts["xl/_rels/workbook.xml.rels"])
    for relation in root.iter(f"{_PACKAGE_REL}Relationship"):
        target = relation.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        found[relation.get("Id", "")] = path
    return found
