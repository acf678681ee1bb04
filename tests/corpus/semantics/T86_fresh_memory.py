# T86: fresh memory has no value (M2).
# REPORT E-UNINIT 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((1,), "int32")):
    X = T.alloc_buffer((4,), "int32")
    X[0] = 1
    R[0] = X[1]
