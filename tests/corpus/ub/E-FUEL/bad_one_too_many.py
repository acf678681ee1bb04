# 101 iterations, 100 allowed.
# RUN: check interp
# OPTIONS: --max-steps 100
# REPORT E-FUEL 10:9-24
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((128,), "int32")):
    for i in range(101):
        R[i] = i
