"""A Parquet file as a raw table: every cell as the text that CSV would hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from allocator.tables.arrow_text import as_text
from allocator.tables.findings import Findings
from allocator.tables.raw import RawTable, digest, read_bytes, refused, tidy


def read_parquet(path: Path, name: str, label: str | None = None) -> RawTable:
    """Read a Parquet file; row 2 is its first row, as if a header stood above.

    Parameters
    ----------
    path : Path
    name : str
        Which table it is.
    label : str, optional
        How faults name the file; its own name by default.
    """
    label = path.name if label is None else label
    findings = Findings()
    data = read_bytes(path, label, findings)
    if data is None:
        return refused(name, label, "", findings)
    sha256 = digest(data)
    if not data:
        findings.add(label, "file_empty", "is empty", "was the export finished?")
        return refused(name, label, sha256, findings)
    if not (data.startswith(b"PAR1") and data.endswith(b"PAR1")):
        findings.add(label, "file_kind", "is not a Parquet file", "write it again as Parquet")
        return refused(name, label, sha256, findings)
    try:
        table = parquet.read_table(pa.BufferReader(data), use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        findings.add(label, "file_form", f"cannot be read as Parquet ({error})", "write it again")
        return refused(name, label, sha256, findings)
    columns = []
    for header, column in zip(table.column_names, table.columns, strict=True):
        columns.append(as_text(column, header, label, findings))
    rows = np.arange(2, table.num_rows + 2, dtype=np.int64)
    return tidy(name, label, sha256, table.column_names, columns, rows, findings)
