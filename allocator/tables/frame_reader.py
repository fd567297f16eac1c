"""A pandas frame as a raw table: judged by the same rules as a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from allocator.tables.arrow_text import as_text, cell_text
from allocator.tables.findings import Findings
from allocator.tables.raw import RawTable, tidy


def read_frame(frame: pd.DataFrame, name: str) -> RawTable:
    """Turn a frame's cells into text; what pandas calls missing is blank.

    Parameters
    ----------
    frame : DataFrame
        The index is not read; row 2 is the first row, as if a header stood above.
    name : str
        Which table it is; faults name it as the file.
    """
    findings = Findings()
    columns = []
    headers = [str(header) for header in frame.columns]
    for position, header in enumerate(headers):
        series = frame.iloc[:, position]
        try:
            array = pa.Array.from_pandas(series)
        except (pa.ArrowException, TypeError, ValueError):
            # A column of mixed values, ids read as numbers beside text, say.
            array = pa.array(
                ["" if pd.isna(value) else cell_text(value) for value in series], type=pa.string()
            )
        chunked = array if isinstance(array, pa.ChunkedArray) else pa.chunked_array([array])
        columns.append(as_text(chunked, header, name, findings))
    rows = np.arange(2, len(frame) + 2, dtype=np.int64)
    return tidy(name, name, "", headers, columns, rows, findings)
