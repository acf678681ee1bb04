# Iterations of a parallel loop cost as much as any others.
# RUN: check interp
# OPTIONS: --max-steps 63
# REPORT E-FUEL 10:9-28
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((64,), "float32"), R: T.Buffer((64,), "float32")):
    for i in T.parallel(64):
        R[i] = A[i] * T.float32(2)
