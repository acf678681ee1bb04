# An index that 32 bits would wrap into the array.
# RUN: check interp
# REPORT E-OOB 10:16-59
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((1,), "int32")):
    for i in range(1):
        R[0] = A[T.Cast("int64", i) + T.int64(4294967296)]
