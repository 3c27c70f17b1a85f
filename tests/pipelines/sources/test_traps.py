"""The traps of ../shared/datasets.md, each with the tests that hold it; the others are here.

`HELD` is the list to read beside that page: a trap without a test fails, and so does a test that
was renamed away.
"""

import ast
import csv
import json
from pathlib import Path

import pytest

from surgchain.pipelines.sources import SourceParams, cholec80, cholect50
from surgchain.schemas import ontology

HERE = Path(__file__).parent
HELD = {
    "1 phase strings differ, ids agree": [
        "traps:test_phases_of_three_datasets_are_one_list_by_their_canonical_names",
        "traps:test_ids_of_real_cholect50_are_those_of_cholec80_less_one",
    ],
    "2 TF-Cholec80 lists phases in another order": [
        "traps:test_phases_of_cholec80_are_taken_by_string_and_never_by_the_readme_of_tf_cholec80",
    ],
    "3 challenge frames differ in size, boxes are normalised, keys are sparse": [
        "cholect50:test_a_frame_with_two_boxed_instruments_and_a_null_triplet",
        "traps:test_real_boxes_lie_in_pictures_of_different_sizes",
        "cholect50:test_every_label_of_the_real_files_is_read",
    ],
    "4 -1 is absent": ["cholect50:test_minus_one_is_absent_and_a_box_of_minus_ones_is_unknown"],
    "5 phases at 25 fps, tools at 1 fps": [
        "cholec80:test_phases_at_25_fps_and_tools_at_1_fps_are_joined_by_frame_id",
    ],
    "6 milliseconds; out_of_body and severe_index lie on others": [
        "multibypass140:test_intervals_in_milliseconds_become_seconds",
        "multibypass140:test_out_of_body_lies_on_top_and_is_passed_over",
        "multibypass140:test_severe_index_is_an_event_and_no_phase",
    ],
    "7 Endoscapes: own ids, floats, decimals of three raters, categories of the file": [
        "endoscapes:test_criteria_of_the_csv_and_boxes_of_coco_meet_in_one_scene",
        "endoscapes:test_a_mask_in_runs_stands_in_for_a_box",
        "traps:test_categories_of_endoscapes_are_taken_from_the_file_whatever_their_ids",
    ],
    "8 CholecInstanceSeg: several polygons, groups start again, no shapes, no size": [
        "cholecinstanceseg:test_polygons_of_one_label_and_group_are_one_instance",
        "cholecinstanceseg:test_a_frame_without_shapes_shows_no_tool",
        "cholecinstanceseg:test_where_the_size_is_null_the_picture_says_it",
    ],
    "9 SegCol: grey values contradict, stray keys": [
        "segcol:test_names_come_from_the_json_and_stray_keys_hold_nothing",
    ],
    "10 PitVis: trailing commas, -2, 0 is two things, underscores": [
        "pitvis:test_steps_hold_up_to_the_next_change_and_instruments_each_second",
        "pitvis:test_bad_rows_are_refused_with_their_line",
    ],
    "11 question|answer, with a box in VQLA; SSG-VQA has two header lines": [
        "questions:test_cholec80_vqa_reads_frames_in_order_and_refuses_lines_without_an_answer",
        "questions:test_endovis18_reads_both_layouts_and_puts_the_box_in_canonical_text",
        "questions:test_ssg_vqa_skips_two_lines_and_knows_51_answers",
    ],
    "12 AutoLaparo's derived csv has its own number of rows": [
        "autolaparo:test_the_real_files_are_read_in_full",
    ],
    "section 3: Cholec80-CVS: past clipping, ends before it starts, columns in another order": [
        "cholec80_cvs:test_an_interval_is_cut_at_the_last_frame_before_clipping",
        "cholec80_cvs:test_a_bad_interval_is_refused_with_its_line",
        "cholec80_cvs:test_scores_one_and_two_are_yes_and_columns_are_put_in_order",
    ],
    "section 4: a frame stands twice; masks as runs with iscrowd 0": [
        "endoscapes:test_a_frame_twice_in_the_csv_is_refused",
        "endoscapes:test_masks_of_seg50_are_boxes_where_bbox201_has_none",
    ],
    "section 5: EndoVis2017: several folders of one kind": [
        "masks:test_endovis2017_takes_the_kind_from_the_folder_and_needs_every_mask",
    ],
    "section 6: EndoVis2018: two layers": [
        "masks:test_endovis2018_joins_instances_and_tissue",
        "masks:test_endovis2018_without_the_layer_of_isinet_knows_no_instruments",
    ],
    "section 7: VQLA counts pixels from 1": [
        "questions:test_endovis18_reads_both_layouts_and_puts_the_box_in_canonical_text",
        "questions:test_endovis17_says_its_sequence_where_a_name_does",
    ],
    "section 8: PSI-AVA-VQA in four files": [
        "questions:test_psi_ava_vqa_gathers_the_four_files_by_frame_and_the_folder_is_the_side",
    ],
    "section 10: SAR-RARP50: one operation in two folders; three channels alike": [
        "sar_rarp50:test_two_folders_of_one_operation_are_one_surgery",
        "sar_rarp50:test_masks_are_boxes_and_parts_of_a_tool_are_one",
    ],
    "section 11: AutoLaparo: ids and seconds from 1, motion from second 5, grey values": [
        "autolaparo:test_seconds_and_ids_count_from_one",
        "autolaparo:test_a_clip_shows_its_motion_from_second_five",
        "autolaparo:test_masks_of_a_clip_are_boxes_of_whole_instruments_and_the_uterus",
    ],
    "section 12: PSI-AVA: columns end in tool, step, phase; folds repeat; -1 is no action": [
        "psi_ava:test_the_real_files_are_read_in_full_and_agree_with_the_csv",
        "psi_ava:test_the_second_fold_holds_the_same_frames",
        "psi_ava:test_the_actions_of_an_instrument_are_a_question_unless_it_is_in_view_twice",
    ],
    "section 12: GraSP: order of action ids not confirmed, five or nine digits": [
        "grasp:test_actions_are_named_by_the_files_own_list",
        "grasp:test_the_1_fps_release_counts_seconds_and_a_frame_without_boxes_knows_no_phase",
        "grasp:test_long_term_frames_know_phase_and_step_and_the_short_term_ones_win",
    ],
    "section 13: CholecTrack20: normalised, lower-case name, -2, triplets in eight videos": [
        "cholectrack20:test_boxes_are_normalised_and_ids_are_those_of_cholec80",
        "cholectrack20:test_triplets_are_those_of_cholect50_and_known_where_no_tool_lacks_them",
    ],
    "section 14: seg8k frames count at 25 fps": [
        "cholecinstanceseg:test_frames_of_seg8k_are_counted_at_25_fps",
    ],
    "section 15: DSAD: masks may overlap, other annotators beside": [
        "dsad:test_masks_of_several_organs_may_overlap",
        "dsad:test_all_folders_of_a_surgery_are_one_surgery_on_one_side",
    ],
    "section 16: PitVQA: five digits; its licence": [
        "questions:test_pitvqa_keeps_five_digits_and_its_licence_forbids_chains",
    ],
    "section 18: CoPESD: absolute Windows paths, boxes inline": [
        "copesd:test_a_conversation_becomes_a_question_with_canonical_boxes_and_known_instruments",
        "copesd:test_a_recording_whose_boxes_are_sizes_is_found_out_as_a_whole",
    ],
    "section 20: m2cai16: pixels from 1, pairing not published": [
        "m2cai16_tool_locations:test_boxes_count_pixels_from_one",
    ],
    "section 22: HeiChole: 25 or 50 fps, a shaft of nobody": [
        "heichole:test_seven_videos_run_at_50_fps",
        "heichole:test_one_row_a_second_and_an_unknown_shaft_makes_the_instruments_unknown",
    ],
    "section 22: CholecSeg8k: colours, not the published numbers": [
        "masks:test_cholecseg8k_boxes_graspers_by_parts_and_tissue_as_a_whole",
    ],
}


