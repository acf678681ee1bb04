# 10 + 100 steps are allowed.
# RUN: check interp diff
# OPTIONS: --max-steps 110
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((10, 10), "int32")):
    for i in range(10):
        for j in range(10):
            R[i, j] = i * j
