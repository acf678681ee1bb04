# The largest float below 2^63, and -2^63 itself.
# RUN: check interp diff
# IN A: float64[2] 9223372036854774784 -9223372036854775808
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float64"), R: T.Buffer((2,), "int64")):
    for i in range(2):
        R[i] = T.Cast("int64", A[i])
