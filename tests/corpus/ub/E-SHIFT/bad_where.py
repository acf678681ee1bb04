# T.shift_right(A[i], B[i]) in the context `where`.
# IN A: int64[8] 1 2 3 4 5 6 7 8
# IN B: int64[8] 1 2 3 4 5 -1 7 8
# REPORT E-SHIFT 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int64"), B: T.Buffer((8,), "int64"), R: T.Buffer((8,), "int64")):
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = T.shift_right(A[vi], B[vi])
