# An unrolled loop costs its iterations.
# RUN: check interp diff
# OPTIONS: --max-steps 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for i in T.unroll(16):
        R[i] = i
