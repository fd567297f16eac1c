"""Where a row lies: by latitude and longitude, by British National Grid, or by postcode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from allocator.placement.models import LOCATION
from allocator.tables.kinds import CellError, as_bools
from allocator.tables.kinds_place import Degrees
from allocator.tables.raw import RawTable
from allocator.tables.table import Table

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
_LATITUDE = Degrees(49.0, 61.0, other=(-9.0, 2.5))
_LONGITUDE = Degrees(-9.0, 2.5, other=(49.0, 61.0))
_WAYS = {
    "lat and lon": ("lat", "lon"),
    "easting and northing": ("easting", "northing"),
    "postcode": ("postcode",),
}
# EPSG:27700 to WGS84 by the seven-parameter shift EPSG:1314, written out so that a machine with
# finer grid files gives the same figures as one without. Good to about 2 metres.
_GRID_TO_DEGREES = (
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 +ellps=airy "
    "+step +proj=push +v_3 "
    "+step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 +s=-20.489 "
    "+convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


@dataclass(frozen=True)
class PostcodeTable:
    """The policy's table of postcodes, looked into for the postcodes that are used.

    Parameters
    ----------
    raw : RawTable
        Columns postcode, lat, lon.
    """

    raw: RawTable

    def rows_of(self, postcodes: pa.Array) -> dict[str, list[int]]:
        """Return the positions of each postcode, keyed without its space.

        Parameters
        ----------
        postcodes : Arrow text
            Written as `Postcode` writes them.
        """
        plain = _plain(self.raw.columns["postcode"])
        where = np.flatnonzero(as_bools(pc.is_in(plain, value_set=_plain(postcodes))))
        rows: dict[str, list[int]] = {}
        for place, text in zip(where.tolist(), plain.take(pa.array(where)).to_pylist(), strict=True):
            rows.setdefault(text, []).append(place)
        return rows


def _plain(postcodes: pa.Array) -> pa.Array:
    return pc.utf8_upper(pc.replace_substring(postcodes, " ", ""))


def locate(table: Table, postcodes: PostcodeTable | None) -> tuple[Floats, Floats]:
    """Give every row one latitude and longitude, whichever way it is located.

    Parameters
    ----------
    table : Table
        children or schools, judged.
    postcodes : PostcodeTable or None
        None where the policy names none.

    Returns
    -------
    lat, lon : float64, shape (n_rows,)
        Degrees WGS84; NaN where a fault was noted.
    """
    lat, lon = table.values["lat"].copy(), table.values["lon"].copy()
    if table.raw.readable and not any(table.has(column) for column in LOCATION):
        mend = "add lat and lon, or easting and northing, or postcode"
        table.findings.add(
            table.label, "column_missing", "the columns of a location are missing", mend, row=1, column="lat"
        )
        return lat, lon
    ways = _one_way(table)
    grid = np.flatnonzero(ways["easting and northing"])
    if len(grid):
        _from_grid(table, grid, lat, lon)
    _from_postcodes(table, np.flatnonzero(ways["postcode"]), postcodes, lat, lon)
    return lat, lon


def _one_way(table: Table) -> dict[str, Bools]:
    """Return, a way, the rows that are whole in it and keep its rules; fault every other row."""
    begun, whole = {}, {}
    for way, columns in _WAYS.items():
        given = [table.given[column] for column in columns]
        begun[way] = np.logical_or.reduce(given)
        whole[way] = np.logical_and.reduce(given)
    number = np.sum(list(begun.values()), axis=0)
    table.say(number == 0, None, "location_blank", "has no location", "give lat and lon")
    table.say(number > 1, None, "location_twice", "has more than one location", "keep one: lat and lon, say")
    for way, columns in _WAYS.items():
        half = (number == 1) & begun[way] & ~whole[way]
        for column in columns:
            blank = half & ~table.given[column]
            table.say(
                blank, column, "location_half", f"is blank, and half of {way} is no location", "give both"
            )
        whole[way] = whole[way] & (number == 1) & table.sound(*columns)
    return whole


def _from_grid(table: Table, where: npt.NDArray[np.int64], lat: Floats, lon: Floats) -> None:
    # Imported here: it takes a while, and most rounds give degrees.
    from pyproj import Transformer

    shift = Transformer.from_pipeline(_GRID_TO_DEGREES)
    x, y = shift.transform(table.values["easting"][where], table.values["northing"][where])
    inside = (y >= 49.0) & (y <= 61.0) & (x >= -9.0) & (x <= 2.5)
    table.say(
        where[~inside],
        "easting",
        "number_range",
        "lies, with its northing, outside the United Kingdom",
        "are easting and northing swapped?",
    )
    lon[where], lat[where] = x, y


def _from_postcodes(
    table: Table, where: npt.NDArray[np.int64], postcodes: PostcodeTable | None, lat: Floats, lon: Floats
) -> None:
    if not len(where):
        return
    if postcodes is None:
        rule, mend = "needs a table of postcodes", "name it in the policy: [travel] postcodes = FILE"
        table.say(where, "postcode", "postcode_table", rule, mend)
        return
    used = table.values["postcode"].take(pa.array(where)).dictionary_encode()
    index = used.indices.to_numpy(zero_copy_only=False)
    rows = postcodes.rows_of(used.dictionary)
    order = np.argsort(index, kind="stable")
    parts = np.split(where[order], np.flatnonzero(np.diff(index[order])) + 1)
    for postcode, here in zip(used.dictionary.to_pylist(), parts, strict=True):
        found = _point(table, postcodes, postcode, rows.get(postcode.replace(" ", ""), []), here)
        if found is not None:
            lat[here], lon[here] = found


def _point(
    table: Table, postcodes: PostcodeTable, postcode: str, rows: list[int], here: npt.NDArray[np.int64]
) -> tuple[float, float] | None:
    columns = postcodes.raw.columns
    points = {(columns["lat"][row].as_py(), columns["lon"][row].as_py()) for row in rows}
    if len(points) != 1:
        rule = "is not in the table of postcodes" if not points else "stands twice in the table of postcodes"
        table.say(here, "postcode", "postcode_unknown", rule, f"see {postcodes.raw.label}")
        return None
    lat, lon = points.pop()
    try:
        return _LATITUDE.cell(lat), _LONGITUDE.cell(lon)
    except CellError as error:
        row = int(postcodes.raw.rows[rows[0]])
        table.findings.add(
            postcodes.raw.label,
            error.code,
            f"the place of {postcode} {error.rule}",
            error.mend,
            row=row,
            column="lat, lon",
            value=f"{lat}, {lon}",
        )
        return None
