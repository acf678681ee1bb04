# Near miss: a read of X[i] * T.float32(2) in the context `macro`.
from tvm.script import tirx as T


@T.macro
def body(A, R, X, i):
    R[i] = X[i] * T.float32(2)


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8,), "float32")
    for j in range(8):
        if j < 8:
            X[j] = A[j]
    for i in range(8):
        body(A, R, X, i)
