# Near miss: an access at the edge of R (view).
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    V = T.decl_buffer((2, 4), "float32", data=R.data)
    for i, j in T.grid(2, 4):
        V[i, j] = T.float32(0)
