"""What things cost, as ratios within one run: machines are shared and noisy, so seconds of two runs cannot be compared.

Nothing here judges; a benchmark is no test. `python -m tests.bench` measures the parts in the order of the data flow.
"""
