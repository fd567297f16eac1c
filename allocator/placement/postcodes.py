"""The policy's table of postcodes: postcode, lat, lon."""

from __future__ import annotations

from pathlib import Path

from allocator.placement.location import PostcodeTable
from allocator.placement.policy_file import POLICY_FILE
from allocator.placement.round import InputFile
from allocator.tables.csv_reader import read_csv
from allocator.tables.findings import Findings
from allocator.tables.parquet_reader import read_parquet
from allocator.tables.toml_lines import key_lines, line_of

_COLUMNS = ("postcode", "lat", "lon")
_ENDINGS = (".csv", ".csv.gz", ".parquet")


def read_postcodes(
    folder: Path, name: str, findings: Findings
) -> tuple[PostcodeTable | None, InputFile | None]:
    """Read the file that ``[travel] postcodes`` names.

    Parameters
    ----------
    folder : Path
        The round's folder; `name` is relative to it.
    name : str
        As the policy writes it; CSV, gzipped CSV or Parquet.
    """
    path = folder / name
    if not name.endswith(_ENDINGS) or not path.is_file():
        rule = "is no file there" if name.endswith(_ENDINGS) else f"must end in {' or '.join(_ENDINGS)}"
        mend = "name a table with the columns postcode, lat and lon"
        findings.add(
            POLICY_FILE,
            "postcode_table",
            rule,
            mend,
            row=_line(folder),
            column="travel.postcodes",
            value=name,
        )
        return None, None
    read = read_parquet if name.endswith(".parquet") else read_csv
    raw = read(path, "postcodes", name)
    findings.extend(raw.findings)
    file = InputFile(name, raw.sha256)
    missing = [column for column in _COLUMNS if column not in raw.columns]
    if not raw.readable:
        return None, file
    for column in missing:
        findings.add(name, "column_missing", "the column is missing", "add it", row=1, column=column)
    return (None, file) if missing else (PostcodeTable(raw), file)


def _line(folder: Path) -> int | None:
    text = (folder / POLICY_FILE).read_text(encoding="utf-8-sig")
    return line_of("travel.postcodes", key_lines(text))
