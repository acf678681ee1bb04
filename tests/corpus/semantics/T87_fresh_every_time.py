# T87: an allocation in a loop is fresh in every iteration (M3).
# REPORT E-UNINIT 12
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(R: T.Buffer((4,), "int32")):
    for i in range(4):
        X = T.alloc_buffer((1,), "int32")
        if i == 0:
            X[0] = 42
        R[i] = X[0]
