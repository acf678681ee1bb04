# 100 iterations, 100 allowed.
# RUN: check interp diff
# OPTIONS: --max-steps 100
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((128,), "int32")):
    for i in range(100):
        R[i] = i
