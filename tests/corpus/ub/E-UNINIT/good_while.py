# Near miss: a read of X[i, 0] + X[i, 1] in the context `while`.
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer((8,), "float32")):
    X = T.alloc_buffer((8, 2), "float32")
    for j in range(8):
        X[j, 0] = A[j]
    for j in range(8):
        X[j, 1] = A[j]
    n = T.alloc_buffer((1,), "int32")
    n[0] = 0
    while n[0] < 8:
        R[n[0]] = X[n[0], 0] + X[n[0], 1]
        n[0] = n[0] + 1
