"""Each volunteer is handed their own cases alone: as a workbook and as a calendar."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import time
from pathlib import Path

import icalendar
import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from allocator.report.packs import packs
from allocator.reviews.schedule import ScheduleResult
from allocator.reviews.weeks import hours_offered
from report.greedy_schedule import greedy
from report.made_programmes import ITEMS, VARIANTS, hidden, later, made, with_second_reads
from reviews.random_programmes import draw

CLOSING = ["Recommendation to the officer", "Reasons, in a sentence", "Hours it took"]


def written(result: ScheduleResult, folder: Path) -> dict[str, bytes]:
    """Write every pack; return the bytes by name, in the order given."""
    (folder / "volunteers").mkdir(parents=True, exist_ok=True)
    found = {}
    for name, write in packs(result):
        write(folder / name)
        found[name] = (folder / name).read_bytes()
    assert sorted(path.name for path in (folder / "volunteers").iterdir()) == sorted(
        name.removeprefix("volunteers/") for name in found
    )
    return found


def book_of(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def texts_in(data: bytes) -> str:
    """Return everything that a workbook says, notes and lists to choose from included."""
    book = book_of(data)
    said = [str(book.properties.title), *book.sheetnames]
    for sheet in book.worksheets:
        said += [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        said += [str(rule.formula1) for rule in sheet.data_validations.dataValidation]
    return "\n".join(said)


def readings(result: ScheduleResult) -> list[tuple[str, str, str, str, float]]:
    """Return every reading of a result: volunteer, case, kind, week and hours."""
    first = result.table[result.table["status"] == "scheduled"]
    return sorted(
        (row["volunteer_id"], row["case_id"], kind, row["week"], float(row["hours"]))
        for kind, table in (("first", first), ("second", result.second_reads))
        for row in table.to_dict("records")
    )


def rows_of(data: bytes) -> list[dict[str, object]]:
    head, *rows = book_of(data)["cases"].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0] is not None]


@pytest.fixture(params=list(VARIANTS))
def result(request: pytest.FixtureRequest) -> ScheduleResult:
    return greedy(VARIANTS[request.param]())


def test_everybody_who_offers_hours_has_a_pack(result, tmp_path):
    """Whoever offers hours in any week, or has a reading, has two files; nobody else has any."""
    programme = result.programme
    offers = hours_offered(programme).sum(axis=1) > 0
    wanted = set(programme.volunteers["volunteer_id"][offers]) | {row[0] for row in readings(result)}
    names = list(written(result, tmp_path))
    assert names == [f"volunteers/{who}.{kind}" for who in sorted(wanted) for kind in ("xlsx", "ics")]


def test_the_packs_together_are_the_schedule(result, tmp_path):
    """Every reading stands in one pack, that of its volunteer, with its week and exact hours."""
    found = []
    for name, data in written(result, tmp_path).items():
        if name.endswith(".xlsx"):
            who = name.removeprefix("volunteers/").removesuffix(".xlsx")
            found += [
                (who, row["case_id"], row["reading"], row["week"].date().isoformat(), row["hours"])
                for row in rows_of(data)
            ]
    assert sorted(found) == readings(result)


@pytest.mark.parametrize("seed", range(25))
def test_random_packs_together_are_the_schedule(seed, tmp_path):
    """So it is for random programmes dense in conflicts and odd weeks; a calendar's hours add up too."""
    result = greedy(draw(seed).read())
    by_volunteer: dict[str, list[tuple[str, str, float]]] = {}
    for who, case, kind, week, hours in readings(result):
        by_volunteer.setdefault(who, []).append((case, kind, hours))
        assert week
    for name, data in written(result, tmp_path).items():
        who, kind = name.removeprefix("volunteers/").rsplit(".", 1)
        mine = by_volunteer.get(who, [])
        if kind == "xlsx":
            rows = [(row["case_id"], row["reading"], row["hours"]) for row in rows_of(data)]
            assert sorted(rows) == sorted(mine)
        else:
            told = sum(float(hours_in(event)) for event in events_of(data))
            assert told == pytest.approx(sum(hours for *_, hours in mine))


def test_no_pack_names_anything_of_another(result, tmp_path):
    """No case, child, volunteer, school or conflict of others is anywhere in a pack."""
    cases, mine = result.programme.cases, {}
    for who, case, *_ in readings(result):
        mine.setdefault(who, set()).add(case)
    for name, data in written(result, tmp_path).items():
        who, kind = name.removeprefix("volunteers/").rsplit(".", 1)
        said = texts_in(data) if kind == "xlsx" else unfolded(data)
        own = cases[cases["case_id"].isin(mine.get(who, set()))]
        others = set(cases["case_id"]) - set(own["case_id"])
        others |= set(cases["child_id"])
        others |= set(cases["school_id"]) - set(own["school_id"])
        others |= set(result.programme.volunteers["volunteer_id"]) - {who}
        assert not [each for each in others if each in said]
        assert "relative" not in said


