# a read of X[i, 0] + X[i, 1] in the context `block`.
# REPORT E-UNINIT 14
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8, 2), "float32")
    for j in range(8):
        X[j, 0] = A[j]
    for i in range(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = X[vi, 0] + X[vi, 1]
