# An index is taken modulo an array's last element.
# RUN: check interp
# IN A: int32[2] 3 0
# REPORT E-DIVZERO 11:11-19
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "int32"), R: T.Buffer((4,), "int32")):
    for i in range(2):
        R[i % A[i]] = 1