@pytest.mark.parametrize("trap", HELD)
def test_every_trap_has_its_tests(trap):
    for test in HELD[trap]:
        file, _, name = test.partition(":")
        tree = ast.parse((HERE / f"test_{file}.py").read_text(encoding="utf-8"))
        assert name in {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}, test


def test_phases_of_three_datasets_are_one_list_by_their_canonical_names():
    lists = [
        [t.canonical or t.name for t in ontology.load(name).phases]
        for name in ("cholec80", "cholect50", "cholectrack20")
    ]
    assert lists[0] == lists[1] == lists[2]
    assert lists[0][1] == "calot-triangle-dissection"  # CholecT50 writes carlot
    for name in (
        "CalotTriangleDissection",
        "carlot-triangle-dissection",
        "calotTriangleDissection",
    ):
        assert ontology.load("cholec80").lookup("phases", name) == "CalotTriangleDissection"


def test_ids_of_real_cholect50_are_those_of_cholec80_less_one(real):
    frames = json.loads((real / "CholecT50/labels/VID68.json").read_text())["annotations"]
    with (real / "Cholec80/phase_1fps_csv/video68.csv").open() as file:
        labels = {row["path"]: int(row["label"]) for row in csv.DictReader(file)}
    pairs = [
        (rows[0][14] + 1, labels[f"video68_{second}.png"])
        for second, rows in frames.items()
        if f"video68_{second}.png" in labels
    ]
    assert len(pairs) > 200
    assert sum(one != other for one, other in pairs) <= 1  # one real frame at a change of phase


