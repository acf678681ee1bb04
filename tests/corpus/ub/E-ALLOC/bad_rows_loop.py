# an allocation of shape (4, N[0]) with N[0] = 1000000000000.
# IN N: int64[1] 1000000000000
# REPORT E-ALLOC 10
from tvm.script import tirx as T


@T.prim_func(s_tir=True)
def main(N: T.Buffer((1,), "int64"), R: T.Buffer((2,), "int32")):
    for i in range(2):
        X = T.alloc_buffer((4, N[0]), "float64")
        R[i] = 1
