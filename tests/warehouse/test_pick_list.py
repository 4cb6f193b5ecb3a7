"""Paper is proved by reading it: every bar code decodes, every text comes back, nothing is silently blank."""

from dataclasses import replace

from core.i18n import speaking
from core.warehouse import font, pick_list
from core.warehouse.sheet import Line, in_order, sums, walk
from tests.paper import codes, job, pages, sheets, text_of


def test_every_bar_code_of_a_wave_decodes_and_the_chinese_text_comes_back() -> None:
    listed = sheets(24)
    with speaking("zh"):
        made = pick_list.make(job(listed))
    seen = [code for page in pages(made.content) for code in codes(page)]
    gifts = {line.scan for sheet in listed for line in sheet.lines if line.gift}
    assert len(gifts) == 8
    assert sorted(code for code in seen if code not in gifts) == sorted([s.slip_no for s in listed] + ["W261120-0001"])
    assert set(seen) >= gifts
    text = text_of(made.content)
    assert all(sheet.slip_no in text and sheet.platform_no in text for sheet in listed)
    assert "秋冬加厚保暖纯棉毛衣女款" in text and "拣货单" in text and made.lost == frozenset()


def test_a_page_of_every_paper_decodes() -> None:
    listed = sheets(3)
    for paper in pick_list.PAPERS:
        seen = {code for page in pages(pick_list.make(job(listed), paper).content, 300 / 72) for code in codes(page)}
        assert seen >= {sheet.slip_no for sheet in listed}, paper


def test_a_character_without_a_shape_is_shown_as_such_and_reported() -> None:
    (sheet,) = sheets(1)
    odd = replace(sheet, seller_note="给㼆先生🎁", lines=(replace(sheet.lines[0], title="𠮷野杯"), *sheet.lines[1:]))
    made = pick_list.make(job([odd]))
    assert made.lost == {"㼆", "🎁", "𠮷"}
    assert "给〓先生〓" in text_of(made.content) and "〓野杯" in text_of(made.content)


def test_the_font_has_what_orders_are_written_in() -> None:
    plain = "".join(chr(code) for code in range(33, 127))
    assert (
        font.printable(f"{plain}，。：；！？（）【】《》「」×·—…￥¥□珑骧鑫淼")
        == f"{plain}，。：；！？（）【】《》「」×·—…￥¥□珑骧鑫淼"
    )
    gb2312 = [bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    letters = [sign for raw in gb2312 if (sign := raw.decode("gb2312", "ignore"))]
    assert len(letters) == 6763 and font.known() >= set(letters)


def test_a_reprint_says_so_on_every_sheet_and_in_its_mark() -> None:
    with speaking("zh"):
        made = pick_list.make(job(sheets(3), reprint=True))
    assert text_of(made.content).count("补打") >= made.pages + 3
    assert b"reprint=yes" in made.content and b"key=0123456789abcdef01234567" in made.content


def test_a_frozen_order_is_marked_and_left_out_of_the_sum() -> None:
    first, second = sheets(2)
    with speaking("zh"):
        text = text_of(pick_list.make(job([first, replace(second, held=True)])).content)
    assert "已冻结" in text
    assert sum(one.qty for one in sums([first, replace(second, held=True)])) == first.pieces


def test_lines_stand_in_the_order_of_the_walk_with_gifts_last() -> None:
    lines = [
        Line("1", "B", "", "", "", 1, location="A-10-1"), Line("2", "A", "", "", "", 1, location="A-2-3"),
        Line("3", "C", "", "", "", 1), Line("4", "G", "", "", "", 1, gift=True, location="A-1-1"),
    ]  # fmt: skip
    assert [line.line_no for line in in_order(lines)] == ["2", "1", "3", "4"]
    assert walk("a-2", "x") < walk("A-10", "x") < walk("", "x")


def test_an_order_longer_than_a_page_goes_on_and_loses_no_line() -> None:
    (sheet,) = sheets(1)
    lines = tuple(Line(str(n), f"LONG-{n:03d}", "", "衣", "", 1) for n in range(150))
    text = text_of(pick_list.make(job([replace(sheet, lines=lines)])).content)
    assert all(text.count(line.sku) == 2 for line in lines)
