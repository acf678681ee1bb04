# The same loop with a way out, within the budget.
# RUN: check interp diff
# OPTIONS: --max-steps 1000
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    while R[0] >= 0:
        R[0] = R[0] + 1
        if R[0] == 1000:
            break
