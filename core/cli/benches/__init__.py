"""What `bench NAME` can measure: one file a bench with `BENCH = Bench(...)`, found by itself."""
