# a read of X[i] in the context `select`.
# REPORT E-UNINIT 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8,), "float32")
    for j in range(5):
        X[j] = A[j]
    for i in range(8):
        R[i] = T.Select(i < 4, T.float32(0), X[i])
