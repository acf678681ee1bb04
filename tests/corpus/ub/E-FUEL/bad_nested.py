# Iterations of outer loops count too: 10 + 100 steps.
# RUN: check interp
# OPTIONS: --max-steps 109
# REPORT E-FUEL 11:13-27
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10, 10), "int32")):
    for i in range(10):
        for j in range(10):
            R[i, j] = i * j
