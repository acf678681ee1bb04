# A negative index that a positive one makes up for.
# RUN: check interp
# REPORT E-OOB 10:16-31
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((4, 8), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(2):
        R[0] = A[i - 1, 7 + i]
