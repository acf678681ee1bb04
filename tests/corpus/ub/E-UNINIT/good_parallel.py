# Near miss: a read of X[i, 0] + X[i, 1] in the context `parallel`.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8, 2), "float32")
    for j in range(8):
        X[j, 0] = A[j]
    for j in range(8):
        X[j, 1] = A[j]
    for i in T.parallel(8):
        R[i] = X[i, 0] + X[i, 1]
