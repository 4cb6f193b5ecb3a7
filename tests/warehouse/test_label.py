"""Labels are proved by reading them back out of the printer's bytes."""

from dataclasses import replace

from core.i18n import speaking
from core.warehouse import escpos, label, zpl
from tests.paper import codes, escpos_pictures, pages, sheets, zpl_pictures


def test_every_label_decodes_out_of_zpl_in_every_size() -> None:
    listed = sheets(12)
    for paper in label.SIZES:
        content = b"".join(zpl.label(label.draw(sheet, paper).picture, "danliu key=k") for sheet in listed)
        assert [codes(picture) for picture in zpl_pictures(content)] == [[s.slip_no] for s in listed], paper
        assert content.count(b"^FX danliu key=k") == 12


def test_every_label_decodes_out_of_escpos_and_nothing_of_the_comment_is_printed() -> None:
    listed = sheets(6)
    content = escpos.RESET + escpos.comment("danliu key=k") + b"".join(
        escpos.label(label.draw(sheet, "80x50").picture) for sheet in listed
    )  # fmt: skip
    assert [codes(picture) for picture in escpos_pictures(content)] == [[sheet.slip_no] for sheet in listed]
    assert escpos.comment("key=k") == b"\x1d(k\x08\x001P0key=k"


def test_labels_as_a_pdf_have_a_page_each() -> None:
    listed = sheets(3)
    content = label.sheet_of_labels([label.draw(sheet) for sheet in listed], "danliu key=k orders=1", "100x50")
    assert [codes(page) for page in pages(content)] == [[sheet.slip_no] for sheet in listed]
    assert b"key=k orders=1" in content


def test_a_comment_in_zpl_can_begin_no_command() -> None:
    (sheet,) = sheets(1)
    content = zpl.label(label.draw(sheet).picture, "key=^XZ~JA")
    assert b"^FX key=XZJA ^FS" in content


def test_what_the_font_lacks_is_reported_and_a_reprint_differs() -> None:
    (sheet,) = sheets(1)
    odd = replace(sheet, shop="㼆店")
    assert label.draw(odd).lost == {"㼆"}
    with speaking("zh"):
        assert label.draw(sheet).picture.tobytes() != label.draw(sheet, reprint=True).picture.tobytes()


def test_a_long_title_never_runs_over_the_edge() -> None:
    (sheet,) = sheets(1)
    wide = replace(sheet, lines=tuple(replace(line, title="长" * 200) for line in sheet.lines))
    picture = label.draw(wide).picture
    assert all(picture.getpixel((picture.width - 1, y)) for y in range(picture.height))
    assert label.fitted("长" * 200, 24, 240).endswith("…") and label.fitted("短", 24, 240) == "短"
