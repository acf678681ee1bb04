# An unsigned array for a signed buffer of the same width.
# RUN: check interp
# IN A: uint8[4] 1 2 3 4
# REPORT E-ARG
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4,), "int8"), R: T.Buffer((4,), "int8")):
    for i in range(4):
        R[i] = A[i]
