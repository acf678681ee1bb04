# Near miss: T.truncmod(A[i], B[i]) in the context `where`.
# IN A: uint8[8] 1 2 3 4 5 6 7 8
# IN B: uint8[8] 1 2 3 4 255 6 7 8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "uint8"), B: T.Buffer((8,), "uint8"), R: T.Buffer((8,), "uint8")):
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = T.truncmod(A[vi], B[vi])
