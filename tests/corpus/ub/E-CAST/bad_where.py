# T.Cast("int64", A[i]) in the context `where`.
# IN A: float64[8] 1 2 3 4 5 6 9223372036854775808 8
# IN B: float64[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float64"), B: T.Buffer((8,), "float64"), R: T.Buffer((8,), "int64")):
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = T.Cast("int64", A[vi])
