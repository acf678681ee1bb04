# T91: two arrays give a symbolic extent two values (B4).
# RUN: check fmt interp run
# IN A: int32[4] 1 2 3 4
# IN B: int32[5] 1 2 3 4 5
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(
    A: T.Buffer(("n",), "int32"), B: T.Buffer(("n",), "int32"), R: T.Buffer((1,), "int32")
):
    R[0] = A[0] + B[0]
