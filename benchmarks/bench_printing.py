"""Paper: 100 orders' pick list at most 1 s, 1,000 labels as ZPL at most 8 s, of processor time.

`share_of_limit` is the fastest round over the limit; `loops` the same in rounds of a bare loop over the sheets' lines,
measured in the same run.
"""

from time import process_time

from core.warehouse import label, pick_list, zpl
from tests.paper import job, sheets

PICK_LIST_SECONDS, LABEL_SECONDS = 1.0, 8.0
ORDERS, LABELS = 100, 1_000


def _bare(listed) -> float:
    begun = process_time()
    for _round in range(1_000):
        [line.qty for sheet in listed for line in sheet.lines]
    return process_time() - begun


def _measure(work) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def _tell(benchmark, seconds: float, limit: float, listed) -> None:
    benchmark.extra_info["cpu_seconds"] = round(seconds, 3)
    benchmark.extra_info["share_of_limit"] = round(seconds / limit, 3)
    benchmark.extra_info["loops"] = round(seconds / min(_bare(listed[:100]) for _n in range(3)), 2)


def test_a_pick_list_of_a_hundred_orders(benchmark) -> None:
    listed = sheets(ORDERS)
    fastest = min(_measure(lambda: pick_list.make(job(listed))) for _n in range(4))
    benchmark.pedantic(lambda: pick_list.make(job(listed)), rounds=1)
    _tell(benchmark, fastest, PICK_LIST_SECONDS, listed)


def test_a_thousand_labels(benchmark) -> None:
    listed = sheets(LABELS)

    def every() -> None:
        for sheet in listed:
            zpl.label(label.draw(sheet).picture, "danliu")

    fastest = min(_measure(every) for _n in range(2))
    benchmark.pedantic(every, rounds=1)
    _tell(benchmark, fastest, LABEL_SECONDS, listed)
