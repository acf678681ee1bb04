# an access at the edge of R (view).
# REPORT E-OOB 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((8,), "float32")):
    V = T.decl_buffer((9,), "float32", data=R.data)
    for i in range(9):
        V[i] = T.float32(0)
