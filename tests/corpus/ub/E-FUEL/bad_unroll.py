# An unrolled loop costs its iterations.
# RUN: check interp
# OPTIONS: --max-steps 15
# REPORT E-FUEL 10:9-26
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((16,), "int32")):
    for i in T.unroll(16):
        R[i] = i
