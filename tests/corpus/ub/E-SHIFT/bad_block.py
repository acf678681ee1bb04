# T.shift_right(A[i], B[i]) in the context `block`.
# IN A: int8[8] 1 2 3 4 5 6 7 8
# IN B: int8[8] 1 1 1 1 1 1 8 1
# REPORT E-SHIFT 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int8"), B: T.Buffer((8,), "int8"), R: T.Buffer((8,), "int8")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = T.shift_right(A[vi], B[vi])
