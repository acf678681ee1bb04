# Near miss: parallel iterations (block).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((16,), "int32")):
    for i in T.parallel(8):
        with T.sblock("R"):
            vi = T.axis.spatial(8, i)
            R[vi] = vi
