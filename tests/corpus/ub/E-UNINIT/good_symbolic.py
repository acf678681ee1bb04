# Near miss: a read of X[i] in the context `symbolic`.
# SET: n=8
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "float32"), R: T.Buffer(("n",), "float32")):
    n = T.int32()
    X = T.alloc_buffer((8,), "float32")
    for j in range(8):
        X[j] = A[j]
    for i in range(n):
        R[i] = X[i]
