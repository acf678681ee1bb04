# Loops without iterations are free.
# RUN: check interp diff
# OPTIONS: --max-steps 1
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[i] = 5
        for j in range(0):
            R[0] = 6
        for k in range(3, 1):
            R[0] = 7