def test_hidden_schools_are_nowhere(tmp_path):
    """With hide_school no file for volunteers holds a named school or a trust, nor a column for it."""
    result = greedy(hidden())
    schools = {*result.programme.cases["school_id"], *result.programme.cases["trust_id"]} - {"", "none"}
    for name, data in written(result, tmp_path).items():
        said = texts_in(data) if name.endswith(".xlsx") else unfolded(data)
        assert not [school for school in schools if school in said]
        assert "school_id" not in said


def test_shown_schools_are_there(tmp_path):
    """The check above can fail: otherwise the named school stands in both files."""
    files = written(greedy(made()), tmp_path)
    assert "100001" in texts_in(files["volunteers/V4.xlsx"])
    assert "100001" in unfolded(files["volunteers/V4.ics"])


def events_of(data: bytes) -> list[icalendar.Event]:
    return icalendar.Calendar.from_ical(data).walk("VEVENT")


def hours_in(event: icalendar.Event) -> str:
    return str(event["SUMMARY"]).rsplit(", ", 1)[1].split()[0] if "hour" in str(event["SUMMARY"]) else "0"


def unfolded(data: bytes) -> str:
    return data.decode("utf-8").replace("\r\n ", "").replace("\\,", ",").replace("\\n", "\n")


def test_calendars_read_back(result, tmp_path):
    """One all-day event from Monday to Friday for each week with cases, naming them with their hours."""
    weeks: dict[str, dict[str, list[str]]] = {}
    for who, case, _, week, hours in readings(result):
        weeks.setdefault(who, {}).setdefault(week, []).append(f"{case}: {hours:g} hour")
    uids = []
    for name, data in written(result, tmp_path).items():
        if not name.endswith(".ics"):
            continue
        told = weeks.get(name.removeprefix("volunteers/").removesuffix(".ics"), {})
        calendar = icalendar.Calendar.from_ical(data)
        assert not calendar.errors
        assert len(calendar.subcomponents) > 0
        events = [each for each in calendar.walk("VEVENT") if each.get("STATUS") != "CANCELLED"]
        assert [each["DTSTART"].dt.isoformat() for each in events] == sorted(told)
        for event in events:
            start, end = event["DTSTART"].dt, event["DTEND"].dt
            assert type(start) is type(end) is dt.date
            assert (start.weekday(), (end - start).days) == (0, 5)
            said = str(event["DESCRIPTION"])
            assert all(line in said for line in told[start.isoformat()])
            assert len(said.splitlines()) == 1 + len(told[start.isoformat()])
        uids += [str(each["UID"]) for each in calendar.subcomponents]
    assert len(set(uids)) == len(uids)
    assert all(uid.endswith("@allocator.invalid") for uid in uids)


def test_calendars_keep_the_form(result, tmp_path):
    """Lines end with CRLF and are no longer than 75 octets; what a calendar must have is there."""
    for name, data in written(result, tmp_path).items():
        if not name.endswith(".ics"):
            continue
        assert data.startswith(b"BEGIN:VCALENDAR\r\n")
        assert data.endswith(b"END:VCALENDAR\r\n")
        assert b"\n" not in data.replace(b"\r\n", b"")
        assert all(len(line) <= 75 for line in data.split(b"\r\n"))
        for part in icalendar.Calendar.from_ical(data).subcomponents:
            assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(part)
            stamp = part["DTSTAMP"].dt
            heading = result.programme.policy.programme
            assert stamp == dt.datetime.combine(heading.as_of or heading.start, dt.time(), tzinfo=dt.UTC)


def test_a_week_keeps_its_name_and_a_lost_one_is_cancelled(tmp_path):
    """Scheduled again, a week's event replaces the earlier one, and a week without cases is cancelled."""
    before, after = greedy(with_second_reads()), greedy(later())
    one, two = written(before, tmp_path / "one"), written(after, tmp_path / "two")
    named: dict[tuple[str, dt.date], str] = {}
    for name, data in one.items():
        if name.endswith(".ics"):
            named |= {(name, each["DTSTART"].dt): str(each["UID"]) for each in events_of(data)}
    seen = {}
    for name, data in two.items():
        if name.endswith(".ics"):
            for each in events_of(data):
                assert int(each["SEQUENCE"]) == 1
                seen[name, each["DTSTART"].dt] = each
    again = named.keys() & seen.keys()
    assert again
    assert all(str(seen[key]["UID"]) == named[key] for key in again)
    gone = {key for key, each in seen.items() if each.get("STATUS") == "CANCELLED"}
    kept = {(f"volunteers/{who}.ics", dt.date.fromisoformat(week)) for who, _, _, week, _ in readings(after)}
    assert gone == {key for key in named if key[0] in two and key not in kept}
    assert gone


