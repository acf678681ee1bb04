"""Times the kernels beside TVM's LLVM backend and numpy, in one run and in turns.

    python run.py [--tirade PATH] [--cpu NAME] [--only NAME,...] [--rounds N] [--threads N,...]

Needs numpy and TVM 0.27. Prints a table in Markdown for each number of threads: microseconds, the
best of all rounds, and what share that is of the machine's peak, of arithmetic or of memory,
whichever is nearer, as `peak.py` measures it in the same run. TVM compiles the same scripts. Before
a kernel is timed, both scripts' results are compared with TVM's; one that differs ends the run.
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

HERE = Path(__file__).resolve().parent
KERNELS = [
    "sgemm512", "sgemm1024", "i8gemm1024", "conv3x3", "dwconv", "softmax", "layernorm", "gelu16M",
    "badd4096", "rowsum4096", "colsum4096", "transpose4096", "stencil2048", "cumsum1M", "attention",
]  # fmt: skip
# Kernels with a function of the C library are scheduled for `--fp fast`; the others stay strict.
FAST = ["softmax", "gelu16M", "attention"]
HEADS = ["TVM, naive", "TVM, scheduled", "numpy", "naive", "scheduled", "of peak"]


def softmax(np, x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


# What one writes with numpy where that is one expression.
NUMPY = {
    "sgemm512": lambda np, a, b: np.matmul(a, b),
    "sgemm1024": lambda np, a, b: np.matmul(a, b),
    "badd4096": lambda np, a, b: np.add(a, b),
    "rowsum4096": lambda np, a: a.sum(1),
    "colsum4096": lambda np, a: a.sum(0),
    "transpose4096": lambda np, a: np.ascontiguousarray(a.T),
    "softmax": softmax,
    "cumsum1M": lambda np, a: np.cumsum(a),
}


def load(script):
    """The functions of a script as TVM has them."""
    spec = importlib.util.spec_from_file_location(Path(script).stem, HERE / script)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Tirade:
    """The command line of ours."""

    def __init__(self, path, threads):
        self.path, self.threads = path, threads

    def measure(self, script, name):
        """The best time of one call in seconds, the float operations, the bytes."""
        command = [self.path, "bench", HERE / script, "--func", name]
        command += ["--threads", str(self.threads), "--fp", mode(script, name)]
        done = subprocess.run(
            command + ["--message-format", "json"], stdout=subprocess.PIPE, text=True, check=True
        )
        found = json.loads(done.stdout.splitlines()[-1])
        return found["compiled"]["min_s"], found["flops"] or 0, found["bytes"]

    def expect_equal(self, script, name, kernel):
        """Ends the run if the script computes something else."""
        import numpy as np

        with tempfile.TemporaryDirectory() as folder:
            inputs, outputs = Path(folder) / "in.npz", Path(folder) / "out.npz"
            np.savez(inputs, **dict(zip(kernel.names, kernel.arrays)))
            command = [self.path, "run", HERE / script, "--func", name, "--quiet"]
            command += ["--inputs", inputs, "--outputs", outputs, "--fp", mode(script, name)]
            subprocess.run(command, check=True)
            found = np.load(outputs)[kernel.names[-1]]
        # Sums in another order, and another `exp`.
        np.testing.assert_allclose(found, kernel.expected, rtol=1e-3, atol=1e-2, err_msg=name)


def mode(script, name):
    return "fast" if script == "scheduled.py" and name in FAST else "strict"


class Kernel:
    """A function compiled by TVM, with arrays: inputs first, the output last."""

    def __init__(self, func, cpu):
        import numpy as np
        import tvm
        from tvm.target import codegen

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


def best(call, seconds=0.2):
    """The best time of one call within so many seconds; at least three calls."""
    times = []
    start = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def least(times):
    known = [t for t in times if t is not None]
    return min(known) if known else None


def table(args, threads):
    """Measures and prints everything with so many threads."""
    import numpy as np

    tirade = Tirade(args.tirade, threads)
    seconds, flops, _ = tirade.measure("peak.py", "arithmetic")
    rate = flops / seconds
    seconds, _, moved = tirade.measure("peak.py", "copy")
    bandwidth = moved / seconds
    plural = "" if threads == 1 else "s"
    print(f"{threads} thread{plural}; peak {rate / 1e9:.0f} GFLOP/s, {bandwidth / 1e9:.0f} GB/s:\n")
    print(f"| kernel | {' | '.join(HEADS)} |\n|---|{'---|' * len(HEADS)}")
    naive, scheduled = load("naive.py"), load("scheduled.py")
    for name in args.only.split(","):
        by_naive = Kernel(getattr(naive, name), args.cpu)
        by_scheduled = Kernel(getattr(scheduled, name), args.cpu)
        tirade.expect_equal("naive.py", name, by_naive)
        tirade.expect_equal("scheduled.py", name, by_naive)
        formula = NUMPY.get(name)
        by_numpy = formula and (lambda: formula(np, *by_naive.arrays[:-1]))
        rounds = []
        for _ in range(args.rounds):
            times = [best(by_naive.run), best(by_scheduled.run), by_numpy and best(by_numpy)]
            times.append(tirade.measure("naive.py", name)[0])
            seconds, _, moved = tirade.measure("scheduled.py", name)
            rounds.append(times + [seconds])
        times = [least(column) for column in zip(*rounds)]
        # Operations of the naive script: packing, and formulas for `exp`, are no work done.
        flops = tirade.measure("naive.py", name)[1]
        share = max(flops / times[-1] / rate, moved / times[-1] / bandwidth)
        cells = ["–" if t is None else f"{t * 1e6:,.0f}" for t in times]
        print(f"| {name} | {' | '.join(cells)} | {share:.0%} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tirade", default=str(HERE.parent.parent / "target/release/tirade"))
    parser.add_argument("--cpu", help="what TVM compiles for; this machine's if not given")
    parser.add_argument("--only", default=",".join(KERNELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default="1,2")
    args = parser.parse_args()
    counts = [int(n) for n in args.threads.split(",")]
    if len(counts) == 1:
        return table(args, counts[0])
    # The libraries read how many threads they have when they are loaded.
    for threads in counts:
        environment = dict(os.environ)
        for name in ["TVM_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]:
            environment[name] = str(threads)
        if "avx512f" in Path("/proc/cpuinfo").read_text():
            # OpenBLAS takes a core that it does not know for one without AVX-512.
            environment["OPENBLAS_CORETYPE"] = "SKYLAKEX"
        command = [sys.executable, __file__, *sys.argv[1:], "--threads", str(threads)]
        subprocess.run(command, env=environment, check=True)
        print()


if __name__ == "__main__":
    main()
