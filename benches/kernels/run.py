"""Times the kernels against TVM's LLVM backend and numpy, in one run and in turns.

    python run.py [--tirade PATH] [--cpu NAME] [--only NAME,...] [--rounds N]

Prints a table in Markdown: microseconds, the best of all rounds. TVM compiles `naive.py` as it
stands; it is left out if it is not installed. Each row's results are compared first.
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS = [
    "sgemm512", "sgemm1024", "i8gemm1024", "conv3x3", "dwconv", "softmax", "layernorm", "gelu16M",
    "badd4096", "rowsum4096", "colsum4096", "transpose4096", "stencil2048", "cumsum1M", "attention",
]  # fmt: skip


def numpy_kernels():
    """What one writes with numpy, by kernel; arguments in the order of the script, outputs last."""
    import numpy as np

    def softmax(x):
        e = np.exp(x - x.max(1, keepdims=True))
        return e / e.sum(1, keepdims=True)

    def stencil(a):
        return np.float32(0.25) * (a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:])

    def attention(q, k, v):
        return softmax(q @ k.transpose(0, 2, 1) / np.float32(8)) @ v

    return {
        "sgemm512": np.matmul,
        "sgemm1024": np.matmul,
        "badd4096": np.add,
        "rowsum4096": lambda a: a.sum(1),
        "colsum4096": lambda a: a.sum(0),
        "transpose4096": lambda a: np.ascontiguousarray(a.T),
        "softmax": softmax,
        "cumsum1M": np.cumsum,
    }


def tirade_seconds(tirade, script, name, threads):
    """The best time of one call, or None if the script has no such function."""
    command = [tirade, "bench", str(HERE / script), "--func", name, "--threads", str(threads)]
    done = subprocess.run(command + ["--message-format", "json"], capture_output=True, text=True)
    if done.returncode != 0:
        return None
    return json.loads(done.stdout.splitlines()[-1])["compiled"]["min_s"]


def best(call, seconds=0.5):
    """The best time of one call within so many seconds; at least three calls."""
    call()
    times = []
    start = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


class Tvm:
    """The naive script, compiled by TVM."""

    def __init__(self, cpu):
        import tvm
        from tvm.target import codegen

        spec = importlib.util.spec_from_file_location("naive", HERE / "naive.py")
        self.tvm, self.scripts = tvm, importlib.util.module_from_spec(spec)
        sys.modules["naive"] = self.scripts
        spec.loader.exec_module(self.scripts)
        self.target = tvm.target.Target(
            {"kind": "llvm", "mcpu": cpu or codegen.llvm_get_system_cpu()}
        )
        self.built = {}

    def arguments(self, func):
        import numpy as np

        generator = np.random.default_rng(0)
        for param in func.params:
            buffer = func.buffer_map[param] if hasattr(func, "buffer_map") else param
            shape = tuple(int(n) for n in buffer.shape)
            values = generator.standard_normal(shape) * 4
            yield values.astype(str(buffer.dtype))

    def call(self, name):
        """A function without arguments that runs the kernel once, and its arrays."""
        if name not in self.built:
            func = getattr(self.scripts, name).with_attr("global_symbol", "main")
            module = self.tvm.compile(self.tvm.IRModule({"main": func}), target=self.target)
            arrays = list(self.arguments(func))
            tensors = [self.tvm.runtime.tensor(a) for a in arrays]
            self.built[name] = (lambda: module["main"](*tensors), arrays)
        return self.built[name]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tirade", default=str(HERE.parent.parent / "target/release/tirade"))
    parser.add_argument("--cpu", help="what TVM compiles for; this machine's if not given")
    parser.add_argument("--only", default=",".join(KERNELS))
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    os.environ.setdefault("TVM_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        tvm = Tvm(args.cpu)
    except ImportError as error:
        print(f"without TVM: {error}", file=sys.stderr)
        tvm = None
    by_numpy = numpy_kernels() if tvm else {}
    print("| kernel | TVM, naive | numpy | naive | naive, 2 threads | scheduled | scheduled, 2 threads |")
    print("|---|---|---|---|---|---|---|")
    for name in args.only.split(","):
        columns = [[] for _ in range(6)]
        for _ in range(args.rounds):
            if tvm:
                run, arrays = tvm.call(name)
                columns[0].append(best(run, 0.2))
                if name in by_numpy:
                    columns[1].append(best(lambda: by_numpy[name](*arrays[:-1]), 0.2))
            for i, (script, threads) in enumerate(
                [("naive.py", 1), ("naive.py", 2), ("scheduled.py", 1), ("scheduled.py", 2)]
            ):
                columns[2 + i].append(tirade_seconds(args.tirade, script, name, threads))
        cells = [min((t for t in c if t is not None), default=None) for c in columns]
        texts = ["–" if t is None else f"{t * 1e6:,.0f}" for t in cells]
        print(f"| {name} | {' | '.join(texts)} |", flush=True)


if __name__ == "__main__":
    main()
