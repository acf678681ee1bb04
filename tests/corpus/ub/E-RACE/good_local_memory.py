# Near miss: parallel iterations (local_memory).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for i in T.parallel(8):
        X = T.alloc_buffer((1,), "int32")
        X[0] = i
        R[i] = X[0]
