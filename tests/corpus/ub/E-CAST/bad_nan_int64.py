# NaN is no integer.
# RUN: check interp
# IN A: float64[2] 1.5 nan
# REPORT E-CAST 11:16-37
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2,), "float64"), R: T.Buffer((2,), "int64")):
    for i in range(2):
        R[i] = T.Cast("int64", A[i])
