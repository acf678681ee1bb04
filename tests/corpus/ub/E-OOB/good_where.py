# Near miss: a read of A[(i) // 4, (i) % 4] in the context `where`.
# IN A: float32[2,4] 0 1 2 3 4 5 6 7
# IN B: int32[8] 0 1 2 3 4 5 6 7
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((2, 4), "float32"), B: T.Buffer((8,), "int32"), R: T.Buffer((8,), "float32")):
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = A[(vi) // 4, (vi) % 4]