def test_phases_of_cholec80_are_taken_by_string_and_never_by_the_readme_of_tf_cholec80(tmp_path):
    # its readme has GallbladderRetraction fifth and GallbladderPackaging seventh
    names = ontology.load("cholec80").names("phases")
    assert (names.index("GallbladderPackaging"), names.index("GallbladderRetraction")) == (4, 6)
    path = tmp_path / "phase_annotations/video01-phase.txt"
    path.parent.mkdir()
    path.write_text("Frame\tPhase\n0\tGallbladderRetraction\n25\t5\n")
    (reading,) = cholec80.read("c", tmp_path, SourceParams(format="cholec80", root=""))
    assert [r["phase"] for r in reading.bulk.to_pylist()] == ["GallbladderRetraction"]
    assert [r.reason for r in reading.refused] == ["unknown phase"]


def test_real_boxes_lie_in_pictures_of_different_sizes(real):
    from PIL import Image

    readings = list(cholect50.read("t", real / "CholecT50", SourceParams(format="c", root="")))
    sizes = set()
    for reading in readings:
        pictures = sorted((real / "CholecT50" / reading.path).glob("*.png"))
        with Image.open(pictures[0]) as picture:
            sizes.add(picture.size)
        boxes = [e.box for s in reading.scenes for e in s.instruments if e.box]
        assert boxes
        assert all(0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1 for x1, y1, x2, y2 in boxes)
    assert len(sizes) > 1
    assert (854, 480) not in sizes


def test_categories_of_endoscapes_are_taken_from_the_file_whatever_their_ids(tmp_path):
    from surgchain.pipelines.sources import endoscapes

    for first in (0, 1):  # the README counts from 0, a user of the files from 1
        folder = tmp_path / str(first) / "val"
        folder.mkdir(parents=True)
        content = {
            "images": [{"id": 1, "file_name": "121_0.jpg", "width": 10, "height": 10}],
            "categories": [{"id": first, "name": "cystic_plate"}],
            "annotations": [{"image_id": 1, "category_id": first, "bbox": [0, 0, 5, 5]}],
        }
        (folder / "annotation_coco.json").write_text(json.dumps(content))
        params = SourceParams(format="endoscapes", root="")
        (reading,) = endoscapes.read("e", tmp_path / str(first), params)
        assert [e.name for e in reading.scenes[0].structures] == ["cystic_plate"]
