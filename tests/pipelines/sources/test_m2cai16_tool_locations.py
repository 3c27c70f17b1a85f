import pytest

from surgchain.pipelines.sources import SourceParams, m2cai16_tool_locations
from surgchain.schemas.records import Entity

PARAMS = SourceParams(format="m2cai16_tool_locations", root="")
SIZE = "<size><width>200</width><height>100</height></size>"


def thing(name="Grasper", corners=(1, 1, 101, 51)):
    sides = ("xmin", "ymin", "xmax", "ymax")
    box = "".join(f"<{s}>{v}</{s}>" for s, v in zip(sides, corners, strict=False))
    return f"<object><name>{name}</name><bndbox>{box}</bndbox></object>"


def read(root, text, name="v01_000025.xml"):
    (root / "Annotations").mkdir()
    (root / "Annotations" / name).write_text(text)
    (reading,) = m2cai16_tool_locations.read("m2", root, PARAMS)
    return reading


def test_boxes_count_pixels_from_one(tmp_path):
    text = f"<annotation>{SIZE}{thing()}{thing('SpecimenBag')}</annotation>"
    reading = read(tmp_path, text)
    (scene,) = reading.scenes
    assert scene.frame_id == "m2/v01/000025"
    assert scene.instruments == (
        Entity(name="Grasper", box=(0.0, 0.0, 0.5, 0.5)),
        Entity(name="SpecimenBag", box=(0.0, 0.0, 0.5, 0.5)),
    )
    assert reading.path == "JPEGImages/v01_{index}.jpg"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"<annotation>{SIZE}{thing('Laser')}</annotation>", "name is none of the seven tools"),
        (f"<annotation>{SIZE}{thing(corners=(1, 2))}</annotation>", "box is not four numbers"),
        (f"<annotation>{SIZE}{thing(corners=(9, 9, 1, 1))}</annotation>", "box is empty or inside"),
        (f"<annotation>{SIZE}{thing(corners=(9, 9, 900, 99))}</annotation>", "box outside the"),
        ("<annotation></annotation>", "picture without a size"),
        ("<annotation>", "not XML"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><annotation/>', "XML with a DTD"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, reason):
    reading = read(tmp_path, text)
    assert (reading.rows, reading.scenes) == (1, [])
    assert reading.refused[0].reason.startswith(reason)
    assert reading.refused[0].where == "Annotations/v01_000025.xml"


def test_a_file_of_another_name_is_refused(tmp_path):
    reading = read(tmp_path, f"<annotation>{SIZE}</annotation>", name="000030 (1).xml")
    assert [r.reason for r in reading.refused] == ["unnamed file"]
