from zipfile import ZipFile

import pytest

from surgchain.pipelines.sources import SourceParams, cholec80_cvs
from surgchain.schemas.errors import InputError

PARAMS = SourceParams(format="cholec80_cvs", root="")
HEADER = (
    "video,initial_minute,initial_second,final_minute,final_second,"
    "two_structures,cystic_plate,hepatocystic_triangle,critical_view,Total\n"
)


def read(root, *rows, ends=None):
    (root / "surgeons_annotations.csv").write_text(HEADER + "\n".join(rows))
    if ends:
        (root / "videos_frames_index.csv").write_text("video_name,final_frame\n" + ends)
    return list(cholec80_cvs.read("cvs", root, PARAMS))


def test_scores_one_and_two_are_yes_and_columns_are_put_in_order(tmp_path):
    (reading,) = read(tmp_path, "1,0,59,1,1,2,0,1,0,3")
    assert [(s.frame_id, s.cvs) for s in reading.scenes] == [
        (f"cvs/video01/{25 * second}", (1.0, 1.0, 0.0)) for second in (59, 60, 61)
    ]
    assert {s.labelled for s in reading.scenes} == {("cvs",)}


def test_an_interval_is_cut_at_the_last_frame_before_clipping(tmp_path):
    (reading,) = read(tmp_path, "1,0,1,0,4,2,2,2,1,6", ends="video01,74\n")
    assert [s.frame_id for s in reading.scenes] == ["cvs/video01/25", "cvs/video01/50"]
    assert reading.passed_over == {"second after the last frame before clipping": 2}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,1,30,1,10,2,2,2,1,6", "interval ends before it starts"),
        ("1,1,30,,10,2,2,2,1,6", "start or end is not a number"),
        ("1,1,30,2,10,3,2,2,1,6", "score is not 0, 1 or 2"),
        ("1,0,2,0,2,1,1,1,1,3", "interval ends before it starts"),
        ("1,-1,2,0,2,1,1,1,1,3", "interval starts before the recording"),
    ],
)
def test_a_bad_interval_is_refused_with_its_line(tmp_path, row, reason):
    (reading,) = read(tmp_path, "1,0,0,0,1,0,0,0,0,0", row)
    assert [(r.where, r.reason) for r in reading.refused] == [
        ("surgeons_annotations.csv:3", reason)
    ]
    assert reading.rows == len(reading.scenes) + 1 == 3


def test_a_second_in_two_intervals_keeps_the_first_and_refuses_the_other(tmp_path):
    (reading,) = read(tmp_path, "1,0,0,0,2,2,2,2,1,6", "1,0,2,0,3,0,0,0,0,0")
    assert [s.cvs for s in reading.scenes] == [(1.0, 1.0, 1.0)] * 3 + [(0.0, 0.0, 0.0)]
    assert [r.reason for r in reading.refused] == ["second is in two intervals"]


def test_the_real_index_of_last_frames_covers_all_eighty_videos(real):
    ends = cholec80_cvs._ends(real / "Cholec80-CVS" / "videos_frames_index.csv")
    assert len(ends) == 80
    assert ends["video33"] == 8274


def test_without_the_table_it_says_what_is_expected(tmp_path):
    with pytest.raises(InputError, match=r"surgeons_annotations\.xlsx: not there, nor surgeons"):
        list(cholec80_cvs.read("cvs", tmp_path, PARAMS))


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(path, *rows):
    """Write an .xlsx by hand: numbers as numbers, words as inline text."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
            "</Types>"
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
        ),
    }
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            f'<c r="{chr(65 + n)}{number}"><v>{v}</v></c>'
            if isinstance(v, int | float)
            else f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t>{v}</t></is></c>'
            for n, v in enumerate(row)
            if v is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    with ZipFile(path, "w") as file:
        for name, text in {**parts, "xl/worksheets/sheet1.xml": sheet}.items():
            file.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')


def test_the_workbook_itself_is_read_with_its_row_numbers(tmp_path):
    header = HEADER.strip().split(",")
    workbook(
        tmp_path / "surgeons_annotations.xlsx",
        header,
        [1, 0, 59, 1, 1, 2, 0, 1, 0, 3],
        [None] * 10,
        [2, 1, 30, 1, 10, 2, 2, 2, 1, 6],
        [2, 0, 0, 0, 1.0, 1, 1, "x", 0, 3],
    )
    first, second = cholec80_cvs.read("cvs", tmp_path, PARAMS)
    assert [s.cvs for s in first.scenes] == [(1.0, 1.0, 0.0)] * 3
    assert [(r.where, r.reason) for r in second.refused] == [
        ("surgeons_annotations.xlsx:4", "interval ends before it starts"),
        ("surgeons_annotations.xlsx:5", "score is not 0, 1 or 2"),
    ]


def test_a_workbook_that_is_none_and_one_without_a_column_are_one_line(tmp_path):
    path = tmp_path / "surgeons_annotations.xlsx"
    path.write_bytes(b"PK no workbook")
    with pytest.raises(InputError, match="cannot be read as a workbook"):
        list(cholec80_cvs.read("cvs", tmp_path, PARAMS))
    workbook(path, ["video", "initial_minute"])
    with pytest.raises(InputError, match=r"xlsx:1: no column 'initial_second'"):
        list(cholec80_cvs.read("cvs", tmp_path, PARAMS))
