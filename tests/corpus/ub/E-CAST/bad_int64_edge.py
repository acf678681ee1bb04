# 2^63 is one too many.
# RUN: check interp
# IN A: float64[1] 9223372036854775808
# REPORT E-CAST 10:12-33
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((1,), "float64"), R: T.Buffer((1,), "int64")):
    R[0] = T.Cast("int64", A[0])
