# Near miss: parallel iterations (read_only).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for i in T.parallel(8):
        R[i] = A[0] + A[i]
