from surgchain.schemas import boxes


def test_iou_of_two_boxes_that_share_a_third() -> None:
    assert boxes.iou((0.0, 0.0, 0.2, 0.1), (0.1, 0.0, 0.3, 0.1)) == 1 / 3


def test_boxes_that_do_not_touch_and_boxes_inside_out_have_no_overlap() -> None:
    assert boxes.iou((0.0, 0.0, 0.1, 0.1), (0.5, 0.5, 0.6, 0.6)) == 0.0
    assert boxes.iou((0.3, 0.3, 0.1, 0.1), (0.3, 0.3, 0.1, 0.1)) == 0.0


def test_canonical_text_is_thousandths() -> None:
    assert boxes.to_text((0.066, 0.408, 0.362, 0.581)) == "[66, 408, 362, 581]"
    assert boxes.from_thousandths((66, 408, 362, 581)) == (0.066, 0.408, 0.362, 0.581)
