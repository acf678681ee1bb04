# A[i] - B[i] in the context `where`.
# IN A: int32[8] 1 2 3 4 5 6 -2147483647 8
# IN B: int32[8] 1 2 3 4 5 6 2 8
# REPORT E-OVERFLOW 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = A[vi] - B[vi]
