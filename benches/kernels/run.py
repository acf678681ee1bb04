"""Times the kernels against TVM's LLVM backend and numpy, in one run and in turns.

    python run.py [--tirade PATH] [--cpu NAME] [--only NAME,...] [--rounds N]

Needs numpy and TVM 0.27. Prints a table in Markdown: microseconds, the best of all rounds. TVM
compiles `naive.py` as it stands. Before a kernel is timed, both scripts' results are compared with
TVM's; one that differs ends the run.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TVM_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import tvm
from tvm.target import codegen

HERE = Path(__file__).resolve().parent
KERNELS = [
    "sgemm512", "sgemm1024", "i8gemm1024", "conv3x3", "dwconv", "softmax", "layernorm", "gelu16M",
    "badd4096", "rowsum4096", "colsum4096", "transpose4096", "stencil2048", "cumsum1M", "attention",
]  # fmt: skip
SCRIPTS = ["naive.py", "scheduled.py"]


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# What one writes with numpy where that is one expression.
NUMPY = {
    "sgemm512": np.matmul,
    "sgemm1024": np.matmul,
    "badd4096": np.add,
    "rowsum4096": lambda a: a.sum(1),
    "colsum4096": lambda a: a.sum(0),
    "transpose4096": lambda a: np.ascontiguousarray(a.T),
    "softmax": softmax,
    "cumsum1M": np.cumsum,
}


def load(script):
    """The functions of a script as TVM has them."""
    spec = importlib.util.spec_from_file_location(Path(script).stem, HERE / script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Kernel:
    """The naive function, compiled by TVM, with arrays: inputs first, the output last."""

    def __init__(self, func, cpu):
        target = tvm.target.Target({"kind": "llvm", "mcpu": cpu or codegen.llvm_get_system_cpu()})
        module = tvm.compile(
            tvm.IRModule({"main": func.with_attr("global_symbol", "main")}), target=target
        )
        generator = np.random.default_rng(0)
        buffers = [func.buffer_map[p] if hasattr(func, "buffer_map") else p for p in func.params]
        self.names = [str(buffer.name) for buffer in buffers]
        self.arrays = []
        for buffer in buffers:
            values = generator.standard_normal([int(n) for n in buffer.shape]) * 4
            self.arrays.append(values.astype(str(buffer.dtype)))
        tensors = [tvm.runtime.tensor(array) for array in self.arrays]
        self.run = lambda: module["main"](*tensors)
        self.run()
        self.expected = tensors[-1].numpy()

    def expect_equal(self, tirade, script, name):
        """Ends the run if the script computes something else."""
        with tempfile.TemporaryDirectory() as folder:
            inputs, outputs = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(inputs, **dict(zip(self.names, self.arrays)))
            command = [tirade, "run", str(HERE / script), "--func", name, "--quiet"]
            subprocess.run(command + ["--inputs", inputs, "--outputs", outputs], check=True)
            found = np.load(outputs)[self.names[-1]]
        # Sums in another order, and another `exp`.
        np.testing.assert_allclose(found, self.expected, rtol=1e-3, atol=1e-2, err_msg=name)


def tirade_seconds(tirade, script, name, threads):
    """The best time of one call."""
    command = [tirade, "bench", str(HERE / script), "--func", name, "--threads", str(threads)]
    done = subprocess.run(
        command + ["--message-format", "json"], stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])["compiled"]["min_s"]


def best(call, seconds=0.2):
    """The best time of one call within so many seconds; at least three calls."""
    times = []
    start = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tirade", default=str(HERE.parent.parent / "target/release/tirade"))
    parser.add_argument("--cpu", help="what TVM compiles for; this machine's if not given")
    parser.add_argument("--only", default=",".join(KERNELS))
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    functions = {script: load(script) for script in SCRIPTS}
    print("| kernel | TVM, naive | numpy | naive | naive, 2 threads | scheduled | scheduled, 2 threads |")
    print("|---|---|---|---|---|---|---|")
    for name in args.only.split(","):
        kernel = Kernel(getattr(functions["naive.py"], name), args.cpu)
        scripts = [script for script in SCRIPTS if hasattr(functions[script], name)]
        for script in scripts:
            kernel.expect_equal(args.tirade, script, name)
        by_numpy = NUMPY.get(name)
        peers = [kernel.run, by_numpy and (lambda: by_numpy(*kernel.arrays[:-1]))]
        best_of = [None] * 6
        for _ in range(args.rounds):
            times = [best(call) if call else None for call in peers]
            for script in SCRIPTS:
                for threads in [1, 2]:
                    runs = script in scripts
                    times.append(tirade_seconds(args.tirade, script, name, threads) if runs else None)
            best_of = [new if old is None else min(old, new) for old, new in zip(best_of, times)]
        cells = ["–" if t is None else f"{t * 1e6:,.0f}" for t in best_of]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
