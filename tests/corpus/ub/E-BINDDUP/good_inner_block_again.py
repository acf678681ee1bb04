# Near miss: instances of a block (inner_block_again).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(A: T.Buffer((8,), "int32"), R: T.Buffer((8,), "int32")):
    for o in range(2):
        with T.sblock("outer"):
            vo = T.axis.spatial(2, o)
            for i in range(4):
                with T.sblock("inner"):
                    vi = T.axis.spatial(4, i)
                    R[vo * 4 + vi] = A[vi]
