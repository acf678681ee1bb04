# a read of X[i] * T.float32(2) in the context `unroll`.
# REPORT E-UNINIT 13
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8,), "float32")
    for j in range(8):
        if j != 6:
            X[j] = A[j]
    for i in T.unroll(8):
        R[i] = X[i] * T.float32(2)
