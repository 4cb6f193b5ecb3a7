"""`bench risk`: the shipped risk sets over N orders of 30 days at once, and live batches of 500 against that history."""

import json
from statistics import median
from time import perf_counter

from core.cli.benches.bench import Bench, Stages
from core.decide import risk
from core.decide.starter import FOLDER, install_rules
from core.insight.backtest import Period, back_test
from core.insight.whatif import Costs, sweep
from core.people.vault import Vault
from core.rules.ruleset import RuleSet, read_rule_set
from core.store import Store, catalogue, decisions, sample_bursts, sample_pool

ZONE, BATCH, BATCHES = "Asia/Shanghai", 500, 9


def shipped(store: Store) -> list[RuleSet]:
    """The risk sets that come with the product."""
    known = catalogue.load(store)
    paths = sorted(FOLDER.glob("risk.*.json"))
    return [read_rule_set(json.loads(path.read_text(encoding="utf-8")), known) for path in paths]


def _run(store: Store, vault: Vault, orders: int, stages: Stages) -> None:
    with stages.stage("fill"):
        sample_pool.fill(store, vault.pads, vault.seal_text, orders, days=30)
        sample_bursts.spread(store)
        install_rules(store)
    stages.total = 0.0
    for rules in shipped(store):
        name = f"features_{rules.name}"
        with stages.stage(name):
            back_test(store, vault, rules, None, zone=ZONE, period=Period())
        stages.total += stages.seconds[name]
    first = shipped(store)[-1]
    with stages.stage("sweep_20_thresholds"):
        sweep(store, vault, first, first.rules[0].id, range(2, 22), Costs(300, 1200, 4500), zone=ZONE, period=Period())
    _live(store, vault, stages)


def _live(store: Store, vault: Vault, stages: Stages) -> None:
    """The newest orders, decided 500 at a time as they would arrive; the middle batch counts."""
    newest = sample_bursts.newest(store, BATCH * BATCHES)
    waiting, taken = [], []
    for start in range(0, len(newest), BATCH):
        begun = perf_counter()
        decisions.undecided(store, risk.KIND, BATCH)
        waiting.append(perf_counter() - begun)
        begun = perf_counter()
        risk.judge(store, vault, newest[start : start + BATCH], ZONE)
        taken.append(perf_counter() - begun)
    stages.seconds["live_batch_500"] = median(taken)
    stages.seconds["find_undecided"] = median(waiting)


BENCH = Bench("risk", 1_000_000, _run)
