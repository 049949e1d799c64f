"""Run as a process: a gradient over several devices, compared with one. Prints what it found as JSON.

``python sharded_problem.py`` is one process with four devices; with a number and a port, one of two processes.
"""

from __future__ import annotations

import json
import os
import sys

if __name__ == "__main__":
    os.environ["JAX_PLATFORMS"] = "cpu"
    if len(sys.argv) == 1:
        os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"

import jax
import numpy as np
from jax.sharding import Mesh

from closedform import formula


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    if len(sys.argv) > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        place = f"127.0.0.1:{sys.argv[2]}"
        jax.distributed.initialize(coordinator_address=place, num_processes=2, process_id=int(sys.argv[1]))
    gradient = formula("sum(log(1 + exp(-y.*(A*x)))) + lam/2*x'*x").grad("x")
    mesh = Mesh(np.array(jax.devices()), ("data",))
    whole = gradient.compile("numpy")
    split = gradient.compile("jax", mesh=mesh, shard={"A": "rows", "y": "entries"})
    rng = np.random.default_rng(5)
    values = {"A": rng.normal(size=(24, 5)), "x": rng.normal(size=5), "y": np.sign(rng.normal(size=24)), "lam": 0.3}
    given = [np.asarray(values[name]) for name in split.arguments]
    answer = np.asarray(split(*given).addressable_data(0))
    text = split.compiled_text(*given)
    print(json.dumps({
        "devices": len(jax.devices()),
        "error": float(np.abs(answer - whole(**{n: values[n] for n in whole.arguments})).max()),
        "all-reduce": text.count(" all-reduce("), "all-gather": text.count(" all-gather("),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