def test_checklist_is_the_policy_s(tmp_path):
    """A row an item of the policy, a column a case of the pack, and answers to choose from."""
    files = written(greedy(made()), tmp_path)
    sheet = book_of(files["volunteers/V6.xlsx"])["checklist"]
    items = [sheet.cell(row, 1).value for row in range(4, 4 + len(ITEMS))]
    assert items == list(ITEMS)
    below = [sheet.cell(row, 1).value for row in range(4 + len(ITEMS), sheet.max_row + 1)]
    assert below[:3] == CLOSING
    cases = [row["case_id"] for row in rows_of(files["volunteers/V6.xlsx"])]
    assert [sheet.cell(1, column).value for column in range(2, 2 + len(cases))] == cases
    assert {str(rule.formula1) for rule in sheet.data_validations.dataValidation} == {
        '"yes,no,not applicable"',
        '"maintain,amend,cease"',
        '"yes,no"',
    }
    assert sheet.max_column == 1 + len(cases)


def test_no_items_no_checklist(tmp_path):
    files = written(greedy(hidden()), tmp_path)
    for name, data in files.items():
        if name.endswith(".xlsx"):
            assert book_of(data).sheetnames == ["READ ME", "cases", "weeks"]


def test_nothing_is_a_formula_or_a_link(result, tmp_path):
    """Text that looks like a formula stays text, and nothing in a pack leads elsewhere."""
    for name, data in written(result, tmp_path).items():
        if name.endswith(".xlsx"):
            for sheet in book_of(data).worksheets:
                for row in sheet.iter_rows():
                    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row)


def test_packs_print(tmp_path):
    """Every sheet prints on A4 landscape with page numbers; the checklist repeats its items on every page."""
    book = book_of(written(greedy(made()), tmp_path)["volunteers/V4.xlsx"])
    for sheet in book.worksheets:
        assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "&P" in sheet.oddFooter.right.text or "&[Page]" in sheet.oddFooter.right.text
    assert book["cases"].print_title_rows == "$1:$1"
    assert book["cases"].freeze_panes == "B2"
    assert book["checklist"].print_title_cols == "$A:$A"
    assert book["checklist"].freeze_panes == "B4"


def test_an_empty_pack_says_why(tmp_path):
    """Without the headteacher's agreement a pack is empty and says so; its calendar holds no event."""
    files = written(greedy(made()), tmp_path)
    said = texts_in(files["volunteers/V3.xlsx"])
    assert "headteacher’s agreement is not on file" in said
    assert rows_of(files["volunteers/V3.xlsx"]) == []
    assert events_of(files["volunteers/V3.ics"]) == []
    assert len(icalendar.Calendar.from_ical(files["volunteers/V3.ics"]).walk("VJOURNAL")) == 1


def test_hours_offered_and_given_stand_by_week(tmp_path):
    """The sheet of weeks sums to what the volunteer offers and is given."""
    result = greedy(with_second_reads())
    offered = hours_offered(result.programme).sum(axis=1) / result.programme.units_per_hour
    offers = dict(zip(result.programme.volunteers["volunteer_id"], offered, strict=True))
    given: dict[str, float] = {}
    for who, *_, hours in readings(result):
        given[who] = given.get(who, 0) + hours
    for name, data in written(result, tmp_path).items():
        if name.endswith(".xlsx"):
            who = name.removeprefix("volunteers/").removesuffix(".xlsx")
            rows = [row for row in book_of(data)["weeks"].iter_rows(min_row=2, values_only=True) if row[0]]
            assert sum(row[1] for row in rows) == pytest.approx(offers[who])
            assert sum(row[2] for row in rows) == pytest.approx(given.get(who, 0))


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone can be changed only on Unix")
def test_bytes_follow_no_clock(tmp_path, monkeypatch):
    """Another day, time zone and order of rows make the same bytes."""
    result = greedy(with_second_reads())
    first = written(result, tmp_path / "one")
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    time.sleep(1.1)
    shuffled = dataclasses.replace(result, second_reads=result.second_reads.iloc[::-1])
    second = written(shuffled, tmp_path / "two")
    monkeypatch.delenv("TZ")
    time.tzset()
    assert first == second
