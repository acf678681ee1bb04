# T.Cast("uint8", A[i]) in the context `block`.
# IN A: float32[8] 1 2 3 4 5 256 7 8
# IN B: float32[8] 1 2 3 4 5 6 7 8
# REPORT E-CAST 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), B: T.Buffer((8,), "float32"), R: T.Buffer((8,), "uint8")):
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = T.Cast("uint8", A[vi])
