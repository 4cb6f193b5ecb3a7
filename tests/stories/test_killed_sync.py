"""Given a sync that is killed with -9 again and again, when one comes through, then the pool is the truth.

DANLIU_KILLS says how often, at random moments: 4 by default.
"""

import json
import os
import subprocess
import sys
from random import Random

from core.channels.sandbox import Sandbox
from core.settings import ROOT, load
from core.store import open_store

KILLS = int(os.environ.get("DANLIU_KILLS", "4"))


def _config(tmp_path, rows) -> str:
    lines = ["[store]", f'url = "duckdb:{tmp_path / "store.duckdb"}"', "[secrets]", f'key_file = "{tmp_path / "key"}"']
    for row in rows:
        lines += ["[[shops]]", *(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in row.items())]
    path = tmp_path / "config.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_a_sync_killed_in_the_middle_comes_back_complete(tmp_path, assert_pool_is_truth):
    with Sandbox(11, rate=0, days=1, faults=("duplicates", "late_updates", "shuffled_pages")) as sandbox:
        config = _config(tmp_path, [{**row, "first_days": "1.05"} for row in sandbox.shops()["shops"]])
        command = [sys.executable, "-m", "core", "sync", "--json", "--config", config]
        killed, chance = 0, Random(11)
        for seconds in (chance.uniform(1.5, 6.0) for _n in range(KILLS)):
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                killed += 1
        last = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=True)
        told = json.loads(last.stdout)
        assert [row["error"] for row in told["shops"]] == [None] * 6
        assert killed >= KILLS // 2
        store = open_store(load(config))
        try:
            assert_pool_is_truth(store, sandbox.truth())
        finally:
            store.close()
