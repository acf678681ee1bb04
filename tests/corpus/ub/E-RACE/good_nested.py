# Near miss: parallel iterations (nested).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for i in T.parallel(4):
        for j in T.parallel(4):
            R[i * 4 + j] = i
