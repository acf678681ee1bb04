# A loop whose condition never fails.
# RUN: check interp
# OPTIONS: --max-steps 1000
# REPORT E-FUEL 11:5-20
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    R[0] = 0
    while R[0] >= 0:
        R[0] = (R[0] + 1) % 7
