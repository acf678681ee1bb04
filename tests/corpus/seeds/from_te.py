# A compute definition becomes a script that calls can be made to.
# RUN: check fmt interp run diff
# FUNC: main
# IN A: float32[3] 1 2 3
# OUT B: 3 5 7
from tvm import te
from tvm.script import tir as T

A = te.placeholder((3,), name="A")
B = te.compute((3,), lambda i: A[i] * 2 + 1, name="B")
double = te.create_prim_func([A, B]).with_attr("global_symbol", "double")


@T.prim_func
def main(A: T.Buffer((3,), "float32"), B: T.Buffer((3,), "float32")):
    double(A, B)
