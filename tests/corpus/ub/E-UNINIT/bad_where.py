# a read of X[i] * T.float32(2) in the context `where`.
# REPORT E-UNINIT 16
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8,), "float32")
    for j in range(8):
        if j != 6:
            X[j] = A[j]
    for io, ii in T.grid(3, 3):
        with T.sblock("R"):
            vi = T.axis.spatial(8, io * 3 + ii)
            T.where(io * 3 + ii < 8)
            R[vi] = X[vi] * T.float32(2)
