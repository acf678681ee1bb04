# Iterations that do nothing cost too.
# RUN: check interp
# OPTIONS: --max-steps 50
# REPORT E-FUEL 11:9-23
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    for i in range(64):
        if i % 8 != 0:
            continue
        R[0] = R[0] + i
