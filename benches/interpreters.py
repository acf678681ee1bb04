"""Times interpreters on a matrix product: ours, CPython, and StableHLO's and xDSL's where they are there.

    python interpreters.py [--tirade PATH]

`pip install xdsl jax numpy` brings the last two. Prints nanoseconds for each innermost iteration,
the best of several runs; starting up does not count.
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

SCRIPT = """from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def matmul(A: T.Buffer((N, N)), B: T.Buffer((N, N)), C: T.Buffer((N, N))):
    for i in KIND(N):
        for j, k in T.grid(N, N):
            with T.sblock("C"):
                vi, vj, vk = T.axis.remap("SSR", [i, j, k])
                with T.init():
                    C[vi, vj] = T.float32(0)
                C[vi, vj] = C[vi, vj] + A[vi, vk] * B[vk, vj]
"""

LOOPS = """
builtin.module {
  func.func @matmul(%a: memref<NxNxf32>, %b: memref<NxNxf32>, %c: memref<NxNxf32>) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %n = arith.constant N : index
    scf.for %i = %zero to %n step %one {
      scf.for %j = %zero to %n step %one {
        scf.for %k = %zero to %n step %one {
          %x = memref.load %a[%i, %k] : memref<NxNxf32>
          %y = memref.load %b[%k, %j] : memref<NxNxf32>
          %z = memref.load %c[%i, %j] : memref<NxNxf32>
          %p = arith.mulf %x, %y : f32
          %s = arith.addf %z, %p : f32
          memref.store %s, %c[%i, %j] : memref<NxNxf32>
        }
      }
    }
    func.return
  }
}
"""

HLO = """
func.func @main(%a: tensor<NxNxf32>, %b: tensor<NxNxf32>) -> tensor<NxNxf32> {
  %c = stablehlo.dot_general %a, %b, contracting_dims = [1] x [0]
      : (tensor<NxNxf32>, tensor<NxNxf32>) -> tensor<NxNxf32>
  func.return %c : tensor<NxNxf32>
}
"""


def best(call, rounds=5):
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def ours(tirade, n, kind, checks, threads):
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "matmul.py"
        script.write_text(SCRIPT.replace("KIND", kind).replace("N", str(n)))
        command = [tirade, "bench", script, "--interp", "--threads", str(threads)]
        command += ["--checks", checks, "--message-format", "json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])["interp"]["min_s"] / n**3


def cpython(n):
    a = [[float(i + j) for j in range(n)] for i in range(n)]
    b = [[float(i - j) for j in range(n)] for i in range(n)]
    c = [[0.0] * n for _ in range(n)]

    def matmul():
        for i in range(n):
            for j in range(n):
                c[i][j] = 0.0
                for k in range(n):
                    c[i][j] = c[i][j] + a[i][k] * b[k][j]

    return best(matmul) / n**3


def stablehlo(n):
    import numpy as np
    from jax._src.interpreters import mlir
    from jaxlib.mlir import ir
    from jaxlib.mlir.dialects import stablehlo as dialect

    with mlir.make_ir_context():
        module = ir.Module.parse(HLO.replace("N", str(n)))
        array = np.ones((n, n), np.float32)
        args = [ir.DenseElementsAttr.get(array)] * 2
        return best(lambda: dialect.eval_module(module, args), 3) / n**3


def xdsl(n):
    from xdsl.context import Context
    from xdsl.dialects import arith, builtin, func, memref, scf
    from xdsl.interpreter import Interpreter
    from xdsl.interpreters import register_implementations
    from xdsl.interpreters.shaped_array import ShapedArray
    from xdsl.interpreters.utils.ptr import TypedPtr
    from xdsl.parser import Parser

    context = Context()
    for dialect in [arith.Arith, builtin.Builtin, func.Func, memref.MemRef, scf.Scf]:
        context.load_dialect(dialect)
    module = Parser(context, LOOPS.replace("N", str(n))).parse_module()
    interpreter = Interpreter(module)
    register_implementations(interpreter, context)
    array = lambda: ShapedArray(TypedPtr.new_float32([1.0] * n * n), [n, n])
    args = (array(), array(), array())
    return best(lambda: interpreter.call_op("matmul", args), 3) / n**3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tirade", default=str(ROOT / "target/release/tirade"))
    tirade = parser.parse_args().tirade
    print("| interpreter | ns |\n|---|---|")
    rows = [
        (f"Tirade, {n}³, {checks} checks, {threads} thread{'s' * (threads > 1)}",
         lambda n=n, c=checks, t=threads: ours(tirade, n, "T.parallel", c, t))
        for n in [64, 256] for checks in ["all", "bounds", "none"] for threads in [1, 2]
    ]  # fmt: skip
    rows += [("CPython, 64³", lambda: cpython(64))]
    rows += [("StableHLO, 64³", lambda: stablehlo(64)), ("xDSL, 8³", lambda: xdsl(8))]
    for name, measure in rows:
        try:
            print(f"| {name} | {measure() * 1e9:,.1f} |", flush=True)
        except ImportError as missing:
            print(f"| {name} | not there: {missing} |", flush=True)


if __name__ == "__main__":
    main()
