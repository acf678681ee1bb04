# Near miss: an access at the edge of R (store).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    for i in range(8):
        R[i] = T.float32(0)
