# Iterations after `break` cost nothing.
# RUN: check interp diff
# OPTIONS: --max-steps 50
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in range(64):
        if i == 49:
            break
        R[0] = R[0] + i
