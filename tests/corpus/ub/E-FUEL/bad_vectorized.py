# Lanes of a vectorized loop are iterations.
# RUN: check interp
# OPTIONS: --max-steps 17
# REPORT E-FUEL 11:13-33
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((16,), "float32"), R: T.Buffer((16,), "float32")):
    for i in range(2):
        for j in T.vectorized(8):
            R[i * 8 + j] = A[i * 8 + j]
